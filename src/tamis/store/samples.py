"""Samples and problems: one row for each image, and one for each file that was refused."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from tamis.model.digest import Json
from tamis.model.errors import NotFound
from tamis.model.ids import now
from tamis.model.image import ImageFacts, Measures
from tamis.model.noun import Page
from tamis.model.sample import Problem, Sample
from tamis.store import bitmaps, datasets
from tamis.store.pages import page
from tamis.store.schema import problem, sample

_IN_LIST = 5_000  # values in one IN list, below the limits of both databases
_PLAIN = ("sha256", "size_bytes", "modified_ns", "width", "height", "format", "mode")
_MEASURES = tuple(Measures.model_fields)


@dataclass(frozen=True)
class NewSample:
    """An image that has been read, before it has a position."""

    file_name: str
    relative_path: bytes | None
    facts: ImageFacts


@dataclass(frozen=True)
class Known:
    """What is compared when a file of the same name comes again."""

    sha256: str
    size_bytes: int
    modified_ns: int
    relative_path: bytes | None


@dataclass(frozen=True)
class Shape:
    """What is counted of an image."""

    format: str
    width: int
    height: int
    size_bytes: int


def known(connection: sa.Connection, dataset_id: str, file_names: Iterable[str]) -> dict[str, Known]:
    """Return those of the names that the dataset has already."""
    facts = (sample.c.sha256, sample.c.size_bytes, sample.c.modified_ns, sample.c.relative_path)
    found: dict[str, Known] = {}
    for names in _chunks(sorted(set(file_names))):
        query = sa.select(sample.c.file_name, *facts).where(
            sample.c.dataset_id == dataset_id, sample.c.file_name.in_(names)
        )
        found.update((name, Known(*values)) for name, *values in connection.execute(query))
    return found


def insert(connection: sa.Connection, dataset_id: str, new: Sequence[NewSample]) -> int:
    """Add samples in the order given, and return the position of the first."""
    first = datasets.take_positions(
        connection, dataset_id, len(new), sum(one.facts.size_bytes for one in new)
    )
    moment = now()
    rows = [
        {
            **{name: getattr(one.facts, name) for name in _PLAIN},
            **one.facts.measures.model_dump(),
            "dataset_id": dataset_id,
            "position": first + i,
            "file_name": one.file_name,
            "relative_path": one.relative_path,
            "state": "full",
            "metadata": {},
            "created_at": moment,
        }
        for i, one in enumerate(new)
    ]
    if rows:
        connection.execute(sample.insert(), rows)
    return first


def get(connection: sa.Connection, dataset_id: str, position: int) -> Sample:
    """Return a sample, or raise NotFound."""
    query = sa.select(sample).where(sample.c.dataset_id == dataset_id, sample.c.position == position)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"There is no sample {position} in this dataset.")
    return _sample(row)


def list_page(
    connection: sa.Connection,
    dataset_id: str,
    after: int | None,
    limit: int,
    among: bitmaps.Positions | None = None,
) -> Page[Sample]:
    """Return a page of samples by position; only those `among` the given positions, where given."""
    query = sa.select(sample).where(sample.c.dataset_id == dataset_id)
    if among is not None:
        start = 0 if after is None else int(np.searchsorted(among, after, side="right"))
        query = query.where(sample.c.position.in_(among[start : start + limit + 1].tolist()))
    return page(connection, query, sample.c.position, after, limit, _sample)


def relative_path(connection: sa.Connection, dataset_id: str, position: int) -> bytes | None:
    """Return where the image lies below its dataset's root, as the file system spells it."""
    query = sa.select(sample.c.relative_path).where(
        sample.c.dataset_id == dataset_id, sample.c.position == position
    )
    return connection.execute(query).scalar()


def all_positions(connection: sa.Connection, dataset_id: str) -> NDArray[np.uint32]:
    """Return the positions of all rows, ascending."""
    query = sa.select(sample.c.position).where(sample.c.dataset_id == dataset_id).order_by(sample.c.position)
    return np.array(connection.execute(query).scalars().all(), np.uint32)


def hashes(connection: sa.Connection, beginning: str, *, uploaded: bool = False) -> set[str]:
    """Return the hashes of all images, or of all uploaded ones, of whatever dataset, that begin like this."""
    query = sa.select(sample.c.sha256).where(sample.c.sha256 >= beginning, sample.c.sha256 < f"{beginning}g")
    if uploaded:
        query = query.where(sample.c.relative_path.is_(None))
    return set(connection.execute(query.distinct()).scalars())


