"""SimSiam: Chen and He (2021), https://arxiv.org/abs/2011.10566."""

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity

from tamis.learning.backbones import Backbone
from tamis.learning.methods.base import Method, projector
from tamis.learning.settings import TrainingSettings

_WIDTH = 512


class SimSiam(Method):
    """Foretell from one view what the same network makes of the other, taken as given (their algorithm 1)."""

    name = "simsiam"
    title = "SimSiam (no teacher, no negatives)"
    defaults: ClassVar = {}

    def __init__(self, backbone: Backbone, settings: TrainingSettings, n_images: int) -> None:
        super().__init__(backbone, settings, n_images)
        self.projector = nn.Sequential(
            projector(backbone.dimension, _WIDTH, _WIDTH), nn.BatchNorm1d(_WIDTH, affine=False)
        )
        self.predictor = projector(_WIDTH, _WIDTH // 4, _WIDTH)

    def loss(self, views: list[Tensor], positions: Tensor) -> Tensor:
        """Return the loss of two views (n, 3, s, s) of each image, from -1 to 1."""
        z = self.projector(self.backbone(torch.cat(views)))
        foretold = self.predictor(z)
        return -cosine_similarity(foretold, z.detach().roll(len(positions), dims=0)).mean()
