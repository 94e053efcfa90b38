"""What a projection method is: vectors in, points in the plane out."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from tamis.model.errors import Invalid
from tamis.model.job import JobCancelled

Vectors = NDArray[np.float32]
Points = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, total)."""
Cancelled = Callable[[], bool]

_registry: dict[str, "Method"] = {}


class Watch:
    """Tells how far the work is, and stops it where its cancellation was asked for."""

    def __init__(self, total: int, progress: Progress | None, cancelled: Cancelled | None) -> None:
        self.total = total
        self.progress = progress
        self.cancelled = cancelled

    def at(self, done: int) -> None:
        """Report progress; the safe point at which `JobCancelled` is raised."""
        if self.cancelled is not None and self.cancelled():
            raise JobCancelled
        if self.progress is not None:
            self.progress(done, self.total)


class Method(ABC):
    """A subclass registers one instance of itself under its `name`; it has no state.

    The same vectors and seed give the same bits on one machine, with any number of threads.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.name in _registry:
            raise ValueError(f"Two projection methods are named {cls.name!r}.")
        _registry[cls.name] = cls()

    def project(
        self,
        vectors: Vectors,
        *,
        seed: int,
        threads: int = 1,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Points:
        """Place vectors (n, d) in the plane: finite points (n, 2) about the origin.

        More threads pay above a thousand vectors and on idle cores only: OpenMP's threads wait busily.
        Raises `JobCancelled` soon after `cancelled` answers yes.
        """
        check_vectors(vectors)
        _check_choices(seed, threads)
        watch = Watch(100, progress, cancelled)
        watch.at(0)
        points = self._project(vectors, seed, threads, watch)
        watch.at(100)
        return points

    def extend(
        self,
        vectors_old: Vectors,
        points_old: Points,
        vectors_new: Vectors,
        *,
        seed: int,
        threads: int = 1,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> Points:
        """Place new vectors (m, d) among the old points; the old ones stay where they are.

        Where each lands depends on the old points and itself alone, except where there are no old points.
        """
        check_vectors(vectors_old, field="vectors_old")
        check_vectors(vectors_new, columns=vectors_old.shape[1], field="vectors_new")
        if points_old.shape != (len(vectors_old), 2) or not np.isfinite(points_old).all():
            raise Invalid(
                f"{len(vectors_old)} old vectors need as many finite points (n, 2), not {points_old.shape}.",
                field="points_old",
            )
        if not len(vectors_old):
            return self.project(
                vectors_new, seed=seed, threads=threads, progress=progress, cancelled=cancelled
            )
        _check_choices(seed, threads)
        watch = Watch(100, progress, cancelled)
        watch.at(0)
        points = self._extend(vectors_old, points_old, vectors_new, watch)
        watch.at(100)
        return points

    @abstractmethod
    def _project(self, vectors: Vectors, seed: int, threads: int, watch: Watch) -> Points:
        """Place checked vectors, also when there are none."""

    @abstractmethod
    def _extend(self, vectors_old: Vectors, points_old: Points, vectors_new: Vectors, watch: Watch) -> Points:
        """Place checked new vectors; there is at least one old one."""


def registered() -> dict[str, Method]:
    """Return the methods that have registered themselves, in the order of their names."""
    return dict(sorted(_registry.items()))


def check_vectors(
    vectors: Vectors, *, columns: int | None = None, first: int = 0, field: str = "vectors"
) -> None:
    """Refuse what is no finite float32 matrix; `first` is the position of its first row."""
    if vectors.dtype != np.float32 or vectors.ndim != 2 or vectors.shape[1] == 0:
        raise Invalid(
            f"Vectors are a float32 matrix (n, d), not {vectors.dtype} {vectors.shape}.", field=field
        )
    if columns is not None and vectors.shape[1] != columns:
        raise Invalid(f"Vectors of {columns} numbers are needed, not of {vectors.shape[1]}.", field=field)
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        raise Invalid(
            f"The vector at position {first + int(bad[0])} is not finite ({len(bad)} such in this batch).",
            field=field,
        )


def _check_choices(seed: int, threads: int) -> None:
    if not 0 <= seed < 2**63:
        raise Invalid(f"A seed is at least 0 and below 2^63, not {seed}.", field="seed")
    if threads < 1:
        raise Invalid(f"A projection needs at least 1 thread, not {threads}.", field="threads")
