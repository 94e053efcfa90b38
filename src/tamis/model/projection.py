"""A projection: the 2-D shadow of an embedding, for the plot."""

from pydantic import Field

from tamis.model.noun import Digest, Id, Milliseconds, Noun


class Projection(Noun):
    """`array` names the write-once Arrow file {x f32, y f32}; row = position, NaN = no vector."""

    id: Id
    dataset_id: Id
    embedding_id: Id
    method: str
    seed: int
    n_points: int
    array: Digest
    created_at: Milliseconds


class ProjectionCreate(Noun):
    """What to project, and how."""

    embedding_id: Id
    method: str = "tsne"
    seed: int = Field(0, ge=0, lt=2**63)
