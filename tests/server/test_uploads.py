"""Uploads over HTTP: what comes of each file, in every state that a file, a form or an upload can be in."""

import hashlib
import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tamis.model.image import BadImageReason
from tamis.server.settings import Settings
from tamis.services import doctor, garbage
from tamis.services.uploads import OTHER_CONTENT
from tamis.store import incoming
from tamis.store.store import Store
from tests.images import corpus
from tests.server.conftest import SECRET
from tests.server.uploading import BOUNDARY, FORM, Uploading, form

LIMIT = 2_000_000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", local_secret=SECRET, max_upload_bytes=LIMIT)


@pytest.fixture
def uploading(http: httpx.Client) -> Uploading:
    return Uploading(http)


def result(name: str, status: str, reason: str | None = None, position: int | None = None) -> dict[str, Any]:
    return {"file_name": name, "status": status, "reason": reason, "position": position}


def left(store: Store) -> list[Path]:
    return list(store.folder.incoming.iterdir())


def test_each_of_60_images_has_its_own_result(uploading: Uploading, store: Store) -> None:
    files = [(f"drive/{number:02}.jpg", corpus.jpeg(seed=number)) for number in range(60)]
    for number in range(7, 60, 12):
        files[number] = (files[number][0], files[number][1][:400])
    expected = []
    for number, (name, _) in enumerate(files):
        if number % 12 == 7:
            expected.append(result(name, "refused", BadImageReason.TRUNCATED.value))
        else:
            expected.append(
                result(name, "added", None, number - len([n for n in range(number) if n % 12 == 7]))
            )
    assert uploading.send(*files) == expected
    assert uploading.counts() == {"state": "open", "n_added": 55, "n_existing": 0, "n_refused": 5}
    assert set(uploading.problems().values()) == {BadImageReason.TRUNCATED.value}
    assert (doctor.check(store), left(store)) == ([], [])


def test_the_original_is_served_as_it_was_sent(uploading: Uploading) -> None:
    content = corpus.GOOD["trailing script.jpg"]()
    uploading.send(("a page.html", content))
    answer = uploading.http.get(f"/api/datasets/{uploading.dataset_id}/samples/0/image")
    assert answer.content == content
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    thumbnail = uploading.http.get(f"/api/datasets/{uploading.dataset_id}/samples/0/thumbnail")
    assert b"script" not in thumbnail.content and thumbnail.content.startswith(b"\xff\xd8")


