"""A tag: an immutable set of samples with a parent, like a commit."""

from typing import Annotated, Literal

from pydantic import Field

from tamis.model.digest import digest_of
from tamis.model.names import Name
from tamis.model.noun import Digest, Id, Milliseconds, Noun, Text
from tamis.model.recipe import Recipe

INITIAL_TAG = "initial-tag"


class Tag(Noun):
    """A node of the tag tree. `n_deleted` of its `n_members` have been deleted from the dataset since."""

    id: Id
    dataset_id: Id
    parent_id: Id | None
    name: str
    n_members: int
    n_deleted: int
    recipe: Recipe
    digest: Digest
    selection_id: Id | None
    """The selection whose first `recipe.selection.keep` samples it froze; None for other kinds."""
    created_at: Milliseconds


class FromSelection(Noun):
    """Freeze the preselected samples and the first `keep` of a selection's ranking."""

    kind: Literal["selection"] = "selection"
    selection_id: Id
    keep: int = Field(ge=0)


class FromFileNames(Noun):
    """Freeze the samples of these names."""

    kind: Literal["manual"] = "manual"
    parent_id: Id
    file_names: list[Text]


class TagCreate(Noun):
    """A name, and what to freeze under it."""

    name: Name
    source: Annotated[FromSelection | FromFileNames, Field(discriminator="kind")]


class TagRename(Noun):
    """The new name of a tag."""

    name: Name


def tag_digest(members: str, recipe: Recipe, parent: str | None) -> str:
    """Name a tag by its content: the digest of its members, its recipe and its parent's digest."""
    return digest_of({"v": 1, "members": members, "recipe": recipe.model_dump(mode="json"), "parent": parent})
