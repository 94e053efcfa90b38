"""What models of other libraries have in common: weights as data, and errors of any kind from wrong ones."""

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from tamis.model.errors import Invalid

WRONG = (ArithmeticError, AttributeError, ImportError, LookupError, RuntimeError, TypeError, ValueError)
"""What libraries raise on a configuration that is wrong, or weights of another shape."""


def arrays_of(weights: list[bytes], folder: str) -> dict[str, Tensor]:
    """Return the arrays of safetensors files by their names.

    Raises:
        Invalid: one is damaged, or holds a value that is not finite; the message names `folder`.
    """
    arrays: dict[str, Tensor] = {}
    for content in weights:
        try:
            arrays |= load(content)
        except SafetensorError as error:
            raise Invalid(
                f"The weights in '{folder}' are no safetensors: {error}.", field="encoder"
            ) from error
    for name, array in arrays.items():
        if not torch.isfinite(array).all():
            raise Invalid(
                f"The weights in '{folder}': the array '{name}' holds a value that is not finite.",
                field="encoder",
            )
    return arrays


def brief(error: Exception) -> str:
    """Return the beginning of a message, on one line."""
    return " ".join(str(error).split())[:300]
