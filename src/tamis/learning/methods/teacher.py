"""A teacher: a copy of networks that follows them slowly and gets no gradient."""

import copy
import math

import torch
from torch import Tensor, nn


class Teacher(nn.Module):
    """A moving average of a student, its weights in `network`; its batch norms work as the student's do."""

    def __init__(self, student: nn.Module) -> None:
        super().__init__()
        self._student = (student,)  # in a tuple, so that its weights are not listed twice
        self.network = copy.deepcopy(student).requires_grad_(False)

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        """Return what the copy makes of images (n, 3, s, s); no gradient flows back."""
        for own, other in zip(self.network.modules(), self._student[0].modules(), strict=True):
            own.training = other.training
        made: Tensor = self.network(images)
        return made

    @torch.no_grad()
    def follow(self, momentum: float) -> None:
        """Keep the share `momentum` of each weight, and take the rest from the student."""
        for own, other in zip(self.network.parameters(), self._student[0].parameters(), strict=True):
            own.lerp_(other, 1 - momentum)


def rising(momentum: float, fraction: float) -> float:
    """Return the momentum after a fraction of the budget: along half a cosine up to 1 (BYOL, section 3.2)."""
    return 1 - (1 - momentum) * (1 + math.cos(math.pi * fraction)) / 2
