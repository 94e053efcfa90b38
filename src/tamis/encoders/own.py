"""A network that `tamis train` has made, run by torch from its checkpoint."""

from pathlib import Path
from typing import TYPE_CHECKING, Self

from tamis.encoders.base import Encoder, Images, Vectors, lanes_for
from tamis.model.errors import Unavailable

if TYPE_CHECKING:
    from tamis.learning.encode import Trained


class Own(Encoder):
    """The features of the backbone. On a processor each picture is a batch of its own, as for `lite0`."""

    scheme = "own"
    title = "Trained on your own images"
    takes = "RUN"
    packages = ("torch",)
    folder = "checkpoints"

    @classmethod
    def opened(cls, rest: str, cache_folder: Path) -> Self:
        """Open the newest checkpoint of a run, or one by its own folder."""
        return cls(cache_folder, Path(rest).absolute().name, _open(rest))

    @classmethod
    def source(cls, rest: str) -> Path:
        """Return the folder of the checkpoint, and not the whole run."""
        return _open(rest).folder

    def __init__(self, cache_folder: Path, name: str, trained: "Trained") -> None:
        super().__init__(cache_folder)
        self.name = f"{self.scheme}:{name}"
        facts = trained.facts
        self.dimension, self.input_size = facts.dimension, facts.input_size
        self.batch_size = trained.batch_size
        self.lanes = lanes_for(self.batch_size)
        self.weights, self.preprocessing = facts.weights, facts.preprocessing
        self._trained = trained

    def _encode_batch(self, images: Images) -> Vectors:
        return self._trained.encode(images)


def _open(rest: str) -> "Trained":
    """Open the network.

    Raises:
        Invalid: there is no checkpoint, or it is damaged.
        Unavailable: torch is not installed.
    """
    try:
        from tamis.learning.encode import open_trained
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"The encoder 'own:{rest}' needs PyTorch, which is not installed: pip install \"tamis[learn]\""
        ) from error
    return open_trained(Path(rest))
