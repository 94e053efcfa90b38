"""DIET: Ibrahim et al. (2024), https://arxiv.org/abs/2302.10260: every image is a class of its own.

For a pretrained network the rows of the classifier begin as the features of the images themselves, less
their mean, and are compared by cosine. So the first step already tells images apart, and a few minutes are
enough; rows drawn by chance, as in the paper, are seen once an epoch and need hundreds of epochs.
"""

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from tamis.learning.backbones import Backbone
from tamis.learning.methods.base import Method
from tamis.learning.settings import TrainingSettings


class Diet(Method):
    """Tell from a view which image it is of: cross-entropy over all images, with smoothed labels."""

    name = "diet"
    title = "DIET (every image a class)"
    n_views = 1
    defaults: ClassVar = {"temperature": 0.1, "label_smoothing": 0.1}
    mean: Tensor

    def __init__(self, backbone: Backbone, settings: TrainingSettings, n_images: int) -> None:
        super().__init__(backbone, settings, n_images)
        self.rows = nn.Parameter(torch.randn(n_images, backbone.dimension) * backbone.dimension**-0.5)
        self.register_buffer("mean", torch.zeros(backbone.dimension))

    @torch.no_grad()
    def imprint(self, features: Tensor) -> None:
        """Begin with the features of the images as rows."""
        self.mean.copy_(features.mean(dim=0))
        self.rows.copy_(normalize(features - self.mean, dim=1))

    def loss(self, views: list[Tensor], positions: Tensor) -> Tensor:
        """Return the loss of one view (n, 3, s, s) of each image."""
        features = normalize(self.backbone(views[0]) - self.mean, dim=1)
        logits = features @ normalize(self.rows, dim=1).T / self.values["temperature"]
        return cross_entropy(logits, positions, label_smoothing=self.values["label_smoothing"])
