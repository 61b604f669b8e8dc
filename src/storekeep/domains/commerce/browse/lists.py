"""Keyset pages and word search over the copied tables: one way for orders, customers and products."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, column, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from storekeep.kit.errors import InvalidInput
from storekeep.kit.paging import InvalidCursor, Page, decode_cursor, encode_cursor
from storekeep.runtime.database import TenantSession

T = TypeVar("T")
SEARCH_CAP = 5000
_MAX_WORDS = 8
_WORD = re.compile(r"\w+")


class UnknownSort(InvalidInput):
    """The list has no such order."""

    code = "VALIDATION_UNKNOWN_SORT"
    message = "This list cannot be sorted that way."


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a list: a column that is never null, then the id, both in one direction. `read` turns a cursor's value back."""

    column: InstrumentedAttribute[Any]
    descending: bool
    read: Callable[[str], Any]


def read_moment(text: str) -> datetime:
    """A cursor's time; raises ValueError unless it is aware."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("naive time")
    return moment


def sort_named(sorts: Mapping[str, Sort], name: str) -> Sort:
    """The order of that name. Raises UnknownSort, listing the known ones."""
    if name not in sorts:
        raise UnknownSort(details={"sort": sorted(sorts)})
    return sorts[name]


def tsquery(text: str) -> str | None:
    """The words of what a person typed, each the beginning of a word looked for, all of them wanted; None without a word."""
    words = _WORD.findall(text.casefold())[:_MAX_WORDS]
    return " & ".join(f"'{word}':*" for word in words) or None


def matching(table: str, id_column: InstrumentedAttribute[UUID], text: str | None) -> ColumnElement[bool] | None:
    """The condition that a row matches what was typed: at most the newest SEARCH_CAP matches. None when nothing was typed.

    Text without any word in it matches nothing.
    """
    if text is None or not text.strip():
        return None
    words = tsquery(text)
    if words is None:
        return id_column.in_(())
    found = getattr(func, f"search_{table}")(words, SEARCH_CAP).table_valued(column("id", Uuid))
    return id_column.in_(select(found.c.id))


def after(sort: Sort, sort_name: str, id_column: InstrumentedAttribute[UUID], cursor: str | None) -> ColumnElement[bool] | None:
    """The condition that a row comes after the cursor's; None for the first page. Raises InvalidCursor."""
    if cursor is None:
        return None
    value, last_id = decode_cursor(cursor, sort_name, 2)
    try:
        place = (sort.read(value), UUID(last_id))
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise InvalidCursor() from error
    row = tuple_(sort.column, id_column)
    return row < place if sort.descending else row > place


async def page(
    session: TenantSession,
    query: Select[*tuple[Any, ...]],
    *,
    sort: Sort,
    sort_name: str,
    id_column: InstrumentedAttribute[UUID],
    limit: int,
    cursor: str | None,
    shape: Callable[[Any], T],
    place: Callable[[Any], tuple[Any, UUID]],
) -> Page[T]:
    """One page of `query`. `shape` makes an item of a row, `place` tells its sort value and id for the next cursor."""
    beyond = after(sort, sort_name, id_column, cursor)
    if beyond is not None:
        query = query.where(beyond)
    order: Sequence[Any] = (sort.column.desc(), id_column.desc()) if sort.descending else (sort.column.asc(), id_column.asc())
    rows = (await session.execute(query.order_by(*order).limit(limit + 1))).all()
    if len(rows) <= limit:
        return Page([shape(row) for row in rows], None)
    value, last_id = place(rows[limit - 1])
    return Page([shape(row) for row in rows[:limit]], encode_cursor(sort_name, [_text(value), str(last_id)]))


def _text(value: datetime | Decimal | str | int) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
