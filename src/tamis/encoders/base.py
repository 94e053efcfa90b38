"""What an encoder is: uint8 pictures in, one float32 vector each out."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from tamis.model.digest import Json
from tamis.model.embedding import EncoderFacts
from tamis.model.errors import Invalid
from tamis.model.machine import cores

Images = NDArray[np.uint8]
Vectors = NDArray[np.float32]

_PACKAGES = ("tamis", "numpy", "pillow", "simplejpeg")

_registry: dict[str, type["Encoder"]] = {}


class Encoder(ABC):
    """A subclass with a `scheme` registers itself; importing its file costs nothing, opening it does.

    A name is `scheme` where there is one such encoder, and `scheme:rest` where `takes` says what the rest
    is. The attributes without a value are set by the class where there is one such encoder, and otherwise
    by `opened` on each instance.

    `encode` cuts what it is given into batches of `batch_size`, counted from its first row. The last bits of
    a vector may depend on its batch. So a caller who wants a resumed run to equal a straight one hands in
    whole batches that start at a position divisible by `batch_size`; only the last one may be short.

    `encode` may be called from several threads; `lanes` tells from how many it pays. A call uses one core:
    batches beside each other never wait for one another, as the threads inside one batch do in every layer.
    """

    scheme: ClassVar[str]
    title: ClassVar[str]
    takes: ClassVar[str | None] = None
    """What follows the colon of the name, in capitals, such as FILE."""
    folder: ClassVar[str | None] = None
    """Below which folder of a data folder a server may open it by name. With `takes` but without a folder,
    the name stands for code: only the command line may open it."""
    packages: ClassVar[tuple[str, ...]] = ()
    """What runs it, beside the packages that all encoders need."""
    keeps: ClassVar[tuple[str, ...]] = ("*",)
    """Where the rest names a folder: which files in it count, as patterns."""

    name: str
    dimension: int
    input_size: int
    batch_size: int
    weights: str
    """SHA-256 of the weights file; of no bytes at all for an encoder that has none."""
    preprocessing: dict[str, Json]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "scheme" in vars(cls):
            if cls.scheme in _registry:
                raise ValueError(f"Two encoders are named {cls.scheme!r}.")
            _registry[cls.scheme] = cls

    def __init__(self, cache_folder: Path) -> None:
        self.cache_folder = cache_folder
        self.lanes = cores()

    @classmethod
    def opened(cls, rest: str, cache_folder: Path) -> Self:
        """Make the encoder ready that `scheme:rest` names; `rest` is empty where `takes` is None.

        Raises:
            Invalid: the rest names nothing that can be opened, or something else than an encoder.
        """
        return cls(cache_folder)

    @classmethod
    def source(cls, rest: str) -> Path:
        """Return the file or folder to copy when a data folder is to have this encoder."""
        return Path(rest)

    @classmethod
    def versions(cls) -> dict[str, str]:
        """Return the versions of the packages that vectors come from."""
        return dict(_found((*_PACKAGES, *cls.packages)))

    def facts(self) -> EncoderFacts:
        """Return what makes the vectors what they are."""
        return facts_of(self)

    def encode(self, images: Images) -> Vectors:
        """Turn RGB pictures (n, input_size, input_size, 3) of uint8 into vectors (n, dimension)."""
        expected = (self.input_size, self.input_size, 3)
        if images.dtype != np.uint8:
            raise Invalid(f"Encoder {self.name!r} takes uint8 images, not {images.dtype}.", field="images")
        if images.ndim != 4 or images.shape[1:] != expected:
            raise Invalid(
                f"Encoder {self.name!r} takes images of shape (n, {', '.join(map(str, expected))}), "
                f"not {images.shape}.",
                field="images",
            )
        vectors = np.empty((len(images), self.dimension), np.float32)
        for start in range(0, len(images), self.batch_size):
            batch = slice(start, start + self.batch_size)
            vectors[batch] = self._encode_batch(np.ascontiguousarray(images[batch]))
        return vectors

    @abstractmethod
    def _encode_batch(self, images: Images) -> Vectors:
        """Encode 1 to `batch_size` pictures; what arrives here has been checked."""


def _found(packages: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in packages:
        with contextlib.suppress(PackageNotFoundError):  # it may be installed by another name
            yield name, version(name)


def lanes_for(batch_size: int) -> int:
    """Return how many batches torch works on at a time: one for each core, or two for a GPU, which wants
    large ones: one is read while it computes the other."""
    return cores() if batch_size == 1 else 2


def facts_of(encoder: Encoder | type[Encoder]) -> EncoderFacts:
    """Return the facts of an opened encoder, or of a class of which there is one encoder only."""
    return EncoderFacts(
        name=encoder.name,
        dimension=encoder.dimension,
        weights=encoder.weights,
        preprocessing=encoder.preprocessing,
    )


def registered() -> dict[str, type[Encoder]]:
    """Return the encoders that have registered themselves, by scheme, in order."""
    return dict(sorted(_registry.items()))