def test_s28_every_good_and_bad_file_has_its_result(uploading: Uploading, store: Store) -> None:
    good = {name: maker() for name, maker in corpus.GOOD.items()}
    bad = {name: maker() for name, (maker, _) in corpus.BAD.items()}
    results = uploading.send(*good.items(), *bad.items())
    reasons = {name: reason.value for name, (_, reason) in corpus.BAD.items()}
    assert {one["file_name"]: one["reason"] for one in results} == dict.fromkeys(good) | reasons
    assert uploading.names() == list(good)
    assert uploading.problems() == reasons
    assert (doctor.check(store), left(store)) == ([], [])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../up.jpg", "relative"),
        ("a/../../up.jpg", "relative"),
        ("/etc/passwd.jpg", "relative"),
        ("..\\up.jpg", "relative"),
        ("\\\\server\\share\\a.jpg", "relative"),
        ("\\rooted.jpg", "relative"),
        ("C:\\Windows\\a.jpg", "drive letter"),
        ("c:a.jpg", "drive letter"),
        ("C:/a.jpg", "drive letter"),
        ("a//b.jpg", "relative"),
        ("./a.jpg", "relative"),
        ("", "relative"),
        ("a\0.jpg", "U+0000"),
        ("a\u202egpj.exe", "U+202E"),
        ("a\u2066.jpg", "U+2066"),
        ("a\x1b[2J.jpg", "U+001B"),
        ("/".join("d" * 33), "too long"),
        ("a" * 256, "255 bytes"),
        ("é" * 200 + ".jpg", "255 bytes"),
        ("a/" * 600 + "b", "too long"),
    ],
)
def test_s08_s11_a_name_that_leads_elsewhere_is_refused_and_its_neighbours_are_not(
    uploading: Uploading, store: Store, name: str, reason: str
) -> None:
    sent = [(name, corpus.jpeg()), ("fine.jpg", corpus.jpeg())]
    refused, fine = uploading.send(*sent)
    assert (refused["file_name"], refused["status"]) == (name, "refused")
    assert reason in refused["reason"]
    assert fine == result("fine.jpg", "added", None, 0)
    assert uploading.names() == ["fine.jpg"]
    (shown,) = uploading.problems()
    assert shown.isprintable()
    checked = uploading.check(**dict(sent))
    assert [one["file_name"] for one in checked["conflicts"]] == [name]
    assert (left(store), doctor.check(store)) == ([], [])


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'form-data; name="files"; filename="a%22b.jpg"', 'a"b.jpg'),
        (b"form-data; name=files; filename=a.jpg", "a.jpg"),
        (b'form-data; filename="a;b=c.jpg"; name="files"', "a;b=c.jpg"),
        ('form-data; name="files"; filename="фото 🐈.jpg"'.encode(), "фото 🐈.jpg"),
        (b'form-data; name="files"; filename="x"; filename*=UTF-8\'\'a%2522%20%C3%A9.jpg', "a%22 é.jpg"),
        (b'form-data; name="files"; filename="C:\\\\x\\\\a.jpg"', "C:\\\\x\\\\a.jpg"),
        ('form-data; name="files"; filename="e\u0301\\b.jpg"'.encode(), "e\u0301\\b.jpg"),
    ],
)
def test_names_are_read_as_browsers_and_programs_write_them(
    uploading: Uploading, disposition: bytes, name: str
) -> None:
    content = form((b"NAME", corpus.jpeg())).replace(b'form-data; name="files"; filename="NAME"', disposition)
    answer = uploading.post(content)
    assert answer.json()["results"][0]["file_name"] == name


def test_a_name_is_kept_in_form_nfc_with_slashes(uploading: Uploading) -> None:
    uploading.send(("e\u0301te\u0301\\1.jpg", corpus.jpeg()))
    assert uploading.names() == ["été/1.jpg"]
    assert uploading.check(**{"été/1.jpg": corpus.jpeg()})["existing"] == ["été/1.jpg"]


BROKEN_FORMS = {
    "empty": b"",
    "no end": form((b"a.jpg", corpus.jpeg()))[:-10],
    "cut in a header": form((b"a.jpg", corpus.jpeg()))[:40],
    "another boundary": form((b"a.jpg", b"x")).replace(BOUNDARY.encode(), b"other"),
    "another field": form((b"a.jpg", b"x")).replace(b'name="files"', b'name="path"'),
    "no field": form((b"a.jpg", b"x")).replace(b"Content-Disposition", b"X-Other"),
    "a name that is not UTF-8": form((b"caf\xe9.jpg", b"x")),
    "an endless header": form((b"a" * 100_000, b"x")),
    "many headers": form((b"a.jpg", b"x")).replace(b"Content-Type", b"X: y\r\n" * 1000 + b"Content-Type"),
}


@pytest.mark.parametrize("name", BROKEN_FORMS)
def test_a_broken_form_is_refused_whole(uploading: Uploading, store: Store, name: str) -> None:
    answer = uploading.post(BROKEN_FORMS[name])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert (uploading.names(), left(store)) == ([], [])


@pytest.mark.parametrize("content_type", ["multipart/form-data", "application/json"])
def test_files_are_read_from_a_form_only(uploading: Uploading, content_type: str) -> None:
    answer = uploading.http.post(
        f"{uploading.path}/files", content=b"{}", headers={"Content-Type": content_type}
    )
    assert (answer.status_code, answer.json()["code"]) in ((415, "unsupported"), (403, "forbidden"))


@pytest.mark.parametrize("declared", [True, False])
def test_s30_too_large_a_request_is_413_and_leaves_nothing(
    uploading: Uploading, store: Store, declared: bool
) -> None:
    content = form((b"fine.jpg", corpus.jpeg()), (b"large.jpg", bytes(LIMIT)))
    pieces = (content[start : start + 65_536] for start in range(0, len(content), 65_536))
    answer = uploading.post(content if declared else pieces)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert (uploading.names(), left(store)) == ([], [])


