"""Selections: asked for on a tag, run over the samples that have a vector, kept as one ranking."""

import hashlib
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

import numpy as np
import pyarrow as pa
from pydantic import Field

from tamis.model.digest import digest_of
from tamis.model.errors import Conflict, Invalid
from tamis.model.ids import new_id, now
from tamis.model.job import Job
from tamis.model.noun import Id, Noun, Page
from tamis.model.selection import CurvePoint, Selection
from tamis.queue.outbox import submit
from tamis.selection import Ranking, Strategy, strategies
from tamis.store import arrays, bitmaps, datasets, embeddings, selections, tags
from tamis.store.database import Connection
from tamis.store.store import Store

if TYPE_CHECKING:
    AnyStrategy = Strategy
else:  # the strategies are found at run time, and so is the union that the API accepts
    AnyStrategy = Annotated[reduce(or_, strategies.values()), Field(discriminator="strategy")]


class SelectionCreate(Noun):
    """Rank the samples of a tag. `n_samples` counts new ones; preselected samples count as kept already."""

    tag_id: Id
    embedding_id: Id
    strategy: AnyStrategy = Field(default_factory=strategies["representative"])
    n_samples: int = Field(ge=1)
    seed: int = Field(0, ge=0, lt=2**63)
    preselected_tag_id: Id | None = None


@dataclass(frozen=True)
class Pool:
    """What a selection runs on: candidates and preselected are sorted positions that have a vector."""

    candidates: bitmaps.Positions
    preselected: bitmaps.Positions
    digest: str


def create(store: Store, dataset_id: str, new: SelectionCreate) -> Job:
    """Ask for a ranking.

    Raises:
        Invalid: more samples are asked for than the tag has to offer, or the strategy needs scores or labels.
        Conflict: no sample of the tag has a vector in this embedding yet.
        NotFound: there is no such tag or embedding.
    """
    refuse_unsupplied(new)
    with store.write() as connection:
        datasets.lock(connection, dataset_id)  # its tags stay from now on: a job works with them
        _pool(connection, dataset_id, new)
        return submit(connection, "select", dataset_id, new.model_dump(mode="json"))


def get(store: Store, dataset_id: str, selection_id: str) -> Selection:
    """Return a selection, or raise NotFound."""
    with store.read() as connection:
        return selections.get(connection, dataset_id, selection_id)


def list_page(store: Store, dataset_id: str, after: str | None, limit: int) -> Page[Selection]:
    """Return a page of selections, oldest first."""
    with store.read() as connection:
        datasets.get(connection, dataset_id)
        return selections.list_page(connection, dataset_id, after, limit)


def ranking(store: Store, dataset_id: str, selection_id: str) -> bytes:
    """Return the Arrow file {position u32, importance f32}, best first."""
    return arrays.read_bytes(store.folder, get(store, dataset_id, selection_id).ranking)


def pool(store: Store, dataset_id: str, wanted: SelectionCreate) -> tuple[Pool, Selection | None]:
    """Return what a selection runs on, and the selection itself where it has been run before."""
    with store.read() as connection:
        found = _pool(connection, dataset_id, wanted)
        return found, selections.find(connection, dataset_id, found.digest)


def refuse_unsupplied(wanted: SelectionCreate) -> None:
    """Refuse a strategy that needs what a selection on a tag cannot give it."""
    name, needs = wanted.strategy.strategy, wanted.strategy.needs
    if missing := sorted(needs - {"preselected"}):
        raise Invalid(
            f"The strategy '{name}' needs {' and '.join(missing)}, which a selection on a tag does not have "
            f"yet: use tamis.selection.rank in Python, or another strategy.",
            field="strategy",
        )
    if "preselected" in needs and wanted.preselected_tag_id is None:
        raise Invalid(f"The strategy '{name}' needs a preselected tag.", field="preselected_tag_id")


def _pool(connection: Connection, dataset_id: str, wanted: SelectionCreate) -> Pool:
    tag = tags.get(connection, dataset_id, wanted.tag_id)
    embedding = embeddings.get(connection, dataset_id, wanted.embedding_id)
    covered = bitmaps.intersection(
        embeddings.state(connection, dataset_id, embedding.id).covered,
        datasets.present(connection, dataset_id),
    )
    preselected = np.empty(0, np.uint32)
    inputs = [tag.digest]
    if wanted.preselected_tag_id is not None:
        inputs.append(tags.get(connection, dataset_id, wanted.preselected_tag_id).digest)
        preselected = bitmaps.intersection(
            covered, tags.members(connection, dataset_id, wanted.preselected_tag_id)
        )
    candidates = bitmaps.difference(
        bitmaps.intersection(covered, tags.members(connection, dataset_id, tag.id)), preselected
    )
    if len(candidates) == 0:
        raise Conflict(
            f"The tag '{tag.name}' has no sample left to choose from: none that is not preselected and has a "
            f"vector in the embedding '{embedding.name}'."
        )
    if wanted.n_samples > len(candidates):
        raise Invalid(
            f"The tag '{tag.name}' has {len(candidates)} samples to choose from; it is not possible to keep "
            f"{wanted.n_samples}.",
            field="n_samples",
        )
    key = digest_of(
        {
            "inputs": list(inputs),
            "embedding": embedding.digest,
            "strategy": wanted.strategy.model_dump(mode="json"),
            "seed": wanted.seed,
            "n_samples": wanted.n_samples,
            "candidates": _digest_of_positions(candidates),
            "preselected": _digest_of_positions(preselected),  # some may be deleted
        }
    )
    return Pool(candidates, preselected, key)


def _digest_of_positions(positions: bitmaps.Positions) -> str:
    return hashlib.sha256(positions.astype("<u4").tobytes()).hexdigest()


def keep(
    store: Store,
    dataset_id: str,
    wanted: SelectionCreate,
    drawn_from: Pool,
    made: Ranking,
    curve: list[CurvePoint],
    random_curve: list[CurvePoint],
) -> Selection:
    """Keep a ranking whose `order` holds positions of the dataset."""
    table = pa.table(
        {"position": pa.array(made.order, pa.uint32()), "importance": pa.array(made.importance, pa.float32())}
    ).replace_schema_metadata(
        {"greedy_until": str(made.greedy_until), "preselected": str(len(drawn_from.preselected))}
    )
    selection = Selection(
        id=new_id(),
        dataset_id=dataset_id,
        tag_id=wanted.tag_id,
        preselected_tag_id=wanted.preselected_tag_id,
        embedding_id=wanted.embedding_id,
        strategy=wanted.strategy.model_dump(mode="json"),
        seed=wanted.seed,
        n_samples=wanted.n_samples,
        n_candidates=len(drawn_from.candidates),
        greedy_until=made.greedy_until,
        ranking=arrays.write(store.folder, table),
        curve=curve,
        random_curve=random_curve,
        created_at=now(),
    )
    with store.write() as connection:
        return selections.insert(connection, selection, drawn_from.digest)
