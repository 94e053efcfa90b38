"""MoCo v2: He et al. (2020), https://arxiv.org/abs/1911.05722, and Chen et al., https://arxiv.org/abs/2003.04297."""

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from tamis.learning.backbones import Backbone
from tamis.learning.methods.base import Method, projector
from tamis.learning.methods.teacher import Teacher
from tamis.learning.settings import TrainingSettings


class Moco(Method):
    """Find the teacher's key of the other view among those of earlier batches (InfoNCE, their equation 1).

    The queue is no longer than there are images, and an older key of the same image does not count: small
    sets would else push an image away from itself. Both views are queries once.
    """

    name = "moco"
    title = "MoCo v2 (contrast with a queue)"
    defaults: ClassVar = {"temperature": 0.2, "momentum": 0.99, "queue": 4096}
    keys: Tensor
    owners: Tensor
    next: Tensor

    def __init__(self, backbone: Backbone, settings: TrainingSettings, n_images: int) -> None:
        super().__init__(backbone, settings, n_images)
        self.projector = projector(backbone.dimension, min(backbone.dimension, 512), 128)
        self.teacher = Teacher(nn.Sequential(backbone, self.projector))
        length = max(1, min(int(self.values["queue"]), n_images))
        self.register_buffer("keys", normalize(torch.randn(length, 128), dim=1))
        self.register_buffer("owners", torch.full((length,), -1))
        self.register_buffer("next", torch.zeros((), dtype=torch.long))

    def loss(self, views: list[Tensor], positions: Tensor) -> Tensor:
        """Return the loss of two views (n, 3, s, s) of each image."""
        images = torch.cat(views)
        query = normalize(self.projector(self.backbone(images)), dim=1)
        key = normalize(self.teacher(images), dim=1).roll(len(positions), dims=0)
        right = (query * key).sum(dim=1, keepdim=True)  # (2 n, 1)
        wrong = query @ self.keys.T  # (2 n, length)
        wrong = wrong.masked_fill(positions.repeat(2)[:, None] == self.owners, -torch.inf)
        logits = torch.cat([right, wrong], dim=1) / self.values["temperature"]
        self._remember(key[: len(positions)], positions)
        return cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long, device=logits.device))

    @torch.no_grad()
    def _remember(self, keys: Tensor, positions: Tensor) -> None:
        """Put keys (n, 128) in the places of the oldest."""
        keys, positions = keys[: len(self.keys)], positions[: len(self.keys)]
        places = (self.next + torch.arange(len(keys), device=keys.device)) % len(self.keys)
        self.keys = self.keys.index_copy(0, places, keys)
        self.owners = self.owners.index_copy(0, places, positions)
        self.next = (self.next + len(keys)) % len(self.keys)

    def after_step(self, fraction: float) -> None:
        """Let the teacher follow."""
        self.teacher.follow(self.values["momentum"])
