"""What a strategy is: a frozen set of parameters with a name, words, and one method that ranks.

A new strategy is one file in `strategies/`; defining the class registers it.
"""

import difflib
import importlib
import pkgutil
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from tamis.model.errors import Invalid
from tamis.model.job import JobCancelled

Vectors = NDArray[np.float32]
Positions = NDArray[np.int64]
Importance = NDArray[np.float32]
Progress = Callable[[int, int], object]
Cancelled = Callable[[], bool]
Need = Literal["scores", "labels", "preselected"]

strategies: "dict[str, type[Strategy]]" = {}
"""Every strategy by its name, in the order of the names."""


@dataclass(frozen=True, slots=True)
class RankRequest:
    """A checked request: vectors are (n, d) float32, finite, in C order; strategies never write to them.

    To a strategy that says `reads_halves`, float16 vectors come as they are.
    """

    vectors: Vectors
    n_samples: int
    """How many new samples to choose greedily; at most `len(remaining)`."""
    candidates: Positions
    """Ascending positions that make up the pool."""
    preselected: Positions
    """Ascending positions that count as kept already; they need not be candidates."""
    remaining: Positions
    """The candidates that are not preselected, ascending; never empty."""
    seed: int = 0
    scores: NDArray[np.float32] | None = None
    """One finite weight per row of `vectors`, for strategies that weigh samples."""
    labels: NDArray[np.int64] | None = None
    """One class per row of `vectors`, for strategies that balance classes."""
    threads: int = 1
    """How many threads may work; the result has the same bits for any number."""
    progress: Progress | None = None
    cancelled: Cancelled | None = None

    def landmarks(self, most: int) -> Positions:
        """Return up to `most` candidates that stand for the pool, ascending: all, or drawn by the seed."""
        if len(self.candidates) <= most:
            return self.candidates
        return np.sort(np.random.default_rng(self.seed).choice(self.candidates, most, replace=False))

    def checkpoint(self, done: int, total: int) -> None:
        """Report progress, and stop here when asked to; strategies call this several times a second.

        Raises:
            JobCancelled: `cancelled()` said so.
        """
        if self.cancelled is not None and self.cancelled():
            raise JobCancelled
        if self.progress is not None:
            self.progress(done, total)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What a strategy returns: all of `request.remaining`, best first, with an importance each."""

    order: Positions
    importance: Importance
    greedy_until: int
    """So many of the first samples were each the best next choice; a longer run begins with the same."""
    groups: Positions | None = None
    """Where a strategy finds groups of alike: per entry of `order`, the sample that stands for it."""


class Strategy(BaseModel):
    """The fields are the parameters; a subclass registers itself under its `Literal` field `strategy`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    title: ClassVar[str]
    """A few words for a menu."""
    use_when: ClassVar[str]
    """One sentence that helps to choose."""
    importance_means: ClassVar[str]
    """What the number beside each sample says, and whether it falls along the ranking."""
    importance_falls: ClassVar[bool] = True
    """Whether the importance never rises along the ranking; a test holds each strategy to it."""
    seconds_per_pair: ClassVar[float] = 2e-8
    """For one candidate and one sample to be kept: a first guess at how long a run takes on slow cores."""
    reads_halves: ClassVar[bool] = False
    """Whether float16 vectors come as they are; the others get a float32 copy."""
    source: ClassVar[str]
    """Where the idea was published."""
    cost: ClassVar[str]
    """How the work grows: n candidates of d dimensions, k to keep; memory where it is more than n numbers."""
    loses_where: ClassVar[str]
    """Where another strategy, or random, is the better choice, by measurements where there are any."""

    strategy: str

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Register the class under its name."""
        super().__pydantic_init_subclass__(**kwargs)
        (name,) = get_args(cls.model_fields["strategy"].annotation)
        if name in strategies:
            raise TypeError(f"The strategy name {name!r} is taken by {strategies[name].__qualname__}.")
        strategies[name] = cls

    @property
    def needs(self) -> frozenset[Need]:
        """What a request must bring besides vectors, with these parameters."""
        return frozenset()

    @abstractmethod
    def rank(self, request: RankRequest) -> Ordered:
        """Order `request.remaining`, best first."""


def parse_strategy(strategy: str | Mapping[str, object] | Strategy) -> Strategy:
    """Turn a name, or a mapping of `strategy` and its parameters, into a checked strategy.

    Raises:
        Invalid: there is no such strategy, or a parameter is unknown or out of range.
    """
    if isinstance(strategy, Strategy):
        return strategy
    parameters = {"strategy": strategy} if isinstance(strategy, str) else dict(strategy)
    name = parameters.get("strategy")
    if not isinstance(name, str) or name not in strategies:
        close = difflib.get_close_matches(str(name), strategies, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise Invalid(
            f"There is no strategy {name!r}.{hint} There are: {', '.join(strategies)}.", field="strategy"
        )
    try:
        return strategies[name].model_validate(parameters)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        message = f"The parameter {field!r} of the strategy {name!r} is wrong: {first['msg']}."
        raise Invalid(message, field=field) from error


def load_strategies() -> None:
    """Import every file of `strategies/`, so that each registers itself."""
    package = importlib.import_module("tamis.selection.strategies")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        importlib.import_module(f"{package.__name__}.{module.name}")
    for name in sorted(strategies):
        strategies[name] = strategies.pop(name)
