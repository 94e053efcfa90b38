"""What a batch of files adds: samples in the order given, once, and problems for the rest."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from tamis.model.errors import Invalid
from tamis.model.names import SAME_NAME
from tamis.services import datasets, ingest, samples
from tamis.store import schema
from tamis.store.store import Store
from tests import made

LATER = "1" * 24
NFC = "café.jpg".encode()
NFD = "cafe\u0301.jpg".encode()


def commit(store: Store, dataset_id: str, *taken: ingest.Taken, **more: dict[bytes, str]) -> int:
    return ingest.commit(store, dataset_id, made.JOB, taken, more.get("refused", {}))


def names(store: Store, dataset_id: str) -> list[str]:
    return [one.file_name for one in samples.list_page(store, dataset_id, None, 100).items]


def problems(store: Store, dataset_id: str) -> dict[str, str]:
    return {one.file_name: one.reason for one in samples.problems(store, dataset_id, None, 100).items}


def thumbnails(store: Store) -> list[str]:
    return sorted(path.name for path in (store.folder.path / "thumbnails").rglob("*.*"))


def kinds(store: Store) -> list[str]:
    with store.read() as connection:
        query = sa.select(schema.event.c.kind).order_by(schema.event.c.id)
        return list(connection.execute(query).scalars())


def test_a_sample_holds_all_that_was_read(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    assert commit(store, dataset_id, made.taken(b"b/z.jpg", b"content"), made.taken(b"a.jpg")) == 2
    found = samples.get(store, dataset_id, 0)
    assert found.model_dump(exclude={"created_at"}) == {
        **made.facts(b"content").model_dump(),
        "dataset_id": dataset_id,
        "position": 0,
        "file_name": "b/z.jpg",
        "state": "full",
        "metadata": {},
    }
    assert names(store, dataset_id) == ["b/z.jpg", "a.jpg"]
    assert samples.thumbnail(store, dataset_id, 0) == b"thumbnail of content"
    found_dataset = datasets.get(store, dataset_id)
    assert (found_dataset.n_samples, found_dataset.total_bytes) == (2, len(b"content") + len(b"a.jpg"))
    assert kinds(store) == ["dataset.created", "samples.added"]


def test_the_same_batch_again_adds_nothing(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    batch = [made.taken(b"a.jpg"), made.taken(b"b.jpg")]
    assert commit(store, dataset_id, *batch, refused={b"c.jpg": "Bad."}) == 2
    before = samples.list_page(store, dataset_id, None, 10), datasets.get(store, dataset_id), kinds(store)
    assert commit(store, dataset_id, *batch, refused={b"c.jpg": "Bad."}) == 0
    after = samples.list_page(store, dataset_id, None, 10), datasets.get(store, dataset_id), kinds(store)
    assert after == before
    assert problems(store, dataset_id) == {"c.jpg": "Bad."}


def test_a_changed_file_is_a_problem_and_the_sample_stays(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    commit(store, dataset_id, made.taken(b"a.jpg", b"old"))
    before = samples.get(store, dataset_id, 0)
    assert commit(store, dataset_id, made.taken(b"a.jpg", b"new"), made.taken(b"b.jpg")) == 1
    assert problems(store, dataset_id) == {"a.jpg": ingest.CHANGED}
    assert samples.get(store, dataset_id, 0) == before
    assert names(store, dataset_id) == ["a.jpg", "b.jpg"]
    assert datasets.get(store, dataset_id).n_problems == 1
    commit(store, dataset_id, made.taken(b"a.jpg", b"old"))  # and back again
    assert problems(store, dataset_id) == {}


def test_the_same_bytes_under_two_names_are_two_samples_and_one_thumbnail(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    assert commit(store, dataset_id, made.taken(b"a.jpg", b"same"), made.taken(b"b.jpg", b"same")) == 2
    assert names(store, dataset_id) == ["a.jpg", "b.jpg"]
    assert thumbnails(store) == [hashlib.sha256(b"same").hexdigest() + ".jpg"]
    assert samples.thumbnail(store, dataset_id, 1) == b"thumbnail of same"


@pytest.mark.parametrize("batches", [1, 2])
def test_of_two_names_that_are_one_in_nfc_the_first_is_taken(store: Store, batches: int) -> None:
    dataset_id = made.dataset_of(store)
    first, second = made.taken(NFD, b"one"), made.taken(NFC, b"two")
    for batch in [[first, second]] if batches == 1 else [[first], [second]]:
        commit(store, dataset_id, *batch)
    assert names(store, dataset_id) == [NFC.decode()]
    assert samples.get(store, dataset_id, 0).sha256 == first.facts.sha256
    assert problems(store, dataset_id) == {r"caf\xe9.jpg": SAME_NAME}


def test_names_that_are_not_utf8_are_kept_apart(store: Store, tmp_path: Path) -> None:
    dataset_id = made.dataset_in_place(store, tmp_path / "photos")
    odd = [b"caf\xe9.jpg", b"caf\xe8.jpg", b"\xff/\xfe.jpg"]
    assert commit(store, dataset_id, *map(made.taken, odd)) == 3
    assert names(store, dataset_id) == [r"caf\xe9.jpg", r"caf\xe8.jpg", r"\xff/\xfe.jpg"]
    for relative in odd:
        path = tmp_path / "photos" / os.fsdecode(relative)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(relative)
        os.utime(path, ns=(1, 1))
    assert [samples.image(store, dataset_id, position)[0] for position in range(3)] == odd
    batch = ingest.sort_out(store, dataset_id, tmp_path / "photos", sorted(odd))
    assert (batch.unread, batch.refused, batch.unchanged) == ([], {}, sorted(odd))


def test_a_problem_is_forgotten_once_the_file_is_fine(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    commit(store, dataset_id, refused={b"a.jpg": "Bad.", b"b.jpg": "Worse."})
    assert datasets.get(store, dataset_id).n_problems == 2
    assert ingest.count_problems(store, dataset_id, made.JOB) == 2
    ingest.commit(store, dataset_id, LATER, [made.taken(b"a.jpg")], {b"b.jpg": "Still bad."})
    assert problems(store, dataset_id) == {"b.jpg": "Still bad."}
    assert (ingest.count_problems(store, dataset_id, LATER), datasets.get(store, dataset_id).n_problems) == (
        1,
        1,
    )


def test_refused_names_are_shown_without_what_could_do_harm(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    harmful = "a\u202egpj.exe.jpg".encode()
    batch = ingest.sort_out(store, dataset_id, Path("/"), [harmful, b"new\nline.jpg", b"fine.jpg"])
    assert batch.unread == [b"fine.jpg"]
    commit(store, dataset_id, refused=batch.refused)
    found = problems(store, dataset_id)
    assert list(found) == [r"a\u202egpj.exe.jpg", r"new\nline.jpg"]
    assert "U+202E" in found[r"a\u202egpj.exe.jpg"] and "U+000A" in found[r"new\nline.jpg"]


def long_name(parts: int, length: int) -> bytes:
    """A name of characters that no database can compress."""
    noise = np.random.default_rng(0).integers(0x4E00, 0x9FA5, (parts, length))
    return "/".join("".join(map(chr, part)) for part in noise.tolist()).encode() + b".jpg"


def test_the_longest_names_are_taken_and_longer_ones_refused(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    longest = long_name(8, 85)[3:]
    assert len(longest) == 2048
    too_long = [long_name(8, 85), long_name(15, 85), b"x" * 1025, b"a/" * 32 + b"a.jpg", b"\xff" * 3000]
    batch = ingest.sort_out(store, dataset_id, Path("/"), [longest, *too_long])
    assert batch.unread == [longest]
    assert set(batch.refused) == set(too_long)
    assert commit(store, dataset_id, made.taken(longest), refused=batch.refused) == 1
    assert names(store, dataset_id) == [longest.decode()]
    found = problems(store, dataset_id)
    assert len(found) == 5
    assert all("too long" in reason for reason in found.values())
    assert any(name.startswith(too_long[1].decode()[:200]) for name in found)


def test_only_what_is_new_or_changed_is_read(store: Store, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    dataset_id = made.dataset_in_place(store, photos)
    for name in ("kept.jpg", "longer.jpg", "newer.jpg", "gone.jpg"):
        (photos / name).write_bytes(name.encode())
        os.utime(photos / name, ns=(1, 1))
    known = sorted(path.name.encode() for path in photos.iterdir())
    commit(store, dataset_id, *map(made.taken, known))
    (photos / "longer.jpg").write_bytes(b"longer than before")
    os.utime(photos / "longer.jpg", ns=(1, 1))
    os.utime(photos / "newer.jpg", ns=(2, 2))
    (photos / "gone.jpg").unlink()
    batch = ingest.sort_out(store, dataset_id, photos, [*known, b"new.jpg"])
    assert batch == ingest.Batch([b"gone.jpg", b"longer.jpg", b"newer.jpg", b"new.jpg"], {}, [b"kept.jpg"])


def test_a_dataset_without_a_root_reads_no_folder(store: Store) -> None:
    with pytest.raises(Invalid, match="reads no folder in place"):
        ingest.create(store, made.dataset_of(store))
