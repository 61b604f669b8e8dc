"""Connections: cursors bound to the list they came from, pages of at most 250, and the page information beside them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLError

MAX_PAGE = 250
NOT_AVAILABLE = "NOT_AVAILABLE_IN_STAND_IN"


@dataclass(slots=True)
class Connection:
    """One page: `items` in order, `cursor(i)` of the i-th of them, and whether there is more on either side."""

    items: Sequence[Any]
    cursor: Callable[[int], str]
    has_next: bool
    has_previous: bool


def bad_request(message: str) -> GraphQLError:
    """An error with the code Shopify gives to arguments it refuses."""
    return GraphQLError(message, extensions={"code": "BAD_REQUEST"})


def not_available(what: str) -> GraphQLError:
    """The honest answer to what the schema has and the stand-in has not."""
    return GraphQLError(f"{what} is not available in the stand-in", extensions={"code": NOT_AVAILABLE})


def page_size(args: dict[str, Any]) -> tuple[int, bool]:
    """(size, from the end) asked for by first/last. Raises GraphQLError when neither, both, or more than 250 are asked for."""
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise bad_request("you must provide one of first or last")
    if first is not None and last is not None:
        raise bad_request("providing both first and last is not supported")
    name, size = ("first", first) if first is not None else ("last", last)
    assert isinstance(size, int)
    if size > MAX_PAGE:
        raise bad_request(f"{name} cannot exceed {MAX_PAGE}")
    if size < 1:
        raise bad_request(f"{name} must be at least 1")
    return size, first is None


def list_tag(*parts: Any) -> str:
    """A short name for one list: the same query, sort and filter give the same name."""
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:8]


def encode(tag: str, *key: int) -> str:
    """The cursor after the row with this sort key in the list named `tag`."""
    return base64.b64encode(orjson.dumps([tag, *key])).decode()


def decode(cursor: str, tag: str) -> list[int]:
    """The sort key in a cursor. Raises GraphQLError when it comes from another query, sort or filter."""
    try:
        value = orjson.loads(base64.b64decode(cursor, validate=True))
    except ValueError as error:
        raise bad_request("Invalid cursor for current pagination sort.") from error
    if not isinstance(value, list) or not value or value[0] != tag or not all(isinstance(x, int) for x in value[1:]):
        raise bad_request("Invalid cursor for current pagination sort.")
    return value[1:]


def slice_of(count: int, size: int, from_end: bool, after: int | None, before: int | None) -> tuple[int, int]:
    """[start, end) of a page in a list of `count`, given positions just after `after` and just before `before`."""
    low = 0 if after is None else after
    high = count if before is None else before
    if from_end:
        return max(low, high - size), high
    return low, min(high, low + size)


def page_of_list(items: Sequence[Any], args: dict[str, Any], tag: str) -> Connection:
    """A page of a short list that belongs to one object (line items, variants, refund lines…), cursors counting from 1."""
    size, from_end = page_size(args)
    tag = list_tag(tag, bool(args.get("reverse")))
    rows = list(reversed(items)) if args.get("reverse") else items
    after = decode(args["after"], tag)[0] if args.get("after") else None
    before = decode(args["before"], tag)[0] - 1 if args.get("before") else None
    start, end = slice_of(len(rows), size, from_end, after, before)
    return Connection(
        rows[start:end], lambda i: encode(tag, start + i + 1), has_next=end < len(rows), has_previous=start > 0 and end > 0
    )
