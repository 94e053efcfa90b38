"""A million samples: what goes over the wire stays small, and the server that sends it stays light."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pytest
from fastapi import FastAPI

from tamis.client import Client
from tamis.model.projection import ProjectionCreate
from tamis.model.recipe import Recipe
from tamis.selection import Ranking, strategies
from tamis.services import projections, samples, selections
from tamis.services.selections import SelectionCreate
from tamis.store import embeddings as embedding_rows
from tamis.store import schema
from tamis.store import tags as tag_rows
from tamis.store.store import Store, open_store
from tests import made
from tests.server.conftest import SECRET, InProcess

ROOT = Path(__file__).resolve().parents[2]
N = 1_000_000
EVERYONE = np.arange(N, dtype=np.uint32)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """On one database: what is measured here are the bytes of arrays."""
    with open_store(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def dataset_id(store: Store) -> str:
    """A dataset that says it has a million samples. Their rows are never looked at here."""
    dataset_id = made.dataset_of(store)
    with store.write() as connection:
        connection.execute(schema.dataset.update().values(next_position=N))
    return dataset_id


@pytest.fixture
def client(app: FastAPI) -> Client:
    return Client(token=SECRET, transport=InProcess(app))


def tag_of(store: Store, dataset_id: str, name: str, members: np.ndarray) -> str:
    new = tag_rows.NewTag(name, None, members, Recipe(kind="manual"), made.sha256(name.encode()))
    with store.write() as connection:
        return tag_rows.insert(connection, dataset_id, new).id


def embedding_of(store: Store, dataset_id: str) -> str:
    new = embedding_rows.NewEmbedding(
        name="all", kind="full", parent_id=None, encoder=made.ENCODER, dimension=5, digest="0" * 64
    )
    with store.write() as connection:
        embedding_id = embedding_rows.find_or_insert(connection, dataset_id, new)
        before = embedding_rows.state(connection, dataset_id, embedding_id)
        embedding_rows.commit(connection, dataset_id, embedding_id, before, EVERYONE, 1)
    return embedding_id


def arrow(data: bytes) -> pa.Table:
    return pa.ipc.open_file(pa.BufferReader(data)).read_all()


def test_the_points_of_a_million_samples(http: httpx.Client, store: Store, dataset_id: str) -> None:
    points = np.random.default_rng(0).standard_normal((N, 2)).astype(np.float32)
    wanted = ProjectionCreate(embedding_id=embedding_of(store, dataset_id), method="pca")
    kept = projections.put(store, dataset_id, wanted, EVERYONE, points)
    response = http.get(f"/api/datasets/{dataset_id}/projections/{kept.id}/points")
    assert len(response.content) <= 8_200_000
    table = arrow(response.content)
    assert np.array_equal(table.column("x").to_numpy(), points[:, 0])
    assert np.array_equal(table.column("y").to_numpy(), points[:, 1])


def test_the_ranking_of_a_million_samples(http: httpx.Client, store: Store, dataset_id: str) -> None:
    order = np.random.default_rng(0).permutation(N)
    importance = np.linspace(1, 0, N, dtype=np.float32)
    asked = SelectionCreate(
        tag_id=tag_of(store, dataset_id, "all", EVERYONE), embedding_id=embedding_of(store, dataset_id),
        strategy=strategies["random"](), n_samples=1000,
    )  # fmt: skip
    pool, _ = selections.pool(store, dataset_id, asked)
    ranking = Ranking(
        order=order, importance=importance, greedy_until=1000, strategy={}, seed=0, n_samples=1000,
        preselected=np.array([], np.int64),
    )  # fmt: skip
    kept = selections.keep(store, dataset_id, asked, pool, ranking, [], [])
    response = http.get(f"/api/datasets/{dataset_id}/selections/{kept.id}/ranking")
    assert len(response.content) <= 8_200_000
    table = arrow(response.content)
    assert table.schema.metadata == {b"greedy_until": b"1000", b"preselected": b"0"}
    assert np.array_equal(table.column("position").to_numpy(), order)
    assert np.array_equal(table.column("importance").to_numpy(), importance)


def test_the_members_of_a_tag_of_a_million_samples(
    http: httpx.Client, client: Client, store: Store, dataset_id: str
) -> None:
    members = np.flatnonzero(np.random.default_rng(0).random(N) < 0.5).astype(np.uint32)
    tag_id = tag_of(store, dataset_id, "half", members)
    samples.delete(store, dataset_id, members[:1000])
    path = f"/api/datasets/{dataset_id}/tags/{tag_id}/members"
    response = http.get(path)
    head = sum(len(name) + len(value) + 4 for name, value in response.headers.raw)
    assert (len(response.content), head < 1000) == (N // 8, True)
    assert np.array_equal(client.members(dataset_id, tag_id), members[1000:])
    assert len(http.get(f"/api/datasets/{dataset_id}/present").content) == N // 8
    again = http.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


REQUESTS = """
import sys
from pathlib import Path
import httpx
from tamis.server.app import create_app
from tamis.server.settings import Settings
from tamis.store.store import open_store
from tests import made
from tests.server.conftest import SECRET, InProcess
from tamis.model.projection import ProjectionCreate
from tamis.services import projections, tags
import numpy as np

data = Path(sys.argv[1])
with open_store(data) as store:
    app = create_app(Settings(data=data, local_secret=SECRET), store)
    http = httpx.Client(transport=InProcess(app), base_url="http://localhost")
    http.headers["Authorization"] = "Bearer " + SECRET
    at = made.dataset_of(store, "a", "b")
    tag = tags.close_upload(store, at)
    with store.write() as connection:
        from tamis.store import embeddings
        new = embeddings.NewEmbedding("e", "full", None, made.ENCODER, 5, "0" * 64)
        embedding = embeddings.find_or_insert(connection, at, new)
        before = embeddings.state(connection, at, embedding)
        embeddings.commit(connection, at, embedding, before, np.arange(2, dtype=np.uint32), 1)
    wanted = ProjectionCreate(embedding_id=embedding, method="pca")
    plot = projections.put(store, at, wanted, np.arange(2, dtype=np.uint32), np.eye(2, dtype=np.float32))
    body = {"tag_id": tag.id, "embedding_id": embedding, "strategy": {"strategy": "coreset"}, "n_samples": 1}
    below = f"/api/datasets/{at}"
    for method, path, sent in (
        ("GET", "/api/strategies", None), ("GET", "/api/encoders", None), ("GET", "/api/roots", None),
        ("GET", f"{below}/summary", None), ("GET", f"{below}/present", None),
        ("GET", f"{below}/tags/{tag.id}/members", None), ("GET", f"{below}/thumbnails?positions=0,1", None),
        ("GET", f"{below}/projections/{plot.id}/points", None),
        ("GET", f"{below}/projections/{plot.id}/picture", None),
        ("POST", f"{below}/selections/estimate", body), ("POST", f"{below}/selections", body),
        ("POST", f"{below}/prepare", {}),
    ):
        answer = http.request(method, path, json=sent)
        assert answer.is_success, (path, answer.text)
print(*[name for name in sys.argv[2:] if name in sys.modules])
"""
HEAVY = ("torch", "numba", "onnx", "onnxruntime", "openTSNE", "umap", "sklearn", "dbos", "lance")


def test_answering_loads_nothing_heavy(tmp_path: Path) -> None:
    command = [sys.executable, "-c", REQUESTS, str(tmp_path / "data"), *HEAVY]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ran.returncode, ran.stdout.split()) == (0, []), ran.stderr
