"""From squares to vectors by a trained network."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import interpolate

from tamis.learning.augment import normalise
from tamis.learning.backbones import Backbone, channels_last, make_backbone
from tamis.learning.checkpoint import CheckpointFacts, find_checkpoint
from tamis.model.errors import Invalid

_BATCH_OF_GPU = 64
"""A divisor of the positions in a step of encoding, so that a resumed run has the same batches."""


class Trained:
    """The backbone of a checkpoint, ready to encode `batch_size` images at once."""

    def __init__(self, folder: Path, facts: CheckpointFacts, backbone: Backbone) -> None:
        self.folder, self.facts, self.batch_size = folder, facts, batch_of(backbone)
        self._backbone = backbone

    def encode(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Turn uint8 images (n, input_size, input_size, 3) into vectors (n, dimension)."""
        return encode(self._backbone, images, self.batch_size)


def ready_to_encode(backbone: Backbone) -> Backbone:
    """Put a network where it encodes: on the GPU where there is one, else on the processor."""
    channels_last(backbone)
    return backbone.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def batch_of(backbone: Backbone) -> int:
    """Return how many images to encode at once: on a processor one, so that no vector depends on others."""
    return _BATCH_OF_GPU if next(backbone.parameters()).device.type == "cuda" else 1


def open_trained(path: Path) -> Trained:
    """Open a checkpoint, or the newest one of a run.

    Raises:
        Invalid: there is none, it is damaged, or its weights are not those of the network that it names.
    """
    torch.set_num_threads(1)  # the callers bring threads of their own, one for each picture
    checkpoint = find_checkpoint(path)
    facts = checkpoint.facts
    bottleneck = facts.settings.get("bottleneck")
    backbone = make_backbone(facts.backbone, bottleneck if isinstance(bottleneck, int) else None)
    try:
        backbone.load_state_dict(checkpoint.weights())
    except RuntimeError as error:
        raise Invalid(f"The weights in '{checkpoint.folder}' are not those of a {facts.backbone}.") from error
    if backbone.dimension != facts.dimension:
        raise Invalid(
            f"The checkpoint in '{checkpoint.folder}' says {facts.dimension} dimensions, but a "
            f"{facts.backbone} has {backbone.dimension}."
        )
    return Trained(checkpoint.folder, facts, ready_to_encode(backbone))


@torch.inference_mode()
def encode(backbone: Backbone, images: NDArray[np.uint8], batch_size: int = 64) -> NDArray[np.float32]:
    """Turn uint8 images (n, side, side, 3) into vectors (n, dimension), on the network's device."""
    backbone.eval()
    device = next(backbone.parameters()).device
    vectors = np.empty((len(images), backbone.dimension), np.float32)
    for start in range(0, len(images), batch_size):
        batch = normalise(
            torch.from_numpy(np.ascontiguousarray(images[start : start + batch_size])).to(device)
        )
        features = backbone(batch.contiguous(memory_format=torch.channels_last))
        vectors[start : start + len(batch)] = features.cpu().numpy()
    return vectors


def resized(images: Tensor, size: int) -> Tensor:
    """Shrink or widen uint8 images (n, side, side, 3) to another side, each pixel a mean of its area."""
    if images.shape[1] == size:
        return images
    planes = images.permute(0, 3, 1, 2).float()
    made = interpolate(planes, size=(size, size), mode="bilinear", antialias=True, align_corners=False)
    return made.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)
