"""What a grid and a plot ask for: sets of samples, and a screen full of pictures in one answer."""

import io
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pytest
from fastapi import FastAPI
from PIL import Image

from tamis.client import Client
from tamis.images.thumbnail import encode
from tamis.model.errors import NotFound
from tamis.model.tag import Tag
from tamis.services import ingest, samples, tags
from tamis.store.store import Store
from tests import made
from tests.server.conftest import SECRET, InProcess

ARROW = "application/vnd.apache.arrow.file"
N = 70


@pytest.fixture
def client(app: FastAPI) -> Client:
    return Client(token=SECRET, transport=InProcess(app))


@pytest.fixture(scope="module")
def thumbnails() -> list[bytes]:
    """Seventy thumbnails of soft colours, as photos have them."""
    generator = np.random.default_rng(7)
    low = [Image.fromarray(generator.integers(0, 256, (24, 32, 3), np.uint8)) for _ in range(N)]
    return [encode(np.asarray(one.resize((512, 384), Image.Resampling.BICUBIC))) for one in low]


@pytest.fixture
def dataset_id(store: Store, thumbnails: list[bytes]) -> str:
    dataset_id = made.dataset_of(store)
    taken = []
    for number, jpeg in enumerate(thumbnails):
        name = b"%02d.jpg" % number
        taken.append(ingest.Taken(name, made.facts(name), jpeg))
    ingest.commit(store, dataset_id, made.JOB, taken, {})
    return dataset_id


@pytest.fixture
def initial(store: Store, dataset_id: str) -> Tag:
    return tags.close_upload(store, dataset_id)


def test_members_come_as_bits_and_only_when_they_are_new(
    http: httpx.Client, client: Client, store: Store, dataset_id: str, initial: Tag
) -> None:
    tag = client.tag_files(dataset_id, "three", initial.id, ["01.jpg", "08.jpg", "69.jpg"])
    for path in (f"/api/datasets/{dataset_id}/tags/{tag.id}/members", f"/api/datasets/{dataset_id}/present"):
        response = http.get(path)
        assert response.headers["content-type"] == "application/octet-stream"
        assert response.headers["cache-control"] == "private, no-cache"
        assert len(response.content) == -(-N // 8)
        etag = response.headers["etag"]
        again = http.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        samples.delete(store, dataset_id, np.array([8 if "tags" in path else 9]))
        changed = http.get(path, headers={"If-None-Match": etag})
        assert changed.status_code == 200 and changed.headers["etag"] != etag
    assert client.members(dataset_id, tag.id).tolist() == [1, 69]
    assert client.members(dataset_id).tolist() == [i for i in range(N) if i not in (8, 9)]
    assert client.file_names(dataset_id, tag.id) == ["01.jpg", "69.jpg"]


def test_an_empty_dataset_has_no_bits(client: Client) -> None:
    assert client.members(client.create_dataset("empty").id).tolist() == []


def test_the_members_of_a_tag_of_another_dataset_are_not_found(
    client: Client, store: Store, initial: Tag
) -> None:
    with pytest.raises(NotFound):
        client.members(client.create_dataset("other").id, initial.id)
    with pytest.raises(NotFound):
        client.members(made.JOB)


def test_a_screen_of_pictures_comes_in_one_answer_of_few_bytes(http: httpx.Client, dataset_id: str) -> None:
    wanted = list(range(60))
    path = f"/api/datasets/{dataset_id}/thumbnails"
    response = http.get(path, params={"positions": ",".join(map(str, wanted)), "size": 160})
    assert response.headers["content-type"] == ARROW
    assert response.headers["cache-control"] == "private, max-age=3600"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert len(response.content) < 400_000
    table = pa.ipc.open_file(pa.BufferReader(response.content)).read_all()
    assert table.schema == pa.schema([("position", pa.uint32()), ("jpeg", pa.binary())])
    assert table.column("position").to_pylist() == wanted
    sizes = {Image.open(io.BytesIO(jpeg)).size for jpeg in table.column("jpeg").to_pylist()}
    assert sizes == {(160, 120)}


def test_pictures_that_are_not_there_leave_the_others(client: Client, store: Store, dataset_id: str) -> None:
    samples.delete(store, dataset_id, np.array([3]))
    gone = store.folder.thumbnail(client.sample(dataset_id, 4).sha256)
    gone.unlink()
    damaged = store.folder.thumbnail(client.sample(dataset_id, 5).sha256)
    damaged.write_bytes(b"not a picture")
    found = client.thumbnails(dataset_id, [6, 3, 4, 5, 2, 2, 1000, 2**31 - 1])
    assert list(found) == [2, 6]
    assert client.thumbnails(dataset_id, list(range(N)), size=512)[6] == client.thumbnail(dataset_id, 6)
    assert len(client.thumbnails(dataset_id, list(range(N)) * 5)) == N - 3  # in two answers


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "positions"),
        ({"positions": ""}, "positions"),
        ({"positions": "1,,2"}, "positions"),
        ({"positions": "1,2,"}, "positions"),
        ({"positions": "-1"}, "positions"),
        ({"positions": "1.5"}, "positions"),
        ({"positions": "٣"}, "positions"),
        ({"positions": "0x10"}, "positions"),
        ({"positions": str(2**31)}, "positions"),
        ({"positions": "9" * 2000}, "positions"),
        ({"positions": ",".join(["1"] * 257)}, "positions"),
        ({"positions": "1" + ",1" * 5000}, "positions"),
        ({"positions": "1", "size": "0"}, "size"),
        ({"positions": "1", "size": "513"}, "size"),
        ({"positions": "1", "size": "x"}, "size"),
    ],
)
def test_hostile_positions_are_refused(
    http: httpx.Client, dataset_id: str, parameters: dict[str, str], field: str
) -> None:
    response = http.get(f"/api/datasets/{dataset_id}/thumbnails", params=parameters)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert response.json()["field"] == field


def test_a_tag_of_uploaded_files_is_looked_through(client: Client, store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    dataset_id = made.dataset_in_place(store, folder)
    (folder / "a.jpg").write_bytes(b"image of a")
    ingest.commit(store, dataset_id, made.JOB, [made.taken(b"a.jpg")], {})
    assert list(client.images(dataset_id)) == [(0, b"image of a")]
