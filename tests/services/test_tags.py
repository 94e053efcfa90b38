"""Tags are frozen, and their digest names their content, whatever the ids, times and folders."""

import hashlib
import json
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tamis.model.errors import Conflict, Invalid, NotFound
from tamis.model.recipe import Recipe
from tamis.model.tag import FromFileNames, Tag, TagCreate
from tamis.services import ingest, samples, tags
from tamis.store import tags as rows
from tamis.store.store import Store
from tests import made
from tests.databases import MakeStore


def sha256_of_json(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def expected_digest(names: list[str], recipe: dict[str, Any], parent: str | None) -> str:
    """What the contract says, computed from the words alone; a made-up image's content is its name."""
    members = sha256_of_json([[name, hashlib.sha256(name.encode()).hexdigest()] for name in sorted(names)])
    return sha256_of_json({"v": 1, "members": members, "recipe": recipe, "parent": parent})


def add(store: Store, dataset_id: str, *names: str) -> None:
    ingest.commit(store, dataset_id, made.JOB, [made.taken(name.encode()) for name in names], {})


def pick(store: Store, dataset_id: str, name: str, parent: Tag, *file_names: str) -> Tag:
    source = FromFileNames(parent_id=parent.id, file_names=list(file_names))
    return tags.create(store, dataset_id, TagCreate(name=name, source=source))


def shown(store: Store, dataset_id: str, tag: Tag) -> list[str]:
    return [one.file_name for one in samples.list_page(store, dataset_id, None, 100, tag.id).items]


def test_the_first_upload_makes_the_initial_tag(store: Store) -> None:
    dataset_id = made.dataset_of(store, "b.jpg", "ä.jpg", "a.jpg")
    tag = tags.close_upload(store, dataset_id)
    recipe = {"v": 1, "kind": "initial", "inputs": [], "selection": None}
    assert tag.model_dump(mode="json", exclude={"id", "created_at"}) == {
        "dataset_id": dataset_id,
        "selection_id": None,
        "parent_id": None,
        "name": "initial-tag",
        "n_members": 3,
        "n_deleted": 0,
        "recipe": recipe,
        "digest": expected_digest(["a.jpg", "b.jpg", "ä.jpg"], recipe, None),
    }
    assert tags.close_upload(store, dataset_id) == tag


def test_a_later_upload_makes_a_child_and_leaves_the_initial_tag(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a.jpg")
    initial = tags.close_upload(store, dataset_id)
    add(store, dataset_id, "b.jpg")
    child = tags.close_upload(store, dataset_id)
    recipe = {"v": 1, "kind": "upload", "inputs": [initial.digest], "selection": None}
    assert (child.name, child.parent_id, child.n_members) == ("upload-2", initial.id, 2)
    assert child.digest == expected_digest(["a.jpg", "b.jpg"], recipe, initial.digest)
    assert tags.get(store, dataset_id, initial.id) == initial
    assert shown(store, dataset_id, initial) == ["a.jpg"]
    add(store, dataset_id, "c.jpg")
    third = tags.close_upload(store, dataset_id)
    assert (third.name, third.parent_id) == ("upload-3", child.id)
    assert tags.close_upload(store, dataset_id) == third
    assert tags.list_page(store, dataset_id, None, 10).items == [initial, child, third]


def test_an_empty_dataset_has_nothing_to_tag(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    with pytest.raises(Invalid, match="not one readable image"):
        tags.close_upload(store, dataset_id)
    assert tags.list_page(store, dataset_id, None, 10).items == []


def test_chosen_names_make_a_child_whose_recipe_names_its_input(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a.jpg", "b.jpg", "c.jpg")
    initial = tags.close_upload(store, dataset_id)
    tag = pick(store, dataset_id, "mine", initial, "c.jpg", "a.jpg", "c.jpg")
    recipe = {"v": 1, "kind": "manual", "inputs": [initial.digest], "selection": None}
    assert (tag.parent_id, tag.n_members, tag.recipe) == (initial.id, 2, Recipe.model_validate(recipe))
    assert tag.digest == expected_digest(["a.jpg", "c.jpg"], recipe, initial.digest)
    assert tags.get(store, dataset_id, tag.id) == tag
    assert tags.paths(store, dataset_id, tag.id, new_only=False) == b"a.jpg\nc.jpg\n"


def test_a_digest_is_the_same_in_another_data_folder(make_store: MakeStore) -> None:
    first, second = make_store(), make_store()
    digests = []
    for store, names in ((first, ["a", "b", "c"]), (second, ["c", "a", "b"])):  # other positions, other ids
        made.dataset_of(store, "something else", name="before")
        dataset_id = made.dataset_of(store, *names)
        initial = tags.close_upload(store, dataset_id)
        digests.append((initial.digest, pick(store, dataset_id, "mine", initial, "b", "c").digest))
    assert digests[0] == digests[1]


def test_another_image_of_the_same_name_is_another_digest(make_store: MakeStore) -> None:
    digests = set()
    for content in (b"one", b"two"):
        store = make_store()
        dataset_id = made.dataset_of(store)
        ingest.commit(store, dataset_id, made.JOB, [made.taken(b"a.jpg", content)], {})
        digests.add(tags.close_upload(store, dataset_id).digest)
    assert len(digests) == 2


def test_the_same_tag_again_is_the_one_that_is_there(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a", "b")
    initial = tags.close_upload(store, dataset_id)
    tag = pick(store, dataset_id, "mine", initial, "a")
    assert pick(store, dataset_id, "mine", initial, "a") == tag
    with pytest.raises(Conflict, match="'mine'") as caught:
        pick(store, dataset_id, "mine", initial, "b")
    assert caught.value.field == "name"
    assert tags.list_page(store, dataset_id, None, 10).items == [initial, tag]


def test_a_name_is_taken_within_its_dataset_only(store: Store) -> None:
    for name in ("first", "second"):
        dataset_id = made.dataset_of(store, "a", name=name)
        assert tags.close_upload(store, dataset_id).name == "initial-tag"


def test_the_row_itself_refuses_a_name_that_is_taken(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a")
    tags.close_upload(store, dataset_id)
    new = rows.NewTag("initial-tag", None, np.array([0], np.uint32), Recipe(kind="manual"), "0" * 64)
    with store.write() as connection:
        with pytest.raises(Conflict, match="'initial-tag'"):
            rows.insert(connection, dataset_id, new)
        assert len(rows.list_page(connection, dataset_id, None, 10).items) == 1  # the transaction goes on


@pytest.mark.parametrize("name", ["", " ", "a" * 101, "a\nb", "a\x00b", "a\u202eb"])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        TagCreate(name=name, source=FromFileNames(parent_id=made.JOB, file_names=[]))


def test_a_name_is_kept_in_unicode_form_nfc(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a")
    tag = pick(store, dataset_id, " cafe\u0301 " + "ü" * 90, tags.close_upload(store, dataset_id), "a")
    assert tag.name == "café " + "ü" * 90
    assert tags.list_page(store, dataset_id, None, 10, tag.name).items == [tag]


def test_names_that_are_not_in_the_dataset_are_refused(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a")
    initial = tags.close_upload(store, dataset_id)
    with pytest.raises(Invalid, match=r"2 of 3 file names .* first is 'x'") as caught:
        pick(store, dataset_id, "mine", initial, "y", "a", "x")
    assert caught.value.field == "file_names"
    assert tags.list_page(store, dataset_id, None, 10).items == [initial]


def test_a_tag_of_another_dataset_is_not_found(store: Store) -> None:
    first, second = made.dataset_of(store, "a", name="first"), made.dataset_of(store, "a", name="second")
    tag = tags.close_upload(store, first)
    with pytest.raises(NotFound, match=tag.id):
        tags.get(store, second, tag.id)
    with pytest.raises(NotFound, match=tag.id):
        pick(store, second, "mine", tag, "a")


def test_deleted_samples_stay_members_and_are_counted(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a", "b", "c")
    initial = tags.close_upload(store, dataset_id)
    pair = pick(store, dataset_id, "pair", initial, "a", "b")
    assert samples.delete(store, dataset_id, np.array([0, 2])) == 2
    assert samples.delete(store, dataset_id, np.array([0])) == 2
    for before, deleted, rest in ((initial, 2, ["b"]), (pair, 1, ["b"])):
        after = tags.get(store, dataset_id, before.id)
        assert after == before.model_copy(update={"n_deleted": deleted})
        assert shown(store, dataset_id, after) == rest
        assert tags.paths(store, dataset_id, after.id, new_only=False) == b"b\n"
    with store.read() as connection:
        assert rows.members(connection, dataset_id, initial.id).tolist() == [0, 1, 2]
    assert tags.close_upload(store, dataset_id).id == initial.id


def test_a_position_that_was_never_given_is_not_deleted(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a")
    for wrong in (1, -1):
        with pytest.raises(Invalid, match=f"no sample {wrong}"):
            samples.delete(store, dataset_id, np.array([0, wrong]))
    assert shown(store, dataset_id, tags.close_upload(store, dataset_id)) == ["a"]


def test_a_later_upload_leaves_out_what_was_deleted_before(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a.jpg", "b.jpg")
    initial = tags.close_upload(store, dataset_id)
    samples.delete(store, dataset_id, np.array([0]))
    gone = tags.get(store, dataset_id, initial.id)
    assert tags.close_upload(store, dataset_id) == gone  # nothing came, so there is nothing to freeze
    add(store, dataset_id, "c.jpg")
    child = tags.close_upload(store, dataset_id)
    recipe = {"v": 1, "kind": "upload", "inputs": [initial.digest], "selection": None}
    assert (child.n_members, child.n_deleted) == (2, 0)
    assert child.digest == expected_digest(["b.jpg", "c.jpg"], recipe, initial.digest)
    assert shown(store, dataset_id, child) == ["b.jpg", "c.jpg"]


def test_a_first_upload_of_nothing_but_deleted_samples_has_nothing_to_tag(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a.jpg")
    samples.delete(store, dataset_id, np.array([0]))
    with pytest.raises(Invalid, match="not one readable image"):
        tags.close_upload(store, dataset_id)


def test_what_is_added_and_deleted_while_an_upload_closes_is_right(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are read before the write lock is taken, and the dataset may change in between."""
    dataset_id = made.dataset_of(store, "a.jpg", "b.jpg", "c.jpg")
    real = tags.datasets.present
    reads: list[int] = []

    def present(connection: Any, asked: str) -> Any:
        reads.append(len(reads))
        found = real(connection, asked)
        return np.delete(np.append(found, np.uint32(2)), 0) if len(reads) == 1 and len(found) == 2 else found

    monkeypatch.setattr(tags.datasets, "present", present)
    samples.delete(store, dataset_id, np.array([2]))  # the first look finds b and the deleted c, and not a
    tag = tags.close_upload(store, dataset_id)
    recipe = {"v": 1, "kind": "initial", "inputs": [], "selection": None}
    assert reads == [0, 1]
    assert tag.digest == expected_digest(["a.jpg", "b.jpg"], recipe, None)
    assert shown(store, dataset_id, tag) == ["a.jpg", "b.jpg"]


def test_members_are_bits_without_the_deleted(store: Store) -> None:
    dataset_id = made.dataset_of(store, *(f"{i}.jpg" for i in range(10)))
    initial = tags.close_upload(store, dataset_id)
    tag = pick(store, dataset_id, "mine", initial, "0.jpg", "3.jpg", "8.jpg", "9.jpg")
    assert tags.members(store, dataset_id, tag.id) == bytes([0b00001001, 0b00000011])
    samples.delete(store, dataset_id, np.array([3, 8]))
    assert tags.members(store, dataset_id, tag.id) == bytes([0b00000001, 0b00000010])
    assert samples.present(store, dataset_id) == bytes([0b11110111, 0b00000010])
    add(store, dataset_id, *(f"new {i}.jpg" for i in range(7)))  # a set grows with its dataset
    assert tags.members(store, dataset_id, tag.id) == bytes([0b00000001, 0b00000010, 0])
    assert samples.present(store, dataset_id) == bytes([0b11110111, 0b11111110, 0b00000001])


def test_a_tag_is_renamed_and_its_digest_stays(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a", "b")
    initial = tags.close_upload(store, dataset_id)
    one, other = pick(store, dataset_id, "one", initial, "a"), pick(store, dataset_id, "other", initial, "b")
    with pytest.raises(Conflict, match="'other'") as caught:
        tags.rename(store, dataset_id, one.id, "other")
    assert caught.value.field == "name"
    renamed = tags.rename(store, dataset_id, one.id, "first")
    assert renamed == one.model_copy(update={"name": "first"})
    assert tags.rename(store, dataset_id, one.id, "first") == renamed  # its own name is no conflict
    assert tags.list_page(store, dataset_id, None, 10).items == [initial, renamed, other]
    with pytest.raises(Conflict, match="'initial-tag' by its name"):
        tags.rename(store, dataset_id, initial.id, "all")
    with pytest.raises(NotFound, match=made.JOB):
        tags.rename(store, dataset_id, made.JOB, "x")


def test_a_tag_is_removed_and_its_images_stay(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a", "b")
    initial = tags.close_upload(store, dataset_id)
    one = pick(store, dataset_id, "one", initial, "a")
    tags.remove(store, dataset_id, one.id)
    with pytest.raises(NotFound, match=one.id):
        tags.remove(store, dataset_id, one.id)
    assert tags.list_page(store, dataset_id, None, 10).items == [initial]
    assert shown(store, dataset_id, initial) == ["a", "b"]
    assert pick(store, dataset_id, "one", initial, "a").digest == one.digest


def test_a_tag_from_which_others_came_stays(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a", "b", "c")
    initial = tags.close_upload(store, dataset_id)
    one = pick(store, dataset_id, "one", initial, "a", "b")
    pick(store, dataset_id, "two", one, "a")
    three = pick(store, dataset_id, "three", one, "b")
    with pytest.raises(Conflict, match="'two' and 1 more came from 'one'"):
        tags.remove(store, dataset_id, one.id)
    tags.remove(store, dataset_id, three.id)
    with pytest.raises(Conflict, match="'two' came from 'one'"):
        tags.remove(store, dataset_id, one.id)


def test_what_an_upload_made_stays(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a")
    initial = tags.close_upload(store, dataset_id)
    add(store, dataset_id, "b")
    later = tags.close_upload(store, dataset_id)
    for tag in (initial, later):
        with pytest.raises(Conflict, match=f"'{tag.name}' tells what was uploaded"):
            tags.remove(store, dataset_id, tag.id)
    assert tags.rename(store, dataset_id, later.id, "week 2").name == "week 2"
    assert tags.close_upload(store, dataset_id).id == later.id


def test_a_parent_that_is_removed_while_a_tag_is_made_is_missing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset_id = made.dataset_of(store, "a", "b")
    one = pick(store, dataset_id, "one", tags.close_upload(store, dataset_id), "a")
    real = tags._from_file_names

    def slow(*arguments: Any) -> Any:
        found = real(*arguments)
        monkeypatch.undo()
        tags.remove(store, dataset_id, one.id)
        return found

    monkeypatch.setattr(tags, "_from_file_names", slow)
    with pytest.raises(NotFound, match=one.id):
        pick(store, dataset_id, "two", one, "a")