def test_s30_too_many_files_are_413_and_leave_nothing(uploading: Uploading, store: Store) -> None:
    answer = uploading.post(form(*((b"%d.jpg" % number, b"x") for number in range(257))))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert (uploading.names(), left(store)) == ([], [])


class FullDisk(io.BytesIO):
    """A disk on which so many bytes have room."""

    room = 3000

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > self.room:
            raise OSError(28, "No space left on device")
        return super().write(data)


def test_s30_a_full_disk_is_507_and_leaves_no_half_sample(
    uploading: Uploading, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = corpus.jpeg(), corpus.jpeg(1300, 900)
    with monkeypatch.context() as patch:
        patch.setattr(incoming, "_open", lambda path: (path.touch(), FullDisk())[1])
        answer = uploading.post(form((b"small.jpg", small), (b"large.jpg", large)))
    assert (answer.status_code, answer.json()["code"]) == (507, "no_space")
    assert (uploading.names(), left(store), doctor.check(store)) == ([], [], [])
    results = uploading.send(("small.jpg", small), ("large.jpg", large))
    assert [one["status"] for one in results] == ["added", "added"]


def test_sending_again_adds_nothing(uploading: Uploading, store: Store) -> None:
    files = [(f"{seed}.jpg", corpus.jpeg(seed=seed)) for seed in range(3)]
    uploading.send(*files)
    assert uploading.send(*files) == [
        result(name, "existing", None, position) for position, (name, _) in enumerate(files)
    ]
    assert uploading.check(**dict(files)) == {
        "needed": [], "existing": [name for name, _ in files], "conflicts": []
    }  # fmt: skip
    assert uploading.counts() == {"state": "open", "n_added": 3, "n_existing": 6, "n_refused": 0}


def test_another_image_under_a_known_name_is_refused(uploading: Uploading) -> None:
    uploading.send(("a.jpg", corpus.jpeg(seed=1)))
    other = corpus.jpeg(seed=2)
    assert uploading.check(**{"a.jpg": other})["conflicts"] == [
        {"file_name": "a.jpg", "reason": OTHER_CONTENT}
    ]
    assert uploading.send(("a.jpg", other)) == [result("a.jpg", "refused", OTHER_CONTENT)]
    assert uploading.problems() == {"a.jpg": OTHER_CONTENT}
    uploading.send(("a.jpg", corpus.jpeg(seed=1)))
    assert uploading.problems() == {}


def test_one_request_may_name_a_file_twice(uploading: Uploading) -> None:
    one, other = corpus.jpeg(seed=1), corpus.jpeg(seed=2)
    assert uploading.send(("a.jpg", one), ("a.jpg", one), ("a.jpg", other), ("b.jpg", one)) == [
        result("a.jpg", "added", None, 0),
        result("a.jpg", "existing", None, 0),
        result("a.jpg", "refused", OTHER_CONTENT),
        result("b.jpg", "added", None, 1),
    ]


def test_the_same_bytes_are_kept_once_and_go_with_their_last_name(uploading: Uploading, store: Store) -> None:
    uploading.send(("a.jpg", corpus.jpeg()), ("b.jpg", corpus.jpeg()))
    blobs = [path for path in (store.folder.path / "blobs").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in blobs] == [corpus.jpeg()]
    assert blobs[0].name == hashlib.sha256(corpus.jpeg()).hexdigest()
    garbage.collect(store, age_seconds=-1)
    assert blobs[0].exists()
    uploading.http.delete(f"/api/datasets/{uploading.dataset_id}")
    garbage.collect(store, age_seconds=-1)
    assert not blobs[0].exists()


def test_a_lost_blob_is_found_by_the_doctor_and_mended_by_sending_it_again(
    uploading: Uploading, store: Store
) -> None:
    content = corpus.jpeg()
    uploading.send(("a.jpg", content))
    blob = store.folder.blob(hashlib.sha256(content).hexdigest())
    for damage in (blob.unlink, lambda: blob.write_bytes(b"half")):
        damage()
        assert [finding.problem for finding in doctor.check(store)] == [
            f"1 uploaded images are missing or cut off, the first is {blob.name}."
        ]
        assert uploading.check(**{"a.jpg": content})["needed"] == ["a.jpg"]
        assert uploading.send(("a.jpg", content)) == [result("a.jpg", "existing", None, 0)]
        assert doctor.check(store) == []


def test_closing_freezes_a_tag_once_and_the_next_upload_makes_a_child(uploading: Uploading) -> None:
    uploading.send(("a.jpg", corpus.jpeg(seed=1)))
    first = uploading.close()
    assert (first["upload"]["state"], first["tag"]["name"], first["tag"]["n_members"]) == (
        "closed", "initial-tag", 1
    )  # fmt: skip
    again = uploading.close()
    assert (again["upload"], again["tag"]) == (first["upload"], first["tag"])
    assert uploading.post(form((b"b.jpg", corpus.jpeg()))).status_code == 409

    uploading.open()
    uploading.send(("b.jpg", corpus.jpeg(seed=2)))
    second = uploading.close()
    assert (second["tag"]["name"], second["tag"]["parent_id"]) == ("upload-2", first["tag"]["id"])
    assert second["tag"]["n_members"] == 2
    listed = uploading.http.get(f"/api/datasets/{uploading.dataset_id}/uploads").json()["items"]
    assert [one["id"] for one in listed] == [first["upload"]["id"], second["upload"]["id"]]


def test_an_upload_that_brought_nothing_makes_no_tag(uploading: Uploading) -> None:
    uploading.send(("a.jpg", b"no image"))
    closed = uploading.close()
    assert (closed["tag"], closed["jobs"]) == (None, [])
    assert closed["upload"]["n_refused"] == 1


def test_a_dataset_that_reads_a_folder_takes_no_uploads(
    http: httpx.Client, store: Store, tmp_path: Path
) -> None:
    from tests import made

    dataset_id = made.dataset_in_place(store, tmp_path / "photos")
    answer = http.post(f"/api/datasets/{dataset_id}/uploads", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_what_is_checked_has_a_limit(uploading: Uploading) -> None:
    one = {"file_name": "a", "size_bytes": 1, "sha256": "0" * 64}
    wrong = ([one] * 1001, [{**one, "sha256": "x"}], [{**one, "size_bytes": -1}])
    for files in wrong:
        answer = uploading.http.post(
            f"{uploading.path}/check",
            json={"files": files},
        )
        assert answer.status_code == 422


def test_an_upload_of_another_dataset_is_not_found(uploading: Uploading, app: FastAPI) -> None:
    other = uploading.http.post("/api/datasets", json={"name": "other"}).json()["id"]
    path = uploading.path.replace(uploading.dataset_id, other)
    assert uploading.http.get(path).status_code == 404
    assert uploading.http.post(f"{path}/close").status_code == 404
    assert uploading.http.post(f"{path}/check", json={"files": []}).status_code == 404
    sent = uploading.http.post(f"{path}/files", content=form((b"a.jpg", b"x")), headers=FORM)
    assert sent.status_code == 404


def test_requests_at_once_lose_nothing_and_add_nothing_twice(uploading: Uploading, store: Store) -> None:
    files = [(f"{seed}.jpg", corpus.jpeg(seed=seed)) for seed in range(24)]
    with ThreadPoolExecutor(4) as pool:
        found = [
            one
            for results in pool.map(lambda start: uploading.send(*files[start : start + 12]), (0, 6, 12, 0))
            for one in results
        ]
    assert Counter(one["status"] for one in found) == {"added": 24, "existing": 24}
    assert {one["position"] for one in found} == set(range(24))
    assert sorted(uploading.names()) == sorted(name for name, _ in files)
    assert uploading.counts() == {"state": "open", "n_added": 24, "n_existing": 24, "n_refused": 0}
    assert (left(store), doctor.check(store)) == ([], [])