def uploaded(connection: sa.Connection, dataset_id: str) -> dict[str, int]:
    """Return hash and size of each image of a dataset that was uploaded."""
    query = sa.select(sample.c.sha256, sample.c.size_bytes).where(
        sample.c.dataset_id == dataset_id, sample.c.relative_path.is_(None)
    )
    return {row.sha256: row.size_bytes for row in connection.execute(query)}


def columns(
    connection: sa.Connection, dataset_id: str, positions: NDArray[np.integer], *names: str
) -> list[tuple[object, ...]]:
    """Return the named columns of the samples at these positions, in the order of the positions."""
    rows: list[tuple[object, ...]] = []
    for chunk in _chunks(positions.tolist()):
        query = sa.select(sample.c.position, *(sample.c[name] for name in names)).where(
            sample.c.dataset_id == dataset_id, sample.c.position.in_(chunk)
        )
        found = {position: tuple(values) for position, *values in connection.execute(query)}
        rows.extend(found[position] for position in chunk)
    return rows


def shapes(connection: sa.Connection, dataset_id: str) -> Counter[tuple[str, int, int]]:
    """Count the samples, deleted ones too, of each (format, width, height)."""
    shape = (sample.c.format, sample.c.width, sample.c.height)
    query = sa.select(*shape, sa.func.count()).where(sample.c.dataset_id == dataset_id).group_by(*shape)
    return Counter({(name, width, height): n for name, width, height, n in connection.execute(query)})


def shapes_of(connection: sa.Connection, dataset_id: str, positions: NDArray[np.integer]) -> Iterator[Shape]:
    """Yield the shape of each of these samples."""
    for name, width, height, size in columns(
        connection, dataset_id, positions, "format", "width", "height", "size_bytes"
    ):
        assert isinstance(width, int) and isinstance(height, int) and isinstance(size, int)
        yield Shape(str(name), width, height, size)


def positions_of(connection: sa.Connection, dataset_id: str, file_names: Sequence[str]) -> dict[str, int]:
    """Return the positions of those names that the dataset has."""
    found: dict[str, int] = {}
    for names in _chunks(file_names):
        query = sa.select(sample.c.file_name, sample.c.position).where(
            sample.c.dataset_id == dataset_id, sample.c.file_name.in_(names)
        )
        found.update((name, position) for name, position in connection.execute(query))
    return found


def annotate(connection: sa.Connection, dataset_id: str, position: int, metadata: dict[str, Json]) -> None:
    """Add values to a sample's metadata; a name that is there already gets the new value."""
    here = (sample.c.dataset_id == dataset_id) & (sample.c.position == position)
    before = connection.execute(sa.select(sample.c.metadata).where(here)).scalar_one()
    connection.execute(sample.update().where(here).values(metadata={**before, **metadata}))


def set_problems(
    connection: sa.Connection, dataset_id: str, job_id: str, reasons: dict[str, str], fine: Iterable[str]
) -> None:
    """Record why files were refused, and forget the problems of files that are fine now."""
    for names in _chunks(sorted({*reasons, *fine})):
        connection.execute(
            problem.delete().where(problem.c.dataset_id == dataset_id, problem.c.file_name.in_(names))
        )
    if reasons:
        connection.execute(
            problem.insert(),
            [
                {"dataset_id": dataset_id, "file_name": name, "reason": reason, "job_id": job_id}
                for name, reason in sorted(reasons.items())
            ],
        )


def forget_older_problems(connection: sa.Connection, dataset_id: str, job_id: str) -> None:
    """Forget the problems that this job, which has looked at every file, has not found again."""
    connection.execute(problem.delete().where(problem.c.dataset_id == dataset_id, problem.c.job_id != job_id))


def problems(connection: sa.Connection, dataset_id: str, after: str | None, limit: int) -> Page[Problem]:
    """Return a page of refused files by name."""
    query = sa.select(problem.c.file_name, problem.c.reason, problem.c.job_id).where(
        problem.c.dataset_id == dataset_id
    )
    return page(connection, query, problem.c.file_name, after, limit, Problem.model_validate)


def count_problems(connection: sa.Connection, dataset_id: str, job_id: str) -> int:
    """Return how many files one job refused."""
    here = (problem.c.dataset_id == dataset_id) & (problem.c.job_id == job_id)
    return connection.execute(sa.select(sa.func.count()).where(here)).scalar_one()


def _chunks(values: Sequence[Json]) -> Iterable[list[Json]]:
    return (list(values[i : i + _IN_LIST]) for i in range(0, len(values), _IN_LIST))


def _sample(row: sa.RowMapping) -> Sample:
    values = {name: value for name, value in row.items() if name not in (*_MEASURES, "relative_path")}
    return Sample.model_validate({**values, "measures": {name: row[name] for name in _MEASURES}})
