"""Embeddings: which samples lack a vector, how vectors are committed, and how a reduced child is frozen."""

import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tamis.model.digest import digest_of, members_digest
from tamis.model.embedding import Embedding, EmbeddingCreate, EncoderFacts
from tamis.model.errors import Conflict, Invalid, NotFound
from tamis.model.job import Job
from tamis.model.noun import Page
from tamis.queue.outbox import submit
from tamis.services import encoders
from tamis.store import bitmaps, datasets, embeddings, jobs, samples, selections, tags, vectors
from tamis.store.database import Connection
from tamis.store.pages import everything
from tamis.store.store import Store

# One worker at a time works on a data folder, so this lines up all who extend an embedding. Should there be
# another after all, the version that SQL compares tells the two apart.
_COMMITTING = threading.Lock()
UPLOADED = "uploaded:"
"""How the encoder of vectors is called that people bring along."""
_SHORT = 64
_LEAST_HALF, _LARGEST_HALF = 2.0**-14, 65504.0


@dataclass(frozen=True)
class Reading:
    """How far the reading of a folder is: samples so far, and files in all, as far as is known."""

    n_samples: int
    n_files: int


def create(store: Store, dataset_id: str, new: EmbeddingCreate) -> Job:
    """Ask for vectors of all samples that have none from this encoder, and for the reduced child's.

    Raises:
        Forbidden: the encoder is code, or a file outside of the folder for encoders.
        NotFound: there is no such dataset or file, or there are no uploaded vectors of this name.
        Invalid: there is no such encoder, or it gives fewer dimensions than are asked for.
    """
    facts = encoder_of(store, dataset_id, new.encoder)
    if facts is not None:
        check_dimensions(facts, new.dimensions)
    with store.write() as connection:
        datasets.get(connection, dataset_id)
        return submit(connection, "embed", dataset_id, new.model_dump(mode="json"))


def check_dimensions(facts: EncoderFacts, dimensions: int) -> None:
    """Refuse a reduced child with more dimensions than its parent.

    Raises:
        Invalid: it would have.
    """
    if dimensions > facts.dimension and is_reduced(facts):
        raise Invalid(
            f"The encoder '{facts.name}' gives {facts.dimension} dimensions, fewer than the {dimensions} "
            "asked for.",
            field="dimensions",
        )


def encoder_of(store: Store, dataset_id: str, name: str) -> EncoderFacts | None:
    """Return the facts of an encoder, or of vectors that were uploaded as `uploaded:NAME`.

    None stands for weights in a file, whose facts are known once the worker has opened it.

    Raises:
        Forbidden: the name stands for code, or for a file outside of the folder for encoders.
        Invalid: there is no such encoder.
        NotFound: there is no such file, or no vectors of this name have been uploaded.
    """
    if not name.startswith(UPLOADED):
        return encoders.known_facts(store.folder, name)
    found = find_uploaded(store, dataset_id, name)
    if found is None:
        raise NotFound(f"No vectors have been uploaded as '{name.removeprefix(UPLOADED)}'.", field="encoder")
    return found.encoder


def check_encoder(store: Store, dataset_id: str, embedding_id: str, facts: EncoderFacts) -> None:
    """Refuse vectors of another encoder than the one that the embedding was made for.

    Raises:
        Conflict: the file of its weights was replaced while a job was interrupted.
    """
    if get(store, dataset_id, embedding_id).encoder != facts:
        raise Conflict(f"The weights of '{facts.name}' have been replaced meanwhile. Embed anew.")


def find_uploaded(store: Store, dataset_id: str, encoder: str) -> Embedding | None:
    """Return the embedding of uploaded vectors by the name of its encoder, `uploaded:NAME`."""
    with store.read() as connection:
        for found in everything(partial(embeddings.list_page, connection, dataset_id)):
            if found.kind == "full" and found.encoder.name == encoder:
                return found
    return None


