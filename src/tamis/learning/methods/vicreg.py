"""VICReg: Bardes et al. (2022), https://arxiv.org/abs/2105.04906."""

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import mse_loss, relu

from tamis.learning.backbones import Backbone
from tamis.learning.methods.base import Method, projector
from tamis.learning.settings import TrainingSettings


class VicReg(Method):
    """Two views alike (invariance), every direction in use (variance), none twice (covariance)."""

    name = "vicreg"
    title = "VICReg (no negatives)"
    defaults: ClassVar = {"invariance": 25.0, "variance": 25.0, "covariance": 1.0}

    def __init__(self, backbone: Backbone, settings: TrainingSettings, n_images: int) -> None:
        super().__init__(backbone, settings, n_images)
        self.projector = projector(backbone.dimension, 512, 512)

    def loss(self, views: list[Tensor], positions: Tensor) -> Tensor:
        """Return the loss of two views (n, 3, s, s) of each image."""
        a, b = self.projector(self.backbone(torch.cat(views))).chunk(2)
        spread = sum((_variance(one) for one in (a, b)), torch.zeros((), device=a.device))
        mixed = sum((_covariance(one) for one in (a, b)), torch.zeros((), device=a.device))
        loss: Tensor = (
            self.values["invariance"] * mse_loss(a, b)
            + self.values["variance"] * spread / 2
            + self.values["covariance"] * mixed
        )
        return loss


def _variance(z: Tensor) -> Tensor:
    """Return how far the deviation of each direction is below 1 (their equation 1)."""
    return relu(1 - (z.var(dim=0) + 1e-4).sqrt()).mean()


def _covariance(z: Tensor) -> Tensor:
    """Return the squares of all covariances of two directions, by direction (their equations 3 and 4)."""
    centred = z - z.mean(dim=0)
    covariance = centred.T @ centred / (len(z) - 1)
    return (covariance.square().sum() - covariance.diagonal().square().sum()) / z.shape[1]
