"""Each route through the client, over a real store: what is asked for is what comes."""

from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pytest
from fastapi import FastAPI

from tamis.client import Client
from tamis.model.embedding import EmbeddingCreate
from tamis.model.errors import Conflict, Invalid, NotFound
from tamis.model.projection import ProjectionCreate
from tamis.model.tag import Tag
from tamis.model.token import TokenCreate
from tamis.selection import Ranking, strategies
from tamis.services import ingest, projections, selections, tags, tokens
from tamis.services.selections import SelectionCreate
from tamis.store.store import Store
from tests import made
from tests.server.conftest import SECRET, InProcess

ID = "0" * 24


@pytest.fixture
def client(app: FastAPI) -> Client:
    return Client(token=SECRET, transport=InProcess(app))


@pytest.fixture
def dataset_id(store: Store, tmp_path: Path) -> str:
    """Four samples that are read in place."""
    folder = tmp_path / "photos"
    dataset_id = made.dataset_in_place(store, folder)
    names = [b"a.jpg", b"b.jpg", b"c.jpg", b"d.jpg"]
    for name in names:
        (folder / name.decode()).write_bytes(b"image of " + name)
    ingest.commit(store, dataset_id, made.JOB, [made.taken(name) for name in names], {b"e.jpg": "It is bad."})
    return dataset_id


@pytest.fixture
def initial(store: Store, dataset_id: str) -> Tag:
    return tags.close_upload(store, dataset_id)


def test_datasets_come_and_go(client: Client) -> None:
    one, two = client.create_dataset("one"), client.create_dataset("two")
    assert list(client.datasets()) == [one, two]
    assert client.dataset(one.id) == one
    with pytest.raises(Conflict):
        client.create_dataset("one")
    client.remove_dataset(one.id)
    assert list(client.datasets()) == [two]
    with pytest.raises(NotFound):
        client.dataset(one.id)


def test_a_dataset_is_found_by_its_root(client: Client, dataset_id: str) -> None:
    client.create_dataset("another")
    root_id = client.dataset(dataset_id).root_id
    assert [dataset.id for dataset in client.datasets(root_id=root_id)] == [dataset_id]
    assert list(client.datasets(root_id=ID)) == []


def test_no_route_allows_a_root(client: Client) -> None:
    with pytest.raises(NotFound):
        client.create_dataset("etc", root_id=ID)


def test_samples_are_listed_shown_and_annotated(client: Client, dataset_id: str, initial: Tag) -> None:
    found = list(client.samples(dataset_id))
    assert [sample.file_name for sample in found] == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    assert client.annotate(dataset_id, {"b.jpg": {"class": "cat"}}) == 1
    assert client.sample(dataset_id, 1).metadata == {"class": "cat"}
    assert list(client.samples(dataset_id, tag_id=initial.id)) == list(client.samples(dataset_id))
    assert [problem.file_name for problem in client.problems(dataset_id)] == ["e.jpg"]
    with pytest.raises(Invalid):
        client.annotate(dataset_id, {"missing.jpg": {}})
    with pytest.raises(NotFound):
        client.sample(dataset_id, 4)


def test_pages_go_on_where_the_last_one_ended(http: httpx.Client, dataset_id: str) -> None:
    first = http.get(f"/api/datasets/{dataset_id}/samples", params={"limit": 3}).json()
    second = http.get(
        f"/api/datasets/{dataset_id}/samples", params={"limit": 3, "after": first["next"]}
    ).json()
    names = [[sample["file_name"] for sample in page["items"]] for page in (first, second)]
    assert names == [["a.jpg", "b.jpg", "c.jpg"], ["d.jpg"]]
    assert second["next"] is None


def test_pictures_are_private_and_can_do_nothing(http: httpx.Client, client: Client, dataset_id: str) -> None:
    assert client.image(dataset_id, 2) == b"image of c.jpg"
    assert client.thumbnail(dataset_id, 2) == b"thumbnail of c.jpg"
    for kind in ("image", "thumbnail"):
        headers = http.get(f"/api/datasets/{dataset_id}/samples/2/{kind}").headers
        assert headers["content-type"] == "image/jpeg"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert headers["cache-control"].startswith("private")
        assert "etag" not in headers


