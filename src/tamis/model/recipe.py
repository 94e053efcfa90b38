"""A recipe: how a tag was made, so that it can be traced and repeated."""

from typing import Literal

from tamis.model.digest import Json
from tamis.model.noun import Digest, Noun

RecipeKind = Literal["initial", "upload", "selection", "expression", "filter", "lasso", "manual"]


class SelectionStep(Noun):
    """The selection behind a tag: strategy and its parameters, embedding, seed, how many were kept."""

    strategy: dict[str, Json]
    embedding: Digest
    seed: int
    keep: int


class Recipe(Noun):
    """`inputs` are the digests of the tags that the recipe reads."""

    v: Literal[1] = 1
    kind: RecipeKind
    inputs: tuple[Digest, ...] = ()
    selection: SelectionStep | None = None
