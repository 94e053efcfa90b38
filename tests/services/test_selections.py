"""A selection ranks tag ∩ covered − deleted − preselected, and the tag saved from it tells how."""

import json

import numpy as np
import pyarrow as pa
import pytest

from tamis.model.errors import Conflict, Invalid, NotFound
from tamis.model.selection import CurvePoint, Selection
from tamis.model.tag import FromFileNames, FromSelection, Tag, TagCreate
from tamis.selection import Ranking, strategies
from tamis.services import embeddings, jobs, samples, selections, tags
from tamis.services.selections import SelectionCreate
from tamis.store.store import Store
from tests import made

NAMES = [f"{number}.jpg" for number in range(8)]


@pytest.fixture
def dataset_id(store: Store) -> str:
    return made.dataset_of(store, *NAMES)


@pytest.fixture
def initial(store: Store, dataset_id: str) -> Tag:
    return tags.close_upload(store, dataset_id)


def pick(store: Store, dataset_id: str, parent: Tag, name: str, *numbers: int) -> Tag:
    source = FromFileNames(parent_id=parent.id, file_names=[NAMES[number] for number in numbers])
    return tags.create(store, dataset_id, TagCreate(name=name, source=source))


def wanted(
    tag: Tag, embedding_id: str, n: int = 2, seed: int = 0, preselected: Tag | None = None
) -> SelectionCreate:
    return SelectionCreate(
        tag_id=tag.id,
        embedding_id=embedding_id,
        strategy=strategies["random"](),
        n_samples=n,
        seed=seed,
        preselected_tag_id=preselected.id if preselected else None,
    )


def keep(store: Store, dataset_id: str, asked: SelectionCreate, *best: int) -> Selection:
    """Keep a ranking as a job would: these come first, then all others."""
    pool, known = selections.pool(store, dataset_id, asked)
    assert known is None
    order = np.array([*best, *(position for position in pool.candidates.tolist() if position not in best)])
    ranking = Ranking(
        order=order,
        importance=1 / (1 + np.arange(len(order))),
        greedy_until=2,
        strategy=asked.strategy.model_dump(mode="json"),
        seed=asked.seed,
        n_samples=asked.n_samples,
        preselected=pool.preselected.astype(np.int64),
    )
    curve = [CurvePoint(k=1, radius=2.5, mean=0.5)]
    return selections.keep(store, dataset_id, asked, pool, ranking, curve, curve)


def test_candidates_have_a_vector_are_not_deleted_and_not_preselected(
    store: Store, dataset_id: str, initial: Tag
) -> None:
    embedding_id = made.embedded(store, dataset_id, 0, 1, 2, 3, 4, 6)
    samples.delete(store, dataset_id, np.array([3, 6]))
    tag = pick(store, dataset_id, initial, "some", 0, 1, 2, 3, 5, 7)
    before = pick(store, dataset_id, initial, "before", 1, 4, 5, 6)
    pool, known = selections.pool(store, dataset_id, wanted(tag, embedding_id, preselected=before))
    assert (pool.candidates.tolist(), pool.preselected.tolist(), known) == ([0, 2], [1, 4], None)


def test_a_ranking_is_kept_as_it_was_made(store: Store, dataset_id: str, initial: Tag) -> None:
    embedding_id = made.embedded(store, dataset_id, *range(8))
    asked = wanted(initial, embedding_id, n=3, seed=2**62)
    selection = keep(store, dataset_id, asked, 5, 0, 7)
    assert selection.model_dump(mode="json", exclude={"id", "created_at", "ranking"}) == {
        "dataset_id": dataset_id,
        "tag_id": initial.id,
        "preselected_tag_id": None,
        "embedding_id": embedding_id,
        "strategy": {"strategy": "random"},
        "seed": 2**62,
        "n_samples": 3,
        "n_candidates": 8,
        "greedy_until": 2,
        "curve": [{"k": 1, "radius": 2.5, "mean": 0.5}],
        "random_curve": [{"k": 1, "radius": 2.5, "mean": 0.5}],
    }
    assert selections.get(store, dataset_id, selection.id) == selection
    table = pa.ipc.open_file(pa.BufferReader(selections.ranking(store, dataset_id, selection.id))).read_all()
    assert table.column("position").to_pylist() == [5, 0, 7, 1, 2, 3, 4, 6]
    assert table.column("importance").to_pylist() == [float(np.float32(1 / n)) for n in range(1, 9)]
    assert table.schema.metadata == {b"greedy_until": b"2", b"preselected": b"0"}


