"""Is the network learning something? Measures that need no labels, one that does, and the alarm for collapse.

Alignment and uniformity: Wang and Isola (2020), https://arxiv.org/abs/2005.10242. Effective rank (RankMe):
Garrido et al. (2023), https://arxiv.org/abs/2210.02885. All work on features of length one.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize

from tamis.model.noun import Noun

_PATIENCE = 2


class Health(Noun):
    """How the features of a sample of images are, where each image was augmented twice.

    `alignment` is the mean squared distance between two views of an image (0 best); `uniformity` the log of
    the mean Gaussian potential between images (lower is better, -4 is the least); `effective_rank` counts the
    directions in use; `spread` is the deviation over images, 1 on a full sphere and 0 in a point; `agreement`
    is how often the nearest of all second views is the image's own. `knn` is the accuracy of the five nearest
    neighbours, where there are labels.
    """

    alignment: float
    uniformity: float
    effective_rank: float
    spread: float
    agreement: float
    knn: float | None = None


def measure(
    first: Tensor, second: Tensor, labels: Tensor | None = None, plain: Tensor | None = None
) -> Health:
    """Measure the features (n, d) of two views of n images; `plain` are those of the images as they are.

    `labels` (n,) of -1 stand for none; with fewer than two others there is no accuracy.
    """
    a, b = normalize(first.double(), dim=1), normalize(second.double(), dim=1)
    nearest = (a @ b.T).argmax(dim=1)
    plain = first if plain is None else plain
    return Health(
        alignment=float((a - b).square().sum(dim=1).mean()),
        uniformity=uniformity(a),
        effective_rank=effective_rank(plain),
        spread=float(a.std(dim=0).mean() * math.sqrt(a.shape[1])) if len(a) > 1 else 0.0,
        agreement=float((nearest == torch.arange(len(a))).double().mean()),
        knn=None if labels is None else _accuracy(plain, labels),
    )


def _accuracy(features: Tensor, labels: Tensor) -> float | None:
    known = labels >= 0
    if int(known.sum()) < 2:
        return None
    return float(knn_hits(features[known], labels[known]).double().mean())


def uniformity(unit: Tensor) -> float:
    """Return log E exp(-2 |x - y|^2) over all pairs of rows (n, d) of length one."""
    if len(unit) < 2:
        return 0.0
    return float(torch.pdist(unit).square().mul(-2).exp().mean().log())


def effective_rank(features: Tensor) -> float:
    """Return exp(entropy) of the singular values of centred features (n, d)."""
    values = torch.linalg.svdvals((features - features.mean(dim=0)).double())
    total = float(values.sum())
    if total < 1e-9:
        return 1.0
    shares = values / total
    return float(torch.exp(-(shares * torch.log(shares + 1e-12)).sum()))


def knn_hits(features: Tensor, labels: Tensor, k: int = 5) -> Tensor:
    """Return for each image whether its k nearest neighbours (cosine, itself left out) vote for its label.

    A tie goes to the label of the nearer ones. Features (n, d), labels (n,) of integers from 0 on.
    """
    if len(features) < 2:
        return torch.zeros(len(features), dtype=torch.bool)
    unit = normalize(features.double(), dim=1)
    similar = unit @ unit.T
    similar.fill_diagonal_(-torch.inf)
    weights, rows = similar.topk(min(k, len(unit) - 1), dim=1)
    votes = torch.zeros(len(unit), int(labels.max()) + 1, dtype=torch.float64)
    votes.scatter_add_(1, labels[rows], 1 + 1e-3 * weights)
    return votes.argmax(dim=1) == labels


def hits_of(vectors: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return `knn_hits` of arrays: vectors (n, d) and labels (n,)."""
    hits: NDArray[np.bool_] = knn_hits(torch.from_numpy(vectors), torch.from_numpy(labels)).numpy()
    return hits


def without_labels(vectors: NDArray[np.float32]) -> tuple[float, float]:
    """Return the effective rank and the uniformity of vectors (n, d)."""
    full = torch.from_numpy(vectors)
    return effective_rank(full), uniformity(normalize(full.double(), dim=1))


@dataclass(frozen=True)
class Collapse:
    """What went wrong, and what to try: two sentences."""

    reason: str
    advice: str


def find_collapse(history: list[Health]) -> Collapse | None:
    """Tell whether the newest measures show a collapse. The first was taken before training.

    An untrained network may have narrow features too, so it takes a fall against the start as well, twice in
    a row.
    """
    start, recent = history[0], history[1:][-_PATIENCE:]
    if len(recent) < _PATIENCE:
        return None
    if all(one.spread < 0.05 and one.spread < start.spread / 4 for one in recent):
        return Collapse(
            f"All images get nearly the same vector: their spread fell from {start.spread:.3f} to "
            f"{recent[-1].spread:.4f}.",
            "Try --method vicreg, which keeps the spread up by its loss, a larger batch, or a smaller "
            "--set learning_rate=...",
        )
    if all(one.effective_rank < 2 and one.effective_rank < start.effective_rank / 4 for one in recent):
        return Collapse(
            f"The vectors lie on a line: their effective rank fell from {start.effective_rank:.1f} to "
            f"{recent[-1].effective_rank:.1f}.",
            "Try --method barlow_twins or vicreg, which use every direction, or weaker augmentation.",
        )
    return None
