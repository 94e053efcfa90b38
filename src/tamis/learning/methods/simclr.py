"""SimCLR: Chen et al. (2020), https://arxiv.org/abs/2002.05709."""

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from tamis.learning.backbones import Backbone
from tamis.learning.methods.base import Method, projector
from tamis.learning.settings import TrainingSettings


class SimClr(Method):
    """Find the other view of an image among those of all others of the batch (their equation 1, NT-Xent)."""

    name = "simclr"
    title = "SimCLR (contrast within the batch)"
    defaults: ClassVar = {"temperature": 0.2}

    def __init__(self, backbone: Backbone, settings: TrainingSettings, n_images: int) -> None:
        super().__init__(backbone, settings, n_images)
        self.projector = projector(backbone.dimension, min(backbone.dimension, 512), 128)

    def loss(self, views: list[Tensor], positions: Tensor) -> Tensor:
        """Return the loss of two views (n, 3, s, s) of each image."""
        n = len(positions)
        z = normalize(self.projector(self.backbone(torch.cat(views))), dim=1)
        similar = z @ z.T / self.values["temperature"]
        similar.fill_diagonal_(-torch.inf)
        others = torch.arange(2 * n, device=z.device).roll(n)
        return cross_entropy(similar, others)
