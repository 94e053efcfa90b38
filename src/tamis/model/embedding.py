"""An embedding: a matrix with one vector per covered sample, and where its vectors come from."""

from typing import Literal

from pydantic import Field

from tamis.model.digest import Json
from tamis.model.noun import Digest, Id, Milliseconds, Noun


class EncoderFacts(Noun):
    """What makes the vectors of an encoder what they are. `weights` is the SHA-256 of its weights file."""

    name: str
    dimension: int
    weights: str
    preprocessing: dict[str, Json]


class Embedding(Noun):
    """`kind` is `full` for what an encoder gave and `pca` for the reduced child that selection uses.

    `versions` are those of the packages that made its first vectors; of uploaded ones nothing is known.
    """

    id: Id
    dataset_id: Id
    name: str
    kind: Literal["full", "pca"]
    parent_id: Id | None
    encoder: EncoderFacts
    dimension: int
    n_covered: int
    digest: Digest
    versions: dict[str, str]
    created_at: Milliseconds


class EmbeddingCreate(Noun):
    """Which encoder to run, how many dimensions its reduced child has, and how to draw that in the end."""

    encoder: str = "lite0"
    dimensions: int = Field(32, ge=2, le=1024)
    then_project: tuple[str, ...] = Field(
        (), max_length=8, description="Methods by which the reduced child is projected once it is complete."
    )


class Prepare(Noun):
    """Make a dataset ready to be looked at: read its folder if it has one, encode, reduce and project."""

    encoder: str = "lite0"
