"""BYOL: Grill et al. (2020), https://arxiv.org/abs/2006.07733."""

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity

from tamis.learning.backbones import Backbone
from tamis.learning.methods.base import Method, projector
from tamis.learning.methods.teacher import Teacher, rising
from tamis.learning.settings import TrainingSettings


class Byol(Method):
    """Foretell from one view what a slowly moving teacher makes of the other (their equation 2)."""

    name = "byol"
    title = "BYOL (a teacher, no negatives)"
    defaults: ClassVar = {"momentum": 0.99}

    def __init__(self, backbone: Backbone, settings: TrainingSettings, n_images: int) -> None:
        super().__init__(backbone, settings, n_images)
        self.projector = projector(backbone.dimension, 512, 128)
        self.predictor = projector(128, 512, 128)
        self.teacher = Teacher(nn.Sequential(backbone, self.projector))

    def loss(self, views: list[Tensor], positions: Tensor) -> Tensor:
        """Return the loss of two views (n, 3, s, s) of each image, each foretold from the other."""
        images = torch.cat(views)
        foretold = self.predictor(self.projector(self.backbone(images)))
        target = self.teacher(images).roll(len(positions), dims=0)
        return 2 - 2 * cosine_similarity(foretold, target).mean()

    def after_step(self, fraction: float) -> None:
        """Let the teacher follow."""
        self.teacher.follow(rising(self.values["momentum"], fraction))
