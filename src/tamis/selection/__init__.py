"""Selection: strategies that rank samples by how much each adds to those already kept.

Arrays in, arrays out; no server is needed:

    from tamis.selection import rank
    ranking = rank(embeddings, "representative", n_samples=100)
    ranking.order[:100]  # positions, best first
"""

from tamis.selection import base
from tamis.selection.base import RankRequest, Strategy, parse_strategy
from tamis.selection.evaluate import Coverage, coverage, random_coverage, share_within, smallest_distances
from tamis.selection.evaluate_labels import (
    ClassCoverage,
    class_coverage,
    linear_probe_accuracy,
    nearest_neighbour_accuracy,
)
from tamis.selection.ranking import Ranking, rank

base.load_strategies()
strategies = base.strategies  # the registry; the folder of that name is imported by now

__all__ = [
    "ClassCoverage",
    "Coverage",
    "RankRequest",
    "Ranking",
    "Strategy",
    "class_coverage",
    "coverage",
    "linear_probe_accuracy",
    "nearest_neighbour_accuracy",
    "parse_strategy",
    "random_coverage",
    "rank",
    "share_within",
    "smallest_distances",
    "strategies",
]
