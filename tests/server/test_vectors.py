"""Uploading vectors over the wire, in parts, and taking them away again."""

import httpx
import numpy as np
import pytest
from fastapi import FastAPI

from tamis.client import Client, reading
from tamis.model.embedding import EmbeddingCreate
from tamis.model.errors import Conflict, Forbidden, Invalid, NotFound
from tamis.services import samples, tags
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


def test_vectors_come_back_in_parts_by_position_without_deleted_samples(
    client: Client, store: Store, dataset_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_VECTORS_AT_ONCE", 3)
    one = client.upload_vectors(dataset_id, "clip", NAMES[::-1], ROWS[::-1])
    parts = list(client.vectors(dataset_id, one.id))
    assert [names for names, _ in parts] == [NAMES[:3], NAMES[3:]]
    assert np.concatenate([rows for _, rows in parts]).tobytes() == ROWS.tobytes()
    samples.delete(store, dataset_id, np.array([1]))
    names = [name for some, _ in client.vectors(dataset_id, one.id) for name in some]
    assert names == [NAMES[0], *NAMES[2:]]
    with pytest.raises(NotFound):
        list(client.vectors(dataset_id, "0" * 24))


def test_a_request_names_encoders_of_the_operator_only(client: Client, dataset_id: str) -> None:
    for name in ("python:os:system", "onnx:/etc/passwd", "onnx:../tamis.sqlite", "dinov2-small:../x"):
        for ask in (
            lambda name: client.embed(dataset_id, EmbeddingCreate(encoder=name)),
            lambda name: client.prepare(dataset_id, name),
        ):
            with pytest.raises(Forbidden) as refusal:
                ask(name)
            assert refusal.value.field == "encoder"
    with pytest.raises(NotFound):
        client.embed(dataset_id, EmbeddingCreate(encoder="onnx:nothing.onnx"))
    assert list(client.jobs()) == []
