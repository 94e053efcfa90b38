"""A page of a listing: keyset paging, so that a page stays right while rows are added."""

from typing import Generic, TypeVar

from tamis.model.noun import Noun

Item = TypeVar("Item")


class Page(Noun, Generic[Item]):
    """`next` is the value to send as `after` for the following page, or null on the last one."""

    items: list[Item]
    next: str | None = None
