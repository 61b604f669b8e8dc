"""Keyset pages and word search over the copied tables: one way for orders, customers and products."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, column, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from storekeep.kit.errors import InvalidInput
from storekeep.kit.paging import InvalidCursor, Page, decode_cursor, encode_cursor
from storekeep.kit.text import storable
from storekeep.runtime.database import TenantSession

T = TypeVar("T")
SEARCH_CAP = 100_000  # filters and order come after it, so it must hold more than anyone's ordinary word finds
_MAX_WORDS = 8
# Marks of direction come along with copied text and are no part of a word.
_DIRECTION = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


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


# A cursor has been in strangers' hands: what the database could not even compare is refused here.


def read_key(text: str) -> int:
    """A cursor's sort key of an amount; raises ValueError unless it fits 64 bits."""
    return _bounded(text, 2**63)


def read_count(text: str) -> int:
    """A cursor's count; raises ValueError unless it fits 32 bits."""
    return _bounded(text, 2**31)


def _bounded(text: str, bound: int) -> int:
    number = int(text)
    if not -bound <= number < bound:
        raise ValueError("out of range")
    return number


def read_text(text: str) -> str:
    """A cursor's text; raises ValueError unless it is one that could be stored."""
    if storable(text) != text:
        raise ValueError("not a text")
    return text


def sort_named(sorts: Mapping[str, Sort], name: str) -> Sort:
    """The order of that name. Raises UnknownSort, listing the known ones."""
    if name not in sorts:
        raise UnknownSort(details={"sort": sorted(sorts)})
    return sorts[name]


def tsquery(text: str) -> str | None:
    """The words of what a person typed, each the beginning of a word looked for, all of them wanted; None without a word.

    Case is left to PostgreSQL, which folds the stored words too: Python would make other letters of "Straße" and "İstanbul".
    """
    return " & ".join(_either_form(word) for word in _words(text)[:_MAX_WORDS]) or None


def _words(text: str) -> list[str]:
    """Runs of letters and digits with the vowel signs, accents and joiners among them, as PostgreSQL cuts text into words."""
    apart = "".join(c if _within_word(c) else " " for c in text.translate(_DIRECTION))
    # A mark with nothing to stand on (what is left of an emoji) is no word and begins none.
    words = (_from_first_letter(word) for word in apart.split())
    return [word for word in words if word]


def _within_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")


def _from_first_letter(word: str) -> str:
    start = next((place for place, character in enumerate(word) if character.isalnum()), len(word))
    return word[start:]


def _either_form(word: str) -> str:
    # Stored text is kept as it came, accents composed or apart; typed text may be either as well.
    forms = dict.fromkeys(unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
    wanted = " | ".join(f"'{form}':*" for form in forms)
    return wanted if len(forms) == 1 else f"({wanted})"


def matching(table: str, id_column: InstrumentedAttribute[UUID], text: str | None) -> ColumnElement[bool] | None:
    """The condition that a row matches what was typed: at most the newest SEARCH_CAP matches. None when nothing was typed.

    Text without any word in it matches nothing.
    """
    if text is None or not text.strip():
        return None
    words = tsquery(text)
    if words is None:
        return id_column.in_(())
    found = getattr(func, f"search_{table}")(words, SEARCH_CAP).table_valued(column("id", Uuid)).render_derived()
    return id_column.in_(select(found.c.id))


def after(sort: Sort, order: str, id_column: InstrumentedAttribute[UUID], cursor: str | None) -> ColumnElement[bool] | None:
    """The condition that a row comes after the cursor's; None for the first page. Raises InvalidCursor.

    `order` names the list and its order: a cursor is good for nothing else.
    """
    if cursor is None:
        return None
    value, last_id = decode_cursor(cursor, order, 2)
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
    order: str,
    id_column: InstrumentedAttribute[UUID],
    limit: int,
    cursor: str | None,
    shape: Callable[[Any], T],
    place: Callable[[Any], tuple[Any, UUID]],
) -> Page[T]:
    """One page of `query`. `shape` makes an item of a row, `place` tells its sort value and id for the next cursor.

    `order` names the list and its order ("orders.-createdAt"), so that another list's cursor is refused.
    """
    beyond = after(sort, order, id_column, cursor)
    if beyond is not None:
        query = query.where(beyond)
    keys: Sequence[Any] = (sort.column.desc(), id_column.desc()) if sort.descending else (sort.column.asc(), id_column.asc())
    rows = (await session.execute(query.order_by(*keys).limit(limit + 1))).all()
    if len(rows) <= limit:
        return Page([shape(row) for row in rows], None)
    value, last_id = place(rows[limit - 1])
    return Page([shape(row) for row in rows[:limit]], encode_cursor(order, [_text(value), str(last_id)]))


def _text(value: datetime | str | int) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