def test_the_same_inputs_find_the_selection_and_others_do_not(
    store: Store, dataset_id: str, initial: Tag
) -> None:
    embedding_id = made.embedded(store, dataset_id, *range(8))
    asked = wanted(initial, embedding_id)
    selection = keep(store, dataset_id, asked, 5, 0)
    assert selections.pool(store, dataset_id, asked)[1] == selection
    for other in (wanted(initial, embedding_id, seed=1), wanted(initial, embedding_id, n=3)):
        assert selections.pool(store, dataset_id, other)[1] is None
    samples.delete(store, dataset_id, np.array([0]))
    assert selections.pool(store, dataset_id, asked)[1] is None


def test_a_selection_is_another_once_a_preselected_sample_is_deleted(
    store: Store, dataset_id: str, initial: Tag
) -> None:
    embedding_id = made.embedded(store, dataset_id, *range(8))
    asked = wanted(initial, embedding_id, preselected=pick(store, dataset_id, initial, "before", 1, 2))
    keep(store, dataset_id, asked, 5, 0)
    samples.delete(store, dataset_id, np.array([1]))
    pool, known = selections.pool(store, dataset_id, asked)
    assert (pool.candidates.tolist(), pool.preselected.tolist(), known) == ([0, 3, 4, 5, 6, 7], [2], None)


def test_a_tag_from_a_selection_holds_the_first_and_the_preselected(
    store: Store, dataset_id: str, initial: Tag
) -> None:
    embedding_id = made.embedded(store, dataset_id, *range(8))
    before = pick(store, dataset_id, initial, "before", 6, 1)
    selection = keep(store, dataset_id, wanted(initial, embedding_id, n=3, preselected=before), 5, 0, 7)
    new = TagCreate(name="best", source=FromSelection(selection_id=selection.id, keep=2))
    tag = tags.create(store, dataset_id, new)
    assert (tag.n_members, tag.parent_id) == (4, initial.id)
    assert json.loads(tag.recipe.model_dump_json()) == {
        "v": 1,
        "kind": "selection",
        "inputs": [initial.digest, before.digest],
        "selection": {
            "strategy": {"strategy": "random"},
            "embedding": embeddings.get(store, dataset_id, embedding_id).digest,
            "seed": 0,
            "keep": 2,
        },
    }
    assert tags.get(store, dataset_id, tag.id) == tag == tags.create(store, dataset_id, new)
    assert tags.paths(store, dataset_id, tag.id, new_only=False) == b"1.jpg\n6.jpg\n5.jpg\n0.jpg\n"
    assert tags.paths(store, dataset_id, tag.id, new_only=True) == b"5.jpg\n0.jpg\n"
    samples.delete(store, dataset_id, np.array([5, 6]))
    assert tags.paths(store, dataset_id, tag.id, new_only=False) == b"1.jpg\n0.jpg\n"


def test_more_than_was_ranked_is_not_kept(store: Store, dataset_id: str, initial: Tag) -> None:
    selection = keep(store, dataset_id, wanted(initial, made.embedded(store, dataset_id, 0, 3, 5)), 5, 0)
    source = FromSelection(selection_id=selection.id, keep=4)
    with pytest.raises(Invalid, match=r"ranks 3 samples.*keep 4") as caught:
        tags.create(store, dataset_id, TagCreate(name="best", source=source))
    assert caught.value.field == "keep"