def is_uploaded(facts: EncoderFacts) -> bool:
    """Tell whether the vectors were brought along, so that none can be made of other samples."""
    return facts.name.startswith(UPLOADED)


def is_reduced(facts: EncoderFacts) -> bool:
    """Tell whether vectors get a reduced child; short ones are used as they are."""
    return facts.dimension > _SHORT


def as_kept(facts: EncoderFacts, matrix: NDArray[np.float32]) -> vectors.Matrix:
    """Return an encoder's vectors as they are kept: in float16 where everything works on a reduced child.

    Uploaded ones are kept to the bit and do not come here.

    Raises:
        Invalid: one holds a number that is not finite, or float16 cannot hold it or keeps too little of it.
    """
    if not np.isfinite(matrix).all():
        raise Invalid(
            f"The encoder '{facts.name}' gave a number that is not finite. It or its weights are wrong.",
            field="encoder",
        )
    if not is_reduced(facts):
        return matrix
    largest = np.abs(matrix).max(axis=1, initial=0)
    odd = largest[(largest > _LARGEST_HALF) | ((largest < _LEAST_HALF) & (largest > 0))]
    if len(odd):
        raise Invalid(
            f"The largest number of a vector of the encoder '{facts.name}' is {odd[0]:g}. Vectors are kept "
            "in float16, for which it has to lie between 0.00006 and 65,504. Let the encoder scale them.",
            field="encoder",
        )
    return matrix.astype(np.float16)


def get(store: Store, dataset_id: str, embedding_id: str) -> Embedding:
    """Return an embedding, or raise NotFound."""
    with store.read() as connection:
        return embeddings.get(connection, dataset_id, embedding_id)


def list_page(store: Store, dataset_id: str, after: str | None, limit: int) -> Page[Embedding]:
    """Return a page of embeddings, oldest first."""
    with store.read() as connection:
        datasets.get(connection, dataset_id)
        return embeddings.list_page(connection, dataset_id, after, limit)


def remove(store: Store, dataset_id: str, embedding_id: str) -> None:
    """Remove an embedding, its reduced children and all projections of them.

    Raises:
        Conflict: a selection or a tag was made with it, or a job of the dataset is running.
        NotFound: there is no such embedding.
    """
    with store.write() as connection:
        found = embeddings.get(connection, dataset_id, embedding_id)
        family = [found, *embeddings.children(connection, dataset_id, embedding_id)]
        for job_id, kind in jobs.active(connection, dataset_id):
            if kind != "ingest":
                raise Conflict(f"The {kind} job '{job_id}' still works on this dataset. Cancel it first.")
        for one in family:
            _refuse_used(connection, dataset_id, one)
        embeddings.remove(connection, dataset_id, embedding_id)
    # SQL no longer names them, so an interruption here leaves only bytes that are collected later.
    for one in family:
        shutil.rmtree(store.folder.vectors(one.id), ignore_errors=True)


def _refuse_used(connection: Connection, dataset_id: str, embedding: Embedding) -> None:
    for tag in everything(partial(tags.list_page, connection, dataset_id)):
        if tag.recipe.selection is not None and tag.recipe.selection.embedding == embedding.digest:
            raise Conflict(f"The tag '{tag.name}' was made with the embedding '{embedding.name}'; it stays.")
    selection_id = selections.made_with(connection, dataset_id, embedding.id)
    if selection_id is not None:
        raise Conflict(
            f"The selection '{selection_id}' was made with the embedding '{embedding.name}'; it stays."
        )


