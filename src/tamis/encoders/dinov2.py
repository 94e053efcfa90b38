"""DINOv2 with weights from a file: Oquab et al. (2024), https://arxiv.org/abs/2304.07193. Run by torch."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from tamis.encoders.base import Encoder, Images, Vectors, lanes_for
from tamis.encoders.weights_file import read_weights
from tamis.model.digest import Json
from tamis.model.errors import Unavailable

if TYPE_CHECKING:
    from tamis.learning.backbones import Backbone

_PREPROCESSING: dict[str, Json] = {
    "color": "rgb",
    "size": 224,
    "subtract": [123.675, 116.28, 103.53],
    "divide": [58.395, 57.12, 57.375],
}


class Dinov2(Encoder):
    """The features of the class token at 224 pixels. On a processor each picture is a batch of its own."""

    takes = "FILE"
    packages = ("torch",)
    folder = "encoders"
    width: ClassVar[int]
    input_size = 224
    preprocessing = _PREPROCESSING

    @classmethod
    def opened(cls, rest: str, cache_folder: Path) -> Self:
        """Load the safetensors file `rest`, of timm, transformers or the authors."""
        path = Path(rest)
        content = read_weights(path, cls.scheme)
        return cls(cache_folder, path, content)

    def __init__(self, cache_folder: Path, path: Path, content: bytes) -> None:
        super().__init__(cache_folder)
        self.name = f"{self.scheme}:{path.name}"
        self.dimension = self.width
        self.weights = hashlib.sha256(content).hexdigest()
        self._backbone, self.batch_size = _load(self.scheme, content, path)
        self.lanes = lanes_for(self.batch_size)

    def _encode_batch(self, images: Images) -> Vectors:
        from tamis.learning.encode import encode

        return encode(self._backbone, images, self.batch_size)


class Dinov2Small(Dinov2):
    """The vision transformer S/14."""

    scheme = "dinov2-small"
    title = "DINOv2 small, from a file"
    width = 384


class Dinov2Base(Dinov2):
    """The vision transformer B/14."""

    scheme = "dinov2-base"
    title = "DINOv2 base, from a file"
    width = 768


def _load(scheme: str, content: bytes, path: Path) -> "tuple[Backbone, int]":
    """Return the network, and how many pictures it encodes at once."""
    try:
        from tamis.learning.encode import batch_of
        from tamis.learning.published import load_published
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"The encoder '{scheme}:{path.name}' needs PyTorch, which is not installed: "
            'pip install "tamis[learn]"'
        ) from error
    backbone = load_published(scheme, content, str(path))
    return backbone, batch_of(backbone)
