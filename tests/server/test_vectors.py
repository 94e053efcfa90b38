"""Uploading vectors over the wire, in parts, and taking them away again."""

import httpx
import pytest
from fastapi import FastAPI

from tamis.client import Client, reading
from tamis.model.errors import Conflict, Invalid, NotFound
from tamis.services import tags
from tamis.store.store import Store
from tests import made
from tests.server.conftest import SECRET, InProcess
from tests.services.test_vectors import NAMES, ROWS, file_of, held

ARROW = "application/vnd.apache.arrow.file"


@pytest.fixture
def client(app: FastAPI) -> Client:
    return Client(token=SECRET, transport=InProcess(app))


@pytest.fixture
def dataset_id(store: Store) -> str:
    return made.dataset_of(store, *NAMES)


def test_vectors_go_up_in_parts_and_come_away(
    client: Client, store: Store, dataset_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "VECTOR_BYTES_AT_ONCE", 24)  # two rows
    made_one = client.upload_vectors(dataset_id, "my clip · ü", NAMES, ROWS)
    assert (made_one.name, made_one.encoder.name, made_one.n_covered) == (
        "my clip · ü",
        "uploaded:my clip · ü",
        4,
    )
    assert held(store, dataset_id, made_one.id) == {i: ROWS[i].tolist() for i in range(4)}
    assert client.upload_vectors(dataset_id, "my clip · ü", NAMES, ROWS) == made_one
    job = client.reduce_vectors(dataset_id, "my clip · ü")
    assert job.kind == "embed"
    with pytest.raises(Conflict):
        client.remove_embedding(dataset_id, made_one.id)
    with pytest.raises(Conflict):
        client.upload_vectors(dataset_id, "my clip · ü", NAMES, ROWS + 1)
    with pytest.raises(Invalid):
        client.upload_vectors(dataset_id, "clip", ["x.jpg"], ROWS[:1])
    assert [one.id for one in client.embeddings(dataset_id)] == [made_one.id]


def test_an_embedding_is_removed_once(client: Client, store: Store, dataset_id: str) -> None:
    tags.close_upload(store, dataset_id)
    embedding = client.upload_vectors(dataset_id, "clip", NAMES, ROWS)
    client.remove_embedding(dataset_id, embedding.id)
    with pytest.raises(NotFound):
        client.remove_embedding(dataset_id, embedding.id)
    assert list(client.embeddings(dataset_id)) == []


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/plain", ""])
def test_only_arrow_is_read_as_vectors(http: httpx.Client, dataset_id: str, kind: str) -> None:
    path = f"/api/datasets/{dataset_id}/embeddings/clip/vectors"
    response = http.put(path, content=file_of(NAMES, ROWS), headers={"Content-Type": kind})
    assert response.status_code in (403, 415)


@pytest.mark.parametrize("name", ["%20", "a%00b", "a" * 101, "%e2%80%ae", "a%2Fb", ".."])
def test_a_name_that_is_none_is_refused(http: httpx.Client, dataset_id: str, name: str) -> None:
    path = f"/api/datasets/{dataset_id}/embeddings/{name}/vectors"
    response = http.put(path, content=file_of(NAMES, ROWS), headers={"Content-Type": ARROW})
    assert response.status_code in (403, 404, 422)  # 403: no route reads Arrow there


def test_vectors_are_answered_with_the_embedding(http: httpx.Client, dataset_id: str) -> None:
    path = f"/api/datasets/{dataset_id}/embeddings/clip/vectors"
    response = http.put(path, content=file_of(NAMES, ROWS), headers={"Content-Type": ARROW})
    assert (response.status_code, response.json()["n_covered"]) == (201, 4)
    refused = http.put(path, content=b"nonsense", headers={"Content-Type": ARROW})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
