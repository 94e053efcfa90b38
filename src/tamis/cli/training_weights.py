"""The weights that a network begins with, where it does not begin by chance."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from tamis.model.errors import Invalid

if TYPE_CHECKING:
    from tamis.learning.settings import TrainingSettings


def first_weights(settings: "TrainingSettings", run: Path) -> Mapping[str, NDArray[Any]] | None:
    """Return the backbone's state to begin with: of the file or run that the settings name, or what comes
    with `lite0`. None stands for chance, and for a run that has saved its own by now.

    Raises:
        Invalid: there is no such file or run, or it is of another network.
    """
    from tamis.learning.checkpoint import has_checkpoint

    if settings.weights is not None:
        return None if has_checkpoint(run) else _named(Path(settings.weights), settings.backbone)
    if settings.backbone != "lite0":
        return None
    from tamis.encoders.lite0 import published_arrays

    return {name: array for name, array in published_arrays().items() if not name.startswith("_fc.")}


def _named(path: Path, backbone: str) -> Mapping[str, NDArray[Any]]:
    from tamis.encoders.weights_file import read_weights
    from tamis.learning.published import published_weights

    try:
        weights = (
            _of_run(path, backbone)
            if path.is_dir()
            else published_weights(backbone, read_weights(path), str(path))
        )
    except Invalid as error:  # they are read for an encoder elsewhere
        raise Invalid(error.message, field="weights") from error
    return {name: tensor.numpy() for name, tensor in weights.items()}


def _of_run(path: Path, backbone: str) -> "Mapping[str, Any]":
    from tamis.learning.checkpoint import find_checkpoint

    checkpoint = find_checkpoint(path)
    facts = checkpoint.facts
    if facts.backbone != backbone or facts.settings.get("bottleneck") is not None:
        also = " with a bottleneck" if facts.settings.get("bottleneck") is not None else ""
        raise Invalid(
            f"'{path}' holds a {facts.backbone}{also}, which a {backbone} cannot begin with.", field="weights"
        )
    return checkpoint.weights()
