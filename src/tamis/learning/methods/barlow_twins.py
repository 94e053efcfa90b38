"""Barlow Twins: Zbontar et al. (2021), https://arxiv.org/abs/2103.03230."""

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm

from tamis.learning.backbones import Backbone
from tamis.learning.methods.base import Method, projector
from tamis.learning.settings import TrainingSettings


class BarlowTwins(Method):
    """Make each direction agree between two views, and differ from every other one (their equation 1)."""

    name = "barlow_twins"
    title = "Barlow Twins (no negatives)"
    defaults: ClassVar = {"redundancy": 0.005}

    def __init__(self, backbone: Backbone, settings: TrainingSettings, n_images: int) -> None:
        super().__init__(backbone, settings, n_images)
        self.projector: nn.Module = projector(backbone.dimension, 512, 512)

    def loss(self, views: list[Tensor], positions: Tensor) -> Tensor:
        """Return the loss of two views (n, 3, s, s) of each image."""
        a, b = self.projector(self.backbone(torch.cat(views))).chunk(2)
        a, b = (batch_norm(one, None, None, training=True) for one in (a, b))
        correlation = a.T @ b / len(positions)  # (d, d)
        diagonal = correlation.diagonal()
        others = correlation.square().sum() - diagonal.square().sum()
        loss: Tensor = (1 - diagonal).square().sum() + self.values["redundancy"] * others
        return loss
