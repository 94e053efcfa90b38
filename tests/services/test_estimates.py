"""How long a selection is likely to take: from earlier runs here, or from a first guess."""

import numpy as np
import pytest

from tamis.model.errors import Invalid, NotFound
from tamis.model.selection import Estimate
from tamis.queue.outbox import submit
from tamis.selection import Ranking, strategies
from tamis.services import estimates, selections, tags
from tamis.services.selections import SelectionCreate
from tamis.store import jobs, schema
from tamis.store.store import Store
from tests import made

N = 100


@pytest.fixture
def wanted(store: Store) -> tuple[str, SelectionCreate]:
    """A selection of ten of a hundred samples."""
    dataset_id = made.dataset_of(store, *(f"{i}.jpg" for i in range(N)))
    tag = tags.close_upload(store, dataset_id)
    embedding_id = made.embedded(store, dataset_id, *range(N))
    strategy = strategies["coreset"]()
    return dataset_id, SelectionCreate(
        tag_id=tag.id, embedding_id=embedding_id, strategy=strategy, n_samples=10
    )


def ran(store: Store, dataset_id: str, asked: SelectionCreate, seconds: float, seed: int) -> None:
    """Pretend that a selection took so long; a seed that has been used is found instead of made."""
    asked = asked.model_copy(update={"seed": seed})
    with store.write() as connection:
        job = submit(connection, "select", dataset_id, {"seed": seed, "seconds": seconds})
        jobs.start(connection, job.id)
    pool, known = selections.pool(store, dataset_id, asked)
    if known is None:
        ranking = Ranking(
            order=np.arange(N), importance=np.zeros(N, np.float32), greedy_until=1,
            strategy={}, seed=seed, n_samples=asked.n_samples, preselected=np.array([], np.int64),
        )  # fmt: skip
        known = selections.keep(store, dataset_id, asked, pool, ranking, [], [])
        began = known.created_at - 1
    else:
        began = known.created_at + 1
    with store.write() as connection:
        jobs.finish(connection, job.id, "succeeded", {"selection_id": known.id})
        times = {"started_at": began, "finished_at": began + round(seconds * 1000)}
        connection.execute(schema.job.update().where(schema.job.c.id == job.id).values(times))


def test_the_first_guess_grows_with_samples_and_those_to_keep(
    store: Store, wanted: tuple[str, SelectionCreate], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset_id, asked = wanted
    assert estimates.estimate(store, dataset_id, asked) == Estimate(seconds=0.5, n_candidates=N)
    monkeypatch.setattr(strategies["coreset"], "seconds_per_pair", 0.25)
    assert estimates.estimate(store, dataset_id, asked) == Estimate(seconds=250, n_candidates=N)
    more = asked.model_copy(update={"n_samples": 20})
    assert estimates.estimate(store, dataset_id, more) == Estimate(seconds=500, n_candidates=N)


def test_earlier_runs_of_the_same_strategy_are_scaled(
    store: Store, wanted: tuple[str, SelectionCreate]
) -> None:
    dataset_id, asked = wanted
    for seed, seconds in ((1, 10.0), (2, 30.0), (3, 20.0)):
        ran(store, dataset_id, asked, seconds, seed)
    ran(store, dataset_id, asked, 0.001, 3)  # it was found, and says nothing
    assert estimates.estimate(store, dataset_id, asked).seconds == pytest.approx(20)
    half = asked.model_copy(update={"n_samples": 5})
    assert estimates.estimate(store, dataset_id, half).seconds == pytest.approx(10)
    other = asked.model_copy(update={"strategy": strategies["representative"]()})
    assert estimates.estimate(store, dataset_id, other).seconds == 0.5


def test_the_last_five_runs_count(store: Store, wanted: tuple[str, SelectionCreate]) -> None:
    dataset_id, asked = wanted
    for seed, seconds in enumerate((100.0, 100.0, 100.0, 2.0, 2.0, 2.0, 2.0, 2.0), 1):
        ran(store, dataset_id, asked, seconds, seed)
    assert estimates.estimate(store, dataset_id, asked).seconds == pytest.approx(2)


def test_what_has_been_made_before_takes_no_time(store: Store, wanted: tuple[str, SelectionCreate]) -> None:
    dataset_id, asked = wanted
    ran(store, dataset_id, asked, 10.0, 0)
    assert estimates.estimate(store, dataset_id, asked) == Estimate(seconds=0, n_candidates=N)


def test_what_can_not_be_selected_is_not_estimated(store: Store, wanted: tuple[str, SelectionCreate]) -> None:
    dataset_id, asked = wanted
    with pytest.raises(Invalid) as caught:
        estimates.estimate(store, dataset_id, asked.model_copy(update={"n_samples": N + 1}))
    assert caught.value.field == "n_samples"
    with pytest.raises(Invalid):
        estimates.estimate(
            store, dataset_id, asked.model_copy(update={"strategy": strategies["similarity"]()})
        )
    with pytest.raises(NotFound):
        estimates.estimate(store, dataset_id, asked.model_copy(update={"tag_id": made.JOB}))
    with store.read() as connection:
        assert jobs.active(connection) == []