def test_tags_are_made_found_and_written_as_lists(client: Client, dataset_id: str, initial: Tag) -> None:
    tag = client.tag_files(dataset_id, "two", initial.id, ["d.jpg", "a.jpg"])
    assert client.tag(dataset_id, tag.id) == tag
    assert list(client.tags(dataset_id)) == [initial, tag]
    assert list(client.tags(dataset_id, name="two")) == [tag]
    assert client.tag_files(dataset_id, "two", initial.id, ["a.jpg", "d.jpg"]) == tag
    with pytest.raises(Conflict):
        client.tag_files(dataset_id, "two", initial.id, ["a.jpg"])
    assert client.paths(dataset_id, tag.id) == b"a.jpg\nd.jpg\n"


def arrow(data: bytes) -> dict[str, list[float]]:
    found: dict[str, list[float]] = pa.ipc.open_file(pa.BufferReader(data)).read_all().to_pydict()
    return found


def check_array(http: httpx.Client, path: str, digest: str) -> None:
    response = http.get(path)
    assert response.headers["content-type"] == "application/vnd.apache.arrow.file"
    assert response.headers["etag"] == f'"{digest}"'
    assert response.headers["cache-control"] == "private, no-cache"
    again = http.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", response.headers["etag"])
    assert http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_points_come_as_arrow_and_only_when_they_are_new(
    http: httpx.Client, client: Client, store: Store, dataset_id: str
) -> None:
    wanted = ProjectionCreate(embedding_id=made.embedded(store, dataset_id, 0, 1, 2, 3), method="pca")
    places = np.arange(8, dtype=np.float32).reshape(4, 2)
    made_one = projections.put(store, dataset_id, wanted, np.arange(4, dtype=np.uint32), places)
    assert list(client.projections(dataset_id)) == [client.projection(dataset_id, made_one.id)] == [made_one]
    assert arrow(client.points(dataset_id, made_one.id)) == {"x": [0, 2, 4, 6], "y": [1, 3, 5, 7]}
    check_array(http, f"/api/datasets/{dataset_id}/projections/{made_one.id}/points", made_one.array)


def test_tags_are_renamed_and_removed(client: Client, dataset_id: str, initial: Tag) -> None:
    tag = client.tag_files(dataset_id, "two", initial.id, ["d.jpg", "a.jpg"])
    renamed = client.rename_tag(dataset_id, tag.id, " week 12 ")
    assert renamed == tag.model_copy(update={"name": "week 12"})
    with pytest.raises(Conflict):
        client.rename_tag(dataset_id, tag.id, "initial-tag")
    with pytest.raises(Conflict):
        client.remove_tag(dataset_id, initial.id)
    client.remove_tag(dataset_id, tag.id)
    assert list(client.tags(dataset_id)) == [initial]
    with pytest.raises(NotFound):
        client.remove_tag(dataset_id, tag.id)


def test_a_ranking_comes_as_arrow_and_becomes_a_tag(
    http: httpx.Client, client: Client, store: Store, dataset_id: str, initial: Tag
) -> None:
    embedding_id = made.embedded(store, dataset_id, 0, 1, 2, 3)
    assert client.embedding(dataset_id, embedding_id) in list(client.embeddings(dataset_id))
    asked = SelectionCreate(
        tag_id=initial.id, embedding_id=embedding_id, strategy=strategies["random"](), n_samples=2
    )
    pool, _ = selections.pool(store, dataset_id, asked)
    ranking = Ranking(
        order=np.array([3, 1, 0, 2]), importance=np.array([4, 3, 2, 1], np.float32), greedy_until=2,
        strategy={"strategy": "random"}, seed=0, n_samples=2, preselected=np.array([], np.int64),
    )  # fmt: skip
    kept = selections.keep(store, dataset_id, asked, pool, ranking, [], [])
    assert list(client.selections(dataset_id)) == [client.selection(dataset_id, kept.id)] == [kept]
    assert arrow(client.ranking(dataset_id, kept.id)) == {
        "position": [3, 1, 0, 2],
        "importance": [4, 3, 2, 1],
    }
    check_array(http, f"/api/datasets/{dataset_id}/selections/{kept.id}/ranking", kept.ranking)
    tag = client.tag_selection(dataset_id, "best", kept.id, 2)
    assert (tag.n_members, tag.parent_id) == (2, initial.id)
    assert client.paths(dataset_id, tag.id, new_only=True) == b"d.jpg\nb.jpg\n"


