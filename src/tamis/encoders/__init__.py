"""Encoders: pictures in, vectors out. The only room with onnx and onnxruntime; both load on opening.

A scheme of encoders is one file in this folder. Importing the room finds them all and registers them.
"""

import difflib
import importlib
import pkgutil
from pathlib import Path

from tamis.encoders.base import Encoder, facts_of, registered
from tamis.model.embedding import EncoderFacts
from tamis.model.errors import Invalid

__all__ = ["Encoder", "encoder_facts", "encoder_forms", "encoder_names", "find_scheme", "open_encoder"]

for _module in pkgutil.iter_modules(__path__):
    if not _module.ispkg:  # `conversion/` serves lite0 and imports onnx
        importlib.import_module(f"{__name__}.{_module.name}")


def encoder_names() -> list[str]:
    """Return the names of the encoders that every installation has."""
    return [scheme for scheme, encoder in registered().items() if encoder.takes is None]


def encoder_forms() -> list[str]:
    """Return what an encoder may be called, as in `lite0` and `onnx:FILE`."""
    return [f"{scheme}:{cls.takes}" if cls.takes else scheme for scheme, cls in registered().items()]


def encoder_facts(name: str) -> EncoderFacts:
    """Return the facts of an encoder that every installation has, without opening it."""
    scheme, _ = find_scheme(name)
    if scheme.takes is not None:
        raise Invalid(f"The encoder {name!r} tells what it is only when it is opened.", field="encoder")
    return facts_of(scheme)


def open_encoder(name: str, cache_folder: Path) -> Encoder:
    """Make an encoder ready; `cache_folder` keeps what it converts.

    The name is trusted: it may stand for any file, and for code that is run.

    Raises:
        Invalid: there is no such encoder, or what it names cannot be opened.
    """
    scheme, rest = find_scheme(name)
    return scheme.opened(rest, cache_folder)


def find_scheme(name: str) -> tuple[type[Encoder], str]:
    """Return the class that a name asks for, and the rest of the name, without opening anything.

    Raises:
        Invalid: there is no such scheme, or the rest is missing or one too many.
    """
    scheme, colon, rest = name.partition(":")
    found = registered().get(scheme)
    if found is None:
        nearest = difflib.get_close_matches(scheme, registered(), n=1, cutoff=0.0)
        raise Invalid(
            f"There is no encoder {name!r}; did you mean {nearest[0]!r}? "
            f"There are: {', '.join(encoder_forms())}.",
            field="encoder",
        )
    if found.takes is None and colon:
        raise Invalid(f"The encoder {scheme!r} takes nothing after its name: {name!r}.", field="encoder")
    if found.takes is not None and not rest:
        raise Invalid(
            f"The encoder {scheme!r} needs to be told what to open: {scheme}:{found.takes}.", field="encoder"
        )
    return found, rest
