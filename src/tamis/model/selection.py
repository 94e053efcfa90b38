"""A selection: one run of a strategy, whose result is one nested ranking."""

from tamis.model.digest import Json
from tamis.model.noun import Digest, Id, Milliseconds, Noun


class StrategyFacts(Noun):
    """What is shown of a strategy before it is run.

    `parameters` is a JSON schema: the web form and the messages about wrong values come from it. `needs` is
    what it must be given besides vectors with its default parameters: scores, labels or preselected samples.
    `importance` says what the number beside each sample means.
    """

    name: str
    title: str
    description: str
    use_when: str
    needs: list[str]
    importance: str
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


class Estimate(Noun):
    """How long a selection is likely to take on this machine, and on how many samples it would run."""

    seconds: float
    n_candidates: int
