"""Preparing: the chain of jobs after which a dataset can be looked at."""

from collections.abc import Sequence

from tamis.model.embedding import EmbeddingCreate
from tamis.model.errors import Invalid
from tamis.model.job import Job
from tamis.model.projection import ProjectionCreate
from tamis.queue.outbox import submit as submit_job
from tamis.services import encoders
from tamis.store import datasets, embeddings
from tamis.store.store import Store

PROJECTIONS = ("pca", "tsne")
"""The quick one first, so that there is something to see while the other is made."""
_MOST_POINTS = {"tsne": 50_000}
"""Beyond so many points a method takes too long to be run without having been asked for by name."""


def submit(store: Store, dataset_id: str, encoder: str = "lite0") -> list[Job]:
    """Ask for all that a dataset lacks before it can be looked at; what is under way is not asked for twice.

    The folder is read where there is one, and encoded meanwhile. The projections follow once all is encoded
    (`follow_up`). The jobs are returned in the order in which they start.

    Raises:
        Forbidden: the encoder is code, or a file outside of the folder for encoders.
        Invalid: there is no such encoder, or there are no images and no folder to read.
        NotFound: there is no such dataset, or no such file.
    """
    encoders.known_facts(store.folder, encoder)
    wanted = EmbeddingCreate(encoder=encoder, then_project=PROJECTIONS)
    with store.write() as connection:
        dataset = datasets.get(connection, dataset_id)
        if dataset.root_id is None and dataset.n_samples == dataset.n_deleted:
            raise Invalid(f"The dataset '{dataset.name}' has no images yet. Upload some first.")
        jobs = []
        if dataset.root_id is not None:
            jobs.append(submit_job(connection, "ingest", dataset_id, {}))
        jobs.append(submit_job(connection, "embed", dataset_id, wanted.model_dump(mode="json")))
        return jobs


def follow_up(store: Store, dataset_id: str, embedding_id: str, methods: Sequence[str]) -> list[str]:
    """Ask for the projections of an embedding that is complete, and return the ids of the jobs."""
    with store.write() as connection:
        n = embeddings.get(connection, dataset_id, embedding_id).n_covered
        wanted = [
            ProjectionCreate(embedding_id=embedding_id, method=method).model_dump(mode="json")
            for method in methods
            if 0 < n <= _MOST_POINTS.get(method, n)
        ]
        return [submit_job(connection, "project", dataset_id, one).id for one in wanted]
