"""The doctor reports what is wrong, and nothing where nothing is."""

import sqlalchemy as sa

from tamis.model.tag import FromFileNames, TagCreate
from tamis.services import doctor, tags
from tamis.store import schema
from tamis.store.store import Store
from tests import made

JPEG = b"\xff\xd8 thumbnail \xff\xd9"


def make_dataset_with_tags(store: Store) -> tuple[str, str, str]:
    """Make a dataset with `initial-tag` and a child of it; return the ids of all three."""
    dataset_id = made.dataset_of(store, "a.jpg", "b.jpg")
    for path in (store.folder.path / "thumbnails").rglob("*.jpg"):
        path.write_bytes(JPEG)
    parent = tags.close_upload(store, dataset_id)
    source = FromFileNames(parent_id=parent.id, file_names=["b.jpg"])
    child = tags.create(store, dataset_id, TagCreate(name="child", source=source))
    return dataset_id, parent.id, child.id


def test_nothing_is_found_where_nothing_is_wrong(store: Store) -> None:
    make_dataset_with_tags(store)
    assert doctor.check(store) == []


def test_a_child_may_be_listed_before_its_parent(store: Store) -> None:
    # Ids made by two processes within one second sort by chance.
    _, _, child_id = make_dataset_with_tags(store)
    with store.write() as connection:
        connection.execute(sa.update(schema.tag).where(schema.tag.c.id == child_id).values(id="0" * 24))
    assert doctor.check(store) == []


def test_a_tag_that_was_tampered_with_is_found(store: Store) -> None:
    _, _, child_id = make_dataset_with_tags(store)
    with store.write() as connection:
        initial = sa.select(schema.tag.c.members).where(schema.tag.c.name == "initial-tag").scalar_subquery()
        connection.execute(sa.update(schema.tag).where(schema.tag.c.id == child_id).values(members=initial))
    assert [finding.subject for finding in doctor.check(store)] == ["tag 'child'"]
