"""A selection: one run of a strategy, whose result is one nested ranking."""

from tamis.model.digest import Json
from tamis.model.noun import Digest, Id, Milliseconds, Noun


class StrategyFacts(Noun):
    """What is shown of a strategy before it is run.

    `parameters` is a JSON schema: the web form and the messages about wrong values come from it.
    """

    name: str
    title: str
    parameters: dict[str, Json]


class CurvePoint(Noun):
    """How well the first k samples cover the pool: its farthest and its mean distance to a kept one."""

    k: int
    radius: float
    mean: float


class Selection(Noun):
    """`ranking` names the write-once Arrow file {position u32, importance f32}, best first.

    Up to `greedy_until` each sample was the greedy choice, and the prefix promise holds. `random_curve`
    is the mean of several random draws, for comparison.
    """

    id: Id
    dataset_id: Id
    tag_id: Id
    preselected_tag_id: Id | None
    embedding_id: Id
    strategy: dict[str, Json]
    seed: int
    n_samples: int
    n_candidates: int
    greedy_until: int
    ranking: Digest
    curve: list[CurvePoint]
    random_curve: list[CurvePoint]
    created_at: Milliseconds
