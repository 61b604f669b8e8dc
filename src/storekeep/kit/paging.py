"""Keyset pages: an opaque cursor that names the last row seen under one sort order, and the page it yields."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from storekeep.kit.errors import InvalidInput

T = TypeVar("T")
DEFAULT_LIMIT = 50
MAX_LIMIT = 100


class InvalidCursor(InvalidInput):
    """The cursor was not made by this list under this sort order."""

    code = "VALIDATION_INVALID_CURSOR"
    message = "This page cursor does not belong to this list. Start again from the first page."


def encode_cursor(sort: str, values: Sequence[str | int | None]) -> str:
    """The cursor after a row whose sort key is `values` (the last one its id) in the order named `sort`."""
    raw = json.dumps([sort, *values], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(cursor: str, sort: str, size: int) -> list[Any]:
    """The `size` values of a cursor made under `sort`. Raises InvalidCursor for anything else."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        value = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise InvalidCursor() from error
    if not isinstance(value, list) or len(value) != size + 1 or value[0] != sort:
        raise InvalidCursor()
    if not all(part is None or isinstance(part, str | int) for part in value):
        raise InvalidCursor()
    return value[1:]


def decode_moment(text: object) -> datetime:
    """A cursor's time in UTC, one that the database knows too. Raises ValueError, OverflowError outside the years 1 to 9999."""
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("naive time")
    return moment.astimezone(UTC)


def decode_place(cursor: str, sort: str) -> tuple[datetime, UUID]:
    """The moment and the id in a cursor of a list that is ordered by these two. Raises InvalidCursor."""
    moment, row_id = decode_cursor(cursor, sort, 2)
    try:
        return decode_moment(moment), UUID(str(row_id))
    except (ValueError, OverflowError) as error:
        raise InvalidCursor() from error


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: its items, and the cursor of the next page or None at the end."""

    items: list[T]
    next_cursor: str | None
