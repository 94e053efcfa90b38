"""Tags: frozen sets of samples. A recipe tells how each was made; a digest names it by its content."""

from dataclasses import dataclass

import numpy as np

from tamis.model.digest import members_digest
from tamis.model.errors import Conflict, Invalid
from tamis.model.noun import Page
from tamis.model.recipe import Recipe, SelectionStep
from tamis.model.tag import INITIAL_TAG, FromFileNames, FromSelection, Tag, TagCreate, tag_digest
from tamis.store import arrays, bitmaps, datasets, embeddings, jobs, samples, selections, tags
from tamis.store.database import Connection
from tamis.store.store import Store


def create(store: Store, dataset_id: str, new: TagCreate) -> Tag:
    """Freeze samples under a name. The same name and content again is the tag that is there.

    Raises:
        Conflict: the name is taken by a tag of other content.
        Invalid: `keep` is more than the ranking holds, or a file name is not in the dataset.
        NotFound: there is no such dataset, selection or parent.
    """
    # All that goes into a tag stays as it is, so it is read and digested before anybody has to wait.
    with store.read() as connection:
        datasets.get(connection, dataset_id)
        if isinstance(new.source, FromSelection):
            made = _from_selection(store, connection, dataset_id, new.name, new.source)
        else:
            made = _from_file_names(connection, dataset_id, new.name, new.source)
    with store.write() as connection:
        datasets.lock(connection, dataset_id)
        if made.parent_id is not None:  # removed since, it must not be found missing by the database
            tags.get(connection, dataset_id, made.parent_id)
        if made.selection_id is not None:
            selections.get(connection, dataset_id, made.selection_id)
        return _keep(connection, dataset_id, made)


def get(store: Store, dataset_id: str, tag_id: str) -> Tag:
    """Return a tag, or raise NotFound."""
    with store.read() as connection:
        return tags.get(connection, dataset_id, tag_id)


def list_page(
    store: Store, dataset_id: str, after: str | None, limit: int, name: str | None = None
) -> Page[Tag]:
    """Return a page of tags, oldest first; only the one of this name, where it is given."""
    with store.read() as connection:
        datasets.get(connection, dataset_id)
        return tags.list_page(connection, dataset_id, after, limit, name)


def rename(store: Store, dataset_id: str, tag_id: str, name: str) -> Tag:
    """Give a tag another name. Its digest does not know the name, so it stays.

    Raises:
        Conflict: the name is taken, or it is the initial tag, which programs know by its name.
        NotFound: there is no such tag.
    """
    with store.write() as connection:
        tag = tags.get(connection, dataset_id, tag_id)
        if tag.name == name:
            return tag
        if tag.recipe.kind == "initial":
            raise Conflict(f"Programs know '{tag.name}' by its name, so it keeps it.", field="name")
        tags.rename(connection, dataset_id, tag_id, name)
        return tags.get(connection, dataset_id, tag_id)


def remove(store: Store, dataset_id: str, tag_id: str) -> None:
    """Remove a tag that no other grew out of, with the selections made within it or on top of it.

    Its images stay, and so does the selection that it was saved from.

    Raises:
        Conflict: an upload made it, another tag came from it, or a selection is being made with it.
        NotFound: there is no such tag.
    """
    with store.write() as connection:
        datasets.lock(connection, dataset_id)
        tag = tags.get(connection, dataset_id, tag_id)
        if tag.recipe.kind in ("initial", "upload"):
            # Completing an upload twice must return the same tag, and later uploads are children of it.
            raise Conflict(f"'{tag.name}' tells what was uploaded, and goes only with its dataset.")
        later = tags.dependents(connection, dataset_id, tag_id)
        if later:
            more = f" and {len(later) - 1} more" if len(later) > 1 else ""
            raise Conflict(f"'{later[0]}'{more} came from '{tag.name}'. Remove what came from it first.")
        for job_id, _ in jobs.active(connection, dataset_id):
            if tag_id in jobs.arguments(connection, job_id).values():
                raise Conflict(f"The job '{job_id}' still works with '{tag.name}'. Cancel it first.")
        tags.remove(connection, dataset_id, tag_id)


def members(store: Store, dataset_id: str, tag_id: str) -> bytes:
    """Return the bitset of a tag's members that are not deleted, of one bit for each position."""
    with store.read() as connection:
        size = datasets.get(connection, dataset_id).n_samples
        held = bitmaps.difference(
            tags.members(connection, dataset_id, tag_id), datasets.deleted(connection, dataset_id)
        )
        return bitmaps.bits(held, size)


def close_upload(store: Store, dataset_id: str) -> Tag:
    """Freeze what the dataset holds, without the deleted samples, once an upload is complete.

    The first upload makes `initial-tag`, a later one a child of the newest upload's tag; where nothing
    was added, that tag is returned.

    Raises:
        Invalid: the dataset is still empty.
    """
    # A million names take seconds to read and digest: not while others wait to write.
    with store.read() as connection:
        seen = _content(connection, dataset_id, datasets.present(connection, dataset_id))
    with store.write() as connection:
        everything = datasets.present(connection, dataset_id)
        newest = tags.newest_upload(connection, dataset_id)
        if newest is not None:
            known = tags.members(connection, dataset_id, newest.id)
            if len(bitmaps.difference(everything, known)) == 0:
                return newest
        if len(everything) == 0:
            raise Invalid("There is not one readable image, so there is nothing to tag.")
        content = _content(connection, dataset_id, everything, seen)
        number = 1 if newest is None else 2
        while number > 1 and tags.by_name(connection, dataset_id, f"upload-{number}") is not None:
            number += 1
        return _keep(connection, dataset_id, _upload(content, newest, number))


