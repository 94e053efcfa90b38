"""Encoders: pictures in, vectors out. The only room with onnx and onnxruntime; both load on opening.

An encoder is one file in this folder. Importing the room finds them all and registers them.
"""

import difflib
import importlib
import pkgutil
from pathlib import Path

from tamis.encoders.base import Encoder, registered
from tamis.model.embedding import EncoderFacts
from tamis.model.errors import Invalid

__all__ = ["Encoder", "encoder_facts", "encoder_names", "open_encoder"]

for _module in pkgutil.iter_modules(__path__):
    if not _module.ispkg:  # `conversion/` serves lite0 and imports onnx
        importlib.import_module(f"{__name__}.{_module.name}")


def encoder_names() -> list[str]:
    """Return the names of all encoders."""
    return list(registered())


def encoder_facts(name: str) -> EncoderFacts:
    """Return the facts of an encoder without opening it."""
    return _find(name).facts()


def open_encoder(name: str, cache_folder: Path) -> Encoder:
    """Make an encoder ready; `cache_folder` keeps what it converts."""
    return _find(name)(cache_folder)


def _find(name: str) -> type[Encoder]:
    encoders = registered()
    if name in encoders:
        return encoders[name]
    nearest = difflib.get_close_matches(name, encoders, n=1, cutoff=0.0)
    raise Invalid(
        f"There is no encoder {name!r}; did you mean {nearest[0]!r}? There are: {', '.join(encoders)}.",
        field="encoder",
    )