def test_what_cannot_be_ranked_is_refused_before_there_is_a_job(
    store: Store, dataset_id: str, initial: Tag
) -> None:
    embedding_id = made.embedded(store, dataset_id, 0, 1, 2)
    with pytest.raises(Invalid, match="has 3 samples") as caught:
        selections.create(store, dataset_id, wanted(initial, embedding_id, n=4))
    assert caught.value.field == "n_samples"
    without = pick(store, dataset_id, initial, "without", 5)
    with pytest.raises(Conflict, match=r"'without'.*'made-up'"):
        selections.create(store, dataset_id, wanted(without, embedding_id, n=1))
    with pytest.raises(NotFound, match=made.JOB):
        selections.create(store, dataset_id, wanted(initial, made.JOB))
    assert selections.create(store, dataset_id, wanted(initial, embedding_id, n=3)).kind == "select"


def test_a_selection_of_another_dataset_is_not_found(store: Store, dataset_id: str, initial: Tag) -> None:
    selection = keep(store, dataset_id, wanted(initial, made.embedded(store, dataset_id, 0, 1)), 1, 0)
    other = made.dataset_of(store, "a", name="other")
    with pytest.raises(NotFound, match=selection.id):
        selections.get(store, other, selection.id)


@pytest.mark.parametrize("needs", [{"scores"}, {"labels", "scores"}])
def test_a_strategy_that_needs_what_a_tag_does_not_have_is_refused(
    store: Store, dataset_id: str, initial: Tag, monkeypatch: pytest.MonkeyPatch, needs: set[str]
) -> None:
    asked = wanted(initial, made.embedded(store, dataset_id, *range(8)))
    monkeypatch.setattr(strategies["random"], "needs", frozenset(needs))
    with pytest.raises(Invalid, match=f"'random' needs {' and '.join(sorted(needs))}"):
        selections.create(store, dataset_id, asked)


def test_a_strategy_that_needs_examples_asks_for_a_preselected_tag(
    store: Store, dataset_id: str, initial: Tag, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = wanted(initial, made.embedded(store, dataset_id, *range(8)))
    monkeypatch.setattr(strategies["random"], "needs", frozenset({"preselected"}))
    with pytest.raises(Invalid, match="needs a preselected tag"):
        selections.create(store, dataset_id, asked)


def test_with_a_tag_go_the_rankings_within_it_and_on_top_of_it_that_nobody_saved(
    store: Store, dataset_id: str, initial: Tag
) -> None:
    embedding_id = made.embedded(store, dataset_id, *range(8))
    mine = keep(store, dataset_id, wanted(initial, embedding_id), 5, 0)
    source = FromSelection(selection_id=mine.id, keep=2)
    tag = tags.create(store, dataset_id, TagCreate(name="best", source=source))
    assert tag.selection_id == mine.id
    within = keep(store, dataset_id, wanted(tag, embedding_id), 0)
    on_top = keep(store, dataset_id, wanted(initial, embedding_id, preselected=tag), 3)
    tags.remove(store, dataset_id, tag.id)
    for gone in (within, on_top):
        with pytest.raises(NotFound, match=gone.id):
            selections.get(store, dataset_id, gone.id)
    assert selections.get(store, dataset_id, mine.id) == mine
    again = tags.create(store, dataset_id, TagCreate(name="best", source=source))
    assert again.digest == tag.digest


def test_a_tag_on_top_of_which_another_was_chosen_stays(store: Store, dataset_id: str, initial: Tag) -> None:
    embedding_id = made.embedded(store, dataset_id, *range(8))
    before = pick(store, dataset_id, initial, "before", 1, 4)
    on_top = keep(store, dataset_id, wanted(initial, embedding_id, preselected=before), 3)
    source = FromSelection(selection_id=on_top.id, keep=1)
    tags.create(store, dataset_id, TagCreate(name="more", source=source))
    with pytest.raises(Conflict, match="'more' came from 'before'"):
        tags.remove(store, dataset_id, before.id)


def test_a_tag_that_is_being_ranked_stays(store: Store, dataset_id: str, initial: Tag) -> None:
    embedding_id = made.embedded(store, dataset_id, *range(8))
    some = pick(store, dataset_id, initial, "some", 0, 1, 2)
    job = selections.create(store, dataset_id, wanted(some, embedding_id))
    with pytest.raises(Conflict, match=f"'{job.id}' still works with 'some'"):
        tags.remove(store, dataset_id, some.id)
    jobs.cancel(store, job.id)
