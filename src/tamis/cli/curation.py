"""The main job: from a folder of images to a tag of the ones worth keeping."""

import os
from dataclasses import dataclass
from pathlib import Path

from tamis.cli.door import Door
from tamis.cli.find import adopted
from tamis.cli.work import Work
from tamis.client import Client
from tamis.client.waiting import JobFailed
from tamis.model.dataset import Dataset
from tamis.model.digest import Json
from tamis.model.embedding import EmbeddingCreate
from tamis.model.errors import Conflict, Invalid, TamisError
from tamis.model.job import Job
from tamis.model.names import LONGEST_NAME, clean_name
from tamis.model.projection import ProjectionCreate
from tamis.model.sample import Problem
from tamis.model.selection import Selection
from tamis.model.tag import Tag

_SHOWN_PROBLEMS = 5
_PRESELECTED = "preselected"


@dataclass(frozen=True)
class Order:
    """What was asked for; all of it has been checked as far as it can be before a file is read."""

    folder: Path
    keep: int
    strategy: dict[str, Json]
    encoder: str
    projection: str
    seed: int
    name: str | None
    preselected: tuple[str, ...] | None


@dataclass(frozen=True)
class Outcome:
    """What came of it. `jobs` are ingest, embed, project and select, in this order."""

    dataset: Dataset
    tag: Tag
    selection: Selection
    problems: list[Problem]
    jobs: tuple[Job, Job, Job, Job]
    paths: bytes


def curate(door: Door, work: Work, order: Order) -> Outcome:
    """Read, encode, project and select, and freeze the choice under a name.

    Raises:
        Invalid: there are no images, or fewer than are to be kept.
    """
    client = door.client
    encoder = adopted(door, order.encoder)
    dataset, is_new = dataset_of(door, order.folder)
    ingest, embed = work.start(
        lambda: client.ingest(dataset.id),
        lambda: client.embed(dataset.id, EmbeddingCreate(encoder=encoder)),  # as the files come in
    )
    try:
        ingest = _finish_ingest(client, work, ingest, order.folder, is_new=is_new)
        pool = client.tag(dataset.id, str(ingest.result["tag_id"]))
        preselected = _preselect(client, pool, order)
        _check_keep(pool, preselected, order)
    except TamisError:
        work.give_up()
        raise
    (embed,) = work.finish(embed)
    reduced = str(embed.result["reduced_id"])
    project, select = work.run(
        lambda: client.project(dataset.id, ProjectionCreate(embedding_id=reduced, method=order.projection)),
        lambda: client.select(
            dataset.id,
            tag_id=pool.id,
            embedding_id=reduced,
            strategy=order.strategy,
            n_samples=order.keep,
            seed=order.seed,
            preselected_tag_id=preselected.id if preselected else None,
        ),
    )
    selection = client.selection(dataset.id, str(select.result["selection_id"]))
    tag = _freeze(client, dataset.id, order, selection)
    return Outcome(
        dataset=client.dataset(dataset.id),
        tag=tag,
        selection=selection,
        problems=[problem for problem in client.problems(dataset.id) if problem.job_id == ingest.id],
        jobs=(ingest, embed, project, select),
        paths=client.paths(dataset.id, tag.id, new_only=True),
    )


def dataset_of(door: Door, folder: Path) -> tuple[Dataset, bool]:
    """Find the dataset that reads this folder, or make it; tell whether it is new."""
    from tamis.services import roots

    with door.store() as store:
        root = roots.allow(store, folder)
    for dataset in _whole_roots(door.client, root.id):
        return dataset, False
    name = _name_of(folder)
    for number in range(1, 1000):
        try:
            return door.client.create_dataset(name if number == 1 else f"{name}-{number}", root.id), True
        except Conflict:  # another folder of the same name was here first
            for dataset in _whole_roots(door.client, root.id):
                return dataset, False
    raise Conflict(f"There are a thousand datasets named '{name}'. Remove some of them.")


def _whole_roots(client: Client, root_id: str) -> list[Dataset]:
    """Return the datasets that read all of a root, and not a folder below it."""
    return [dataset for dataset in client.datasets(root_id=root_id) if dataset.folder is None]


def _name_of(folder: Path) -> str:
    text = os.fsencode(folder.name).decode(errors="backslashreplace")
    text = "".join(character if character.isprintable() else "_" for character in text)
    try:
        return clean_name(text[: LONGEST_NAME - 4])
    except ValueError:  # the root of the file system has no name, and others hold odd characters
        return "images"


def _finish_ingest(client: Client, work: Work, job: Job, folder: Path, *, is_new: bool) -> Job:
    try:
        (job,) = work.finish(job)
    except JobFailed as error:
        if client.dataset(job.dataset_id).n_samples > 0:
            raise
        work.give_up()
        refusal = _nothing_readable(list(client.problems(job.dataset_id)), folder, error)
        if is_new:
            client.remove_dataset(job.dataset_id)
        raise refusal from error
    return job


def _nothing_readable(problems: list[Problem], folder: Path, error: JobFailed) -> Exception:
    """Tell an empty folder from one in which nothing can be read, and both from a failure."""
    from tamis.images.listing import walk

    n_files = sum(1 for _ in walk(folder))
    if n_files == 0:
        return Invalid(f"There are no images in '{folder}'.")
    if len(problems) < n_files:
        return error
    reasons = " ".join(f"{one.file_name}: {one.reason}" for one in problems[:_SHOWN_PROBLEMS])
    return Invalid(f"None of the {n_files} image files in '{folder}' can be read. {reasons}")


def _preselect(client: Client, pool: Tag, order: Order) -> Tag | None:
    if order.preselected is None:
        return None
    for number in range(1, 1000):
        name = _PRESELECTED if number == 1 else f"{_PRESELECTED}-{number}"
        try:
            return client.tag_files(pool.dataset_id, name, pool.id, list(order.preselected))
        except Conflict:
            continue
    raise Conflict("There are a thousand lists of preselected samples. Make a new data folder.")


def _check_keep(pool: Tag, preselected: Tag | None, order: Order) -> None:
    taken = preselected.n_members if preselected else 0
    free = pool.n_members - pool.n_deleted - taken
    if order.keep <= free:
        return
    beside = f" beside the {taken} preselected ones" if preselected else ""
    raise Invalid(
        f"--keep {order.keep} is more than there is: '{order.folder}' has {free} readable images{beside}. "
        f"Keep at most {free}.",
        field="keep",
    )


def _freeze(client: Client, dataset_id: str, order: Order, selection: Selection) -> Tag:
    if order.name is not None:
        return client.tag_selection(dataset_id, order.name, selection.id, order.keep)
    base = f"{order.strategy['strategy']}-{order.keep}"
    for number in range(1, 10_000):
        try:
            name = base if number == 1 else f"{base}-{number}"
            return client.tag_selection(dataset_id, name, selection.id, order.keep)
        except Conflict:  # the name is taken by another choice
            continue
    raise Conflict(f"All names like '{base}' are taken. Choose another with --name.")