def open_full(
    store: Store,
    dataset_id: str,
    encoder: EncoderFacts,
    name: str | None = None,
    versions: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Find or make the embedding of this encoder, and return its id; a new one keeps the versions."""
    new = embeddings.NewEmbedding(
        name=name or encoder.name,
        kind="full",
        parent_id=None,
        encoder=encoder,
        dimension=encoder.dimension,
        digest=digest_of({"v": 1, "kind": "full", "encoder": encoder.model_dump(mode="json")}),
        versions=versions,
    )
    with store.write() as connection:
        return embeddings.find_or_insert(connection, dataset_id, new)


def reading(store: Store, dataset_id: str, job_id: str) -> Reading | None:
    """Return how far an unfinished job older than `job_id` has read the dataset's folder, if there is one.

    Only an older job is waited for: jobs are started in the order of their ids, so it has been started,
    and two jobs never wait for each other.
    """
    with store.read() as connection:
        job = jobs.older(connection, dataset_id, "ingest", job_id)
        if job is None:
            return None
        return Reading(datasets.get(connection, dataset_id).n_samples, job.total)


def lacking(store: Store, dataset_id: str, embedding_id: str) -> bitmaps.Positions:
    """Return the samples that are not deleted and have no vector yet."""
    with store.read() as connection:
        covered = embeddings.state(connection, dataset_id, embedding_id).covered
        return bitmaps.difference(datasets.present(connection, dataset_id), covered)


def open_reduced(
    store: Store, dataset_id: str, full: Embedding, dimension: int, basis: str, fitted: bitmaps.Positions
) -> str:
    """Make the reduced child with its basis, frozen for good, and return its id.

    Its digest names the parent and the samples on which the basis was fitted.
    """
    with store.write() as connection:
        rows = samples.columns(connection, dataset_id, fitted, "file_name", "sha256")
        new = embeddings.NewEmbedding(
            name=f"{full.name} · PCA {dimension}",
            kind="pca",
            parent_id=full.id,
            encoder=full.encoder,
            dimension=dimension,
            digest=digest_of(
                {
                    "v": 1,
                    "kind": "pca",
                    "parent": full.digest,
                    "dimension": dimension,
                    "fitted": members_digest((str(name), str(sha256)) for name, sha256 in rows),
                }
            ),
            basis=basis,
            versions=full.versions,
        )
        return embeddings.find_or_insert(connection, dataset_id, new)


def find_reduced(store: Store, dataset_id: str, full_id: str, dimension: int) -> Embedding | None:
    """Return the reduced child of this dimension, if it has been made."""
    with store.read() as connection:
        return embeddings.child(connection, dataset_id, full_id, dimension)


def state(store: Store, dataset_id: str, embedding_id: str) -> embeddings.State:
    """Return whom an embedding covers, and by which version."""
    with store.read() as connection:
        return embeddings.state(connection, dataset_id, embedding_id)


def commit(store: Store, dataset_id: str, embedding_id: str, parts: Sequence[Path]) -> int:
    """Append what steps have made, and return how many vectors are new; committing again adds nothing.

    What another job has covered meanwhile is left out.

    Raises:
        Conflict: another worker has extended the embedding at the same time.
    """
    with _COMMITTING:
        return _commit(store, dataset_id, embedding_id, parts)


def _commit(store: Store, dataset_id: str, embedding_id: str, parts: Sequence[Path]) -> int:
    before = state(store, dataset_id, embedding_id)
    fresh: list[Path] = []
    added: list[bitmaps.Positions] = []
    for part in parts:
        positions, matrix = vectors.read_part(part)
        new = ~np.isin(positions, before.covered)
        if not new.all() and new.any():  # another job has covered some of them meanwhile
            vectors.write_part(part, positions[new], matrix[new])
        if new.any():
            fresh.append(part)
            added.append(positions[new])
    if not fresh:
        return 0
    version = vectors.append(store.folder, embedding_id, before.lance_version, fresh)
    everything = np.concatenate(added)
    with store.write() as connection:
        embeddings.commit(connection, dataset_id, embedding_id, before, everything, version)
    return len(everything)


def thumbnail_hashes(store: Store, dataset_id: str, positions: bitmaps.Positions) -> list[str]:
    """Return the hashes by which the thumbnails of these samples are found."""
    with store.read() as connection:
        return [str(row[0]) for row in samples.columns(connection, dataset_id, positions, "sha256")]