def test_jobs_are_posted_once_listed_and_cancelled(
    client: Client, store: Store, dataset_id: str, initial: Tag
) -> None:
    embedding_id = made.embedded(store, dataset_id, 0, 1, 2, 3)
    posts = (
        lambda: client.ingest(dataset_id),
        lambda: client.embed(dataset_id, EmbeddingCreate(encoder="pixels")),
        lambda: client.project(dataset_id, ProjectionCreate(embedding_id=embedding_id)),
        lambda: client.select(
            dataset_id,
            tag_id=initial.id,
            embedding_id=embedding_id,
            strategy={"strategy": "coreset"},
            n_samples=2,
        ),
    )
    jobs = [post() for post in posts]
    assert [job.kind for job in jobs] == ["ingest", "embed", "project", "select"]
    assert [post() for post in posts] == jobs
    assert sorted(client.jobs(dataset_id), key=lambda job: job.id) == jobs
    assert client.cancel(jobs[0].id).cancel_requested
    assert client.job(jobs[0].id).cancel_requested
    with pytest.raises(NotFound):
        client.cancel(ID)


def test_making_a_job_is_202_and_making_a_thing_201(http: httpx.Client, dataset_id: str) -> None:
    assert http.post("/api/datasets", json={"name": "new"}).status_code == 201
    assert http.post(f"/api/datasets/{dataset_id}/samples", json={}).status_code == 202
    assert http.delete(f"/api/datasets/{ID}").status_code == 404


def test_what_there_is_to_choose_from_is_listed(client: Client) -> None:
    assert [facts.name for facts in client.strategies()] == sorted(strategies)
    assert {"lite0", "pixels"} <= {facts.name for facts in client.encoders()}
    assert "landmarks" in str(
        next(one.parameters for one in client.strategies() if one.name == "representative")
    )


def test_s07_a_file_that_came_to_point_out_of_the_root_is_not_sent(
    client: Client, dataset_id: str, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    image = tmp_path / "photos/a.jpg"
    image.unlink()
    image.symlink_to(tmp_path / "secret.txt")
    with pytest.raises(Exception) as caught:  # which of our refusals is the services' matter
        client.image(dataset_id, 0)
    assert type(caught.value).__name__ in ("Forbidden", "NotFound", "Unavailable", "Unsupported")


def test_the_doctor_speaks_through_the_api(client: Client, dataset_id: str) -> None:
    (finding,) = client.doctor()  # the made-up thumbnails are no images
    assert "thumbnail" in finding.problem
    client.remove_dataset(dataset_id)
    assert client.doctor() == []


def test_a_strategy_says_what_it_does_needs_and_means(client: Client) -> None:
    found = {facts.name: facts for facts in client.strategies()}
    assert {name: facts.needs for name, facts in found.items() if facts.needs} == {
        "balance": ["labels"],
        "coral": ["scores"],
        "similarity": ["preselected"],
        "uncertainty": ["scores"],
    }
    coreset = found["coreset"]
    assert coreset.description == "Keep the sample farthest from all samples kept so far."
    assert coreset.importance.startswith("The distance to the nearest sample kept before it")
    assert coreset.use_when.startswith("You want every kind of image")
    for facts in found.values():
        assert "\n" not in facts.description and facts.description[-1] in ".:"
        assert facts.importance and facts.use_when and facts.parameters["properties"]


def test_roots_are_for_who_may_do_all_and_never_made_here(
    client: Client, http: httpx.Client, store: Store, dataset_id: str, tmp_path: Path
) -> None:
    (tmp_path / "photos/below/deep").mkdir(parents=True)
    (root,) = client.roots()
    assert root.path == str(tmp_path / "photos")
    assert (client.folders(root.id), client.folders(root.id, "below/")) == (["below"], ["deep"])
    for below in ("..", "/etc", "below/../..", "a\x00b", "below\n"):
        assert http.get(f"/api/roots/{root.id}/folders", params={"below": below}).status_code == 422
    assert http.get(f"/api/roots/{root.id}/folders", params={"below": "nowhere"}).status_code == 404
    assert http.post("/api/roots", json={"path": "/etc"}).status_code == 405
    made_one = client.create_dataset("below", root_id=root.id, folder="below/deep")
    assert client.dataset(made_one.id) == made_one
    assert (made_one.root_id, made_one.folder) == (root.id, "below/deep")
    for scope in ("read", "upload", "write"):
        secret = tokens.create(store, TokenCreate(name=scope, scope=scope)).secret
        answer = http.get("/api/roots", headers={"Authorization": f"Bearer {secret}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
