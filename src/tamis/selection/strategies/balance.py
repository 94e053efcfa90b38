"""Balance: towards target shares of the classes."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tamis.model.errors import Invalid
from tamis.selection.base import Need, Ordered, RankRequest, Strategy, parse_strategy

Share = Annotated[float, Field(ge=0)]


class Balance(Strategy):
    """Keep classes in target shares, and the best samples of each class.

    1. Rank each class by itself with the strategy `within`; the preselected samples of a class count as its
       first ones.
    2. The j-th sample of a class with target share t gets the quotient t / (j - 1/2). Keep samples by falling
       quotient (Webster's method): at every k the counts are as near to the targets as whole numbers allow,
       while the classes last. On ties the class with the lowest label comes first.

    Classes without a target come last. With no targets all classes have the same.
    """

    title: ClassVar[str] = "Balanced classes"
    use_when: ClassVar[str] = (
        "You know or predict a class, or another column of few values, for each sample and want other shares "
        "than the pool has: as many of the rare ones as of the common."
    )
    importance_means: ClassVar[str] = (
        "The quotient of the class's target share and its count so far (less a half); it never rises, and it "
        "is 0 for classes without a target."
    )
    source: ClassVar[str] = (
        "Webster's method of apportionment, as seats of a parliament (Sainte-Lague 1910); a strategy of the "
        "same name is in Lightly's selection."
    )
    cost: ClassVar[str] = "That of `within`, class by class."
    loses_where: ClassVar[str] = "Where the classes are guessed badly: the shares are those of the guesses."

    strategy: Literal["balance"] = "balance"
    targets: dict[int, Share] | None = Field(
        None, description="The share wanted of each class, in any unit. None: the same of every class."
    )
    within: Literal["representative", "coreset", "random"] = Field(
        "representative", description="The strategy that ranks the samples of one class."
    )

    @property
    def needs(self) -> frozenset[Need]:
        """Classes are balanced by labels."""
        return frozenset({"labels"})

    def rank(self, request: RankRequest) -> Ordered:
        """Apportion first, then rank within each class as far as its samples are wanted."""
        assert request.labels is not None  # rank() refuses a request without
        rows, wanted = request.remaining, request.n_samples
        labels = request.labels[rows]
        quotient, classes = np.empty(len(rows)), np.unique(labels)
        targets = self._targets(classes)
        for label, target in zip(classes, targets, strict=True):
            mine = labels == label
            before = int((request.labels[request.preselected] == label).sum())
            quotient[mine] = target / (before + np.arange(mine.sum()) + 0.5)
        # Rows of one class stand for its first, second, ... sample until the class is ranked.
        place = np.lexsort((np.arange(len(rows)), labels, -quotient))
        order, done = np.empty(len(rows), np.int64), 0
        for label in classes:
            places = np.flatnonzero(labels[place] == label)
            count = int((places < wanted).sum())
            order[places] = self._within(request, rows[labels == label], label, count, done)
            done += count
        request.checkpoint(wanted, wanted)
        return Ordered(order, quotient[place].astype(np.float32), wanted)

    def _targets(self, classes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the target share of each class."""
        if self.targets is None:
            return np.full(len(classes), 1 / len(classes))
        total = sum(self.targets.values())
        if total <= 0:
            raise Invalid(
                "The targets of balance sum up to 0: at least one class must be wanted.", field="targets"
            )
        return np.array([self.targets.get(int(label), 0) / total for label in classes])

    def _within(
        self, request: RankRequest, members: NDArray[np.int64], label: int, count: int, done: int
    ) -> NDArray[np.int64]:
        """Return the members of a class, the first `count` of them chosen one by one."""
        if count == 0:
            return members
        assert request.labels is not None
        kept = request.preselected[request.labels[request.preselected] == label]
        ranked = parse_strategy(self.within).rank(
            RankRequest(
                vectors=request.vectors,
                n_samples=count,
                candidates=np.union1d(members, kept),
                preselected=kept,
                remaining=members,
                seed=request.seed,
                threads=request.threads,
                progress=lambda more, _: request.checkpoint(done + more, request.n_samples),
                cancelled=request.cancelled,
            )
        )
        return ranked.order
