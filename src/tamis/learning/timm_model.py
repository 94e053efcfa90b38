"""Models of timm, from a configuration and weights that were read before.

timm is given the name of one of its own architectures, and the arrays; it opens no file and no address.
"""

import re
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tamis.learning.foreign import WRONG, arrays_of, brief
from tamis.model.digest import Json
from tamis.model.errors import Invalid, Unavailable

_ARCHITECTURE = re.compile(r"[a-z0-9_]+")  # neither `hf-hub:` nor `local-dir:`
_ARGUMENTS = {"global_pool", "img_size"}
"""Arguments of a model that a configuration may set; others could name files to open."""
_PASSED_OVER = {"in_chans", "num_classes"}  # three, and none for lack of a classifier


class TimmModel:
    """A model on the processor, without its classifier: what it pools is the vector."""

    def __init__(self, model: nn.Module, facts: dict[str, Json]) -> None:
        self._model, self.facts = model.eval(), facts

    @torch.inference_mode()
    def features(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn prepared pictures (n, 3, s, s) into vectors (n, d).

        Raises:
            Invalid: the model takes no pictures of this side.
        """
        try:
            made: Tensor = self._model(torch.from_numpy(pictures))
        except (AssertionError, RuntimeError, TypeError, ValueError) as error:
            side = pictures.shape[-1]
            raise Invalid(
                f"The model cannot take pictures of {side} pixels: {brief(error)}", field="encoder"
            ) from error
        vectors: NDArray[np.float32] = made.float().numpy()
        return vectors


def load_timm(config: dict[str, Json], weights: list[bytes], folder: str) -> TimmModel:
    """Make the model that a configuration names, with the arrays of safetensors files.

    From here on torch uses one thread: the callers bring threads of their own.

    Raises:
        Invalid: the architecture is not known, or the weights are those of another; it names `folder`.
        ModuleNotFoundError: timm or torchvision is not installed.
        Unavailable: torchvision does not fit to PyTorch.
    """
    kind, arguments = config.get("architecture"), config.get("model_args") or {}
    if not isinstance(kind, str) or not _ARCHITECTURE.fullmatch(kind):
        raise Invalid(f"The model in '{folder}' names no architecture, but {kind!r}.", field="encoder")
    if not isinstance(arguments, dict) or set(arguments) - _ARGUMENTS - _PASSED_OVER:
        raise Invalid(
            f"The model in '{folder}' asks for the model_args {arguments!r}; Tamis knows only: "
            f"{', '.join(sorted(_ARGUMENTS))}. Export it to a file for onnx:FILE.",
            field="encoder",
        )
    torch.set_num_threads(1)
    timm = _timm()
    if not timm.is_model(kind):
        raise Invalid(f"timm {timm.__version__} has no architecture '{kind}'.", field="encoder")
    arrays = arrays_of(weights, folder)
    try:
        model = timm.create_model(kind, pretrained=False, num_classes=0, **_kept(arguments))
        report = model.load_state_dict({name: array.float() for name, array in arrays.items()}, strict=False)
    except WRONG as error:
        raise Invalid(f"'{folder}' cannot be opened as '{kind}': {brief(error)}", field="encoder") from error
    heads = _heads(config)
    odd = [name for name in report.unexpected_keys if not name.startswith(heads)]
    for names, what in ((report.missing_keys, "lack"), (odd, "have too many:")):
        if names:
            raise Invalid(
                f"The weights in '{folder}' {what} {len(names)} arrays of '{kind}', first '{names[0]}'.",
                field="encoder",
            )
    return TimmModel(model, {"architecture": kind, "timm": int(timm.__version__.partition(".")[0])})


def _kept(arguments: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in arguments.items() if name in _ARGUMENTS}


def _timm() -> Any:
    try:
        import timm
    except RuntimeError as error:  # a torchvision for another build of PyTorch
        raise Unavailable(
            f"timm cannot be loaded: {brief(error)}. Install a torchvision that fits."
        ) from error
    return timm


def _heads(config: dict[str, Json]) -> tuple[str, ...]:
    """Return how the names of the classifier's arrays begin; only they may be left over."""
    prepared = config.get("pretrained_cfg")
    named = prepared.get("classifier") if isinstance(prepared, dict) else None
    return tuple(f"{one}." for one in (named if isinstance(named, list) else [named]) if isinstance(one, str))