def paths(store: Store, dataset_id: str, tag_id: str, *, new_only: bool) -> bytes:
    """Return the paths of a tag's samples below the root, one a line, as the file system spells them.

    A tag saved from a selection lists its samples best first; `new_only` leaves out the preselected ones.
    """
    with store.read() as connection:
        positions = ordered_members(store, connection, dataset_id, tag_id, new_only=new_only)
        rows = samples.columns(connection, dataset_id, positions, "relative_path", "file_name")
    lines = [path if isinstance(path, bytes) else str(name).encode() for path, name in rows]
    return b"".join(line + b"\n" for line in lines)


def ordered_members(
    store: Store, connection: Connection, dataset_id: str, tag_id: str, *, new_only: bool
) -> bitmaps.Positions:
    """Return a tag's positions that are not deleted: preselected ones first, then by rank."""
    members = bitmaps.difference(
        tags.members(connection, dataset_id, tag_id), datasets.deleted(connection, dataset_id)
    )
    selection_id = tags.selection_of(connection, dataset_id, tag_id)
    if selection_id is None:
        return members
    ranking = arrays.read(store.folder, selections.get(connection, dataset_id, selection_id).ranking)
    order: bitmaps.Positions = ranking.column("position").to_numpy()
    step = tags.get(connection, dataset_id, tag_id).recipe.selection
    chosen = order[: step.keep if step else 0]
    chosen = chosen[np.isin(chosen, members)]
    if new_only:
        return chosen
    return np.concatenate([bitmaps.difference(members, np.sort(chosen)), chosen])


@dataclass(frozen=True)
class _Content:
    """The samples at some positions as (name, hash), which never change, and the digest of them all."""

    positions: bitmaps.Positions
    rows: list[tuple[str, str]]
    digest: str


def _content(
    connection: Connection, dataset_id: str, positions: bitmaps.Positions, known: _Content | None = None
) -> _Content:
    """Read the content of these positions; what is `known` already is not read again."""
    if known is None:
        known = _Content(np.empty(0, np.uint32), [], "")
    elif np.array_equal(positions, known.positions):
        return known
    stays = np.isin(known.positions, positions, assume_unique=True).tolist()
    rows = [row for row, kept in zip(known.rows, stays, strict=True) if kept]
    rows += _names_and_hashes(connection, dataset_id, bitmaps.difference(positions, known.positions))
    return _Content(positions, rows, members_digest(rows))


def _names_and_hashes(
    connection: Connection, dataset_id: str, positions: bitmaps.Positions
) -> list[tuple[str, str]]:
    rows = samples.columns(connection, dataset_id, positions, "file_name", "sha256")
    return [(str(file_name), str(sha256)) for file_name, sha256 in rows]


def _upload(content: _Content, parent: Tag | None, number: int) -> tags.NewTag:
    if parent is None:
        return _new(INITIAL_TAG, None, content, Recipe(kind="initial"))
    recipe = Recipe(kind="upload", inputs=(parent.digest,))
    return _new(f"upload-{number}", parent, content, recipe)


def _from_selection(
    store: Store, connection: Connection, dataset_id: str, name: str, source: FromSelection
) -> tags.NewTag:
    selection = selections.get(connection, dataset_id, source.selection_id)
    if source.keep > selection.n_candidates:
        raise Invalid(
            f"The selection ranks {selection.n_candidates} samples; it cannot keep {source.keep}.",
            field="keep",
        )
    parent = tags.get(connection, dataset_id, selection.tag_id)
    inputs = [parent.digest]
    order = arrays.read(store.folder, selection.ranking).column("position").to_numpy()
    members = np.sort(order[: source.keep])
    if selection.preselected_tag_id is not None:
        inputs.append(tags.get(connection, dataset_id, selection.preselected_tag_id).digest)
        members = bitmaps.union(members, tags.members(connection, dataset_id, selection.preselected_tag_id))
    step = SelectionStep(
        strategy=selection.strategy,
        embedding=embeddings.get(connection, dataset_id, selection.embedding_id).digest,
        seed=selection.seed,
        keep=source.keep,
    )
    recipe = Recipe(kind="selection", inputs=tuple(inputs), selection=step)
    return _new(name, parent, _content(connection, dataset_id, members), recipe, selection.id)


def _from_file_names(
    connection: Connection, dataset_id: str, name: str, source: FromFileNames
) -> tags.NewTag:
    parent = tags.get(connection, dataset_id, source.parent_id)
    found = samples.positions_of(connection, dataset_id, source.file_names)
    missing = sorted(set(source.file_names) - set(found))
    if missing:
        raise Invalid(
            f"{len(missing)} of {len(source.file_names)} file names are not in this dataset, "
            f"the first is '{missing[0]}'.",
            field="file_names",
        )
    members = np.unique(np.array(list(found.values()), dtype=np.uint32))
    recipe = Recipe(kind="manual", inputs=(parent.digest,))
    return _new(name, parent, _content(connection, dataset_id, members), recipe)


def _new(
    name: str, parent: Tag | None, content: _Content, recipe: Recipe, selection_id: str | None = None
) -> tags.NewTag:
    return tags.NewTag(
        name=name,
        parent_id=parent.id if parent else None,
        members=content.positions,
        recipe=recipe,
        digest=tag_digest(content.digest, recipe, parent.digest if parent else None),
        selection_id=selection_id,
    )


def _keep(connection: Connection, dataset_id: str, new: tags.NewTag) -> Tag:
    known = tags.by_name(connection, dataset_id, new.name)
    if known is None:
        return tags.insert(connection, dataset_id, new)
    if known.digest == new.digest:
        return known
    raise Conflict(
        f"There is already a tag named '{new.name}' with other samples. Choose another name.",
        field="name",
    )
