"""Keyset paging: rows after a key, in the key's order."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import sqlalchemy as sa

from tamis.model.noun import Page

Item = TypeVar("Item")

_PAGE = 1000


def page(
    connection: sa.Connection,
    query: sa.Select[Any],
    key: sa.ColumnElement[Any],
    after: object,
    limit: int,
    make: Callable[[sa.RowMapping], Item],
    *,
    descending: bool = False,
) -> Page[Item]:
    """Return up to `limit` items of the query that follow the key `after` (None = from the start)."""
    if after is not None:
        query = query.where(key < after if descending else key > after)
    query = query.order_by(key.desc() if descending else key).limit(limit + 1)
    rows = connection.execute(query).mappings().all()
    more = len(rows) > limit
    last = str(rows[limit - 1][key.key]) if more and key.key is not None else None
    return Page(items=[make(row) for row in rows[:limit]], next=last)


def everything(next_page: Callable[[str | None, int], Page[Item]]) -> Iterator[Item]:
    """Yield the items of all pages; `next_page` takes the key after which a page begins, and a limit."""
    after: str | None = None
    while True:
        found = next_page(after, _PAGE)
        yield from found.items
        if found.next is None:
            return
        after = found.next
