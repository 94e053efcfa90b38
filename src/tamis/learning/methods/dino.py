"""DINO: Caron et al. (2021), https://arxiv.org/abs/2104.14294, with two views of one size, no small crops."""

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import log_softmax, normalize, softmax

from tamis.learning.backbones import Backbone
from tamis.learning.methods.base import Method
from tamis.learning.methods.teacher import Teacher, rising
from tamis.learning.settings import TrainingSettings


class _Head(nn.Module):
    """Three layers, features of length one, and their cosine with each prototype."""

    def __init__(self, inside: int, prototypes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(inside, 512), nn.GELU(), nn.Linear(512, 512), nn.GELU(), nn.Linear(512, 128)
        )
        self.prototypes = nn.Parameter(torch.randn(prototypes, 128))

    def forward(self, features: Tensor) -> Tensor:
        """Turn features (n, inside) into (n, prototypes)."""
        return normalize(self.layers(features), dim=1) @ normalize(self.prototypes, dim=1).T


class Dino(Method):
    """Give a view the teacher's soft class of the other one (their equation 2); centring and a sharp
    temperature keep all images from falling into one class."""

    name = "dino"
    title = "DINO (a teacher's soft classes)"
    defaults: ClassVar = {
        "temperature": 0.1,
        "teacher_temperature": 0.04,
        "momentum": 0.99,
        "center_momentum": 0.9,
        "prototypes": 1024,
    }
    center: Tensor
    began: Tensor

    def __init__(self, backbone: Backbone, settings: TrainingSettings, n_images: int) -> None:
        super().__init__(backbone, settings, n_images)
        prototypes = int(self.values["prototypes"])
        self.head = _Head(backbone.dimension, prototypes)
        self.teacher = Teacher(nn.Sequential(backbone, self.head))
        self.register_buffer("center", torch.zeros(prototypes))
        self.register_buffer("began", torch.zeros(()))

    def loss(self, views: list[Tensor], positions: Tensor) -> Tensor:
        """Return the cross-entropy of two views (n, 3, s, s) of each image, each against the other."""
        images = torch.cat(views)
        foretold = log_softmax(self.head(self.backbone(images)) / self.values["temperature"], dim=1)
        scores = self.teacher(images)
        mean = scores.mean(dim=0)
        center = torch.where(self.began > 0, self.center, mean)  # the paper begins with 0, far from any mean
        target = softmax((scores - center) / self.values["teacher_temperature"], dim=1)
        self.center = center.lerp(mean, 1 - self.values["center_momentum"])
        self.began = torch.ones_like(self.began)
        return -(target.roll(len(positions), dims=0) * foretold).sum(dim=1).mean()

    def after_step(self, fraction: float) -> None:
        """Let the teacher follow."""
        self.teacher.follow(rising(self.values["momentum"], fraction))
