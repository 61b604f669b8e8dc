"""Reads values out of Shopify's JSON: ids, times, amounts, texts. What cannot be stored raises BadRecord for that record."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from storekeep.kit.clock import day_in
from storekeep.kit.text import storable

ZERO = Decimal(0)
Node = dict[str, Any]

_GID = re.compile(r"gid://shopify/([A-Za-z]+)/(\d{1,19})(?:\?.*)?", re.ASCII | re.DOTALL)
_AMOUNT = re.compile(r"-?\d{1,14}(?:\.\d{1,20})?", re.ASCII)
_MAX_ID = 2**63 - 1
_MAX_COUNT = 1_000_000_000
# Longer ids than this are nobody's ordinary ones and are not worth the memory of remembering them.
_REMEMBERED = 100
_LONGEST_AMOUNT = 36
# B-tree entries end at 2,704 bytes; no field of Shopify's that we index is meant to be longer than 255 characters.
_INDEXED = 500
_LONG = 100_000


class BadRecord(Exception):
    """One record that cannot be stored. `message` names the field and never quotes its content."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        super().__init__(f"{field} {problem}")


def gid_number(value: object, field: str = "id") -> int:
    """The number in a global id; its query string, which some have, is ignored."""
    match = _GID.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise BadRecord(field, "is not a global id")
    number = int(match[2])
    if not 0 < number <= _MAX_ID:
        raise BadRecord(field, "is out of range")
    return number


# Exports name the same parents, products and variants over and over; the memory of one window's is a few megabytes.
_known_gid = lru_cache(maxsize=16_384)(gid_number)


def linked_number(value: object, field: str) -> int:
    """`gid_number` of an id that comes again and again: it is read once and remembered."""
    if not isinstance(value, str) or len(value) > _REMEMBERED:
        return gid_number(value, field)
    try:
        return _known_gid(value)  # without the field, so that a thing named in several is remembered once
    except BadRecord:
        return gid_number(value, field)


def gid_number_of(node: object, field: str) -> int | None:
    """The number of a linked object `{id}`; None where nothing is linked (any more)."""
    if node is None:
        return None
    return linked_number(node.get("id") if isinstance(node, dict) else None, field)


def moment(value: object, field: str) -> datetime:
    """An aware time, in UTC."""
    if not isinstance(value, str):
        raise BadRecord(field, "is missing")
    try:
        read = datetime.fromisoformat(value)
        if read.tzinfo is None:
            raise BadRecord(field, "has no time zone")
        return read if read.tzinfo is UTC else read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRecord(field, "is not a time") from None


def moment_or_none(value: object, field: str) -> datetime | None:
    """A time that may be missing."""
    return None if value is None else moment(value, field)


def day(at: datetime, zone: ZoneInfo, field: str) -> date:
    """The store-local day of `at`."""
    try:
        return day_in(at, zone)
    except OverflowError:
        raise BadRecord(field, "is out of range") from None


@lru_cache(maxsize=16_384)
def _money(value: str) -> tuple[Decimal, str] | None:
    # Prices repeat: most amounts of an export were read, and written out, before.
    if not _AMOUNT.fullmatch(value):
        return None
    read = Decimal(value)
    return read, str(read)


def amount(value: object, field: str) -> Decimal:
    """A decimal string. Amounts of 10^14 and more are refused: their sums could not be stored."""
    read = _money(value) if isinstance(value, str) and len(value) <= _LONGEST_AMOUNT else None
    if read is None:
        raise BadRecord(field, "is not an amount")
    return read[0]


def shop_money(node: Node, field: str) -> tuple[Decimal, str]:
    """The amount of a money bag in the shop's currency, and the same as it is staged; 0 where there is no bag."""
    bag = node.get(field)
    if bag is None:
        return ZERO, "0"
    try:
        value = bag["shopMoney"]["amount"]
        # What is no text has no length, no hash, or does not match: a TypeError each.
        read = _money(value) if len(value) <= _LONGEST_AMOUNT else None
    except (KeyError, TypeError):
        read = None
    if read is None:
        raise BadRecord(field, "is not an amount")
    return read


def shop_amount(node: Node, field: str) -> Decimal:
    """The amount of a money bag in the shop's currency; 0 where there is no bag."""
    return shop_money(node, field)[0]


def count(value: object, field: str) -> int:
    """A quantity: a whole number, not beyond a thousand million either way."""
    if type(value) is not int or not -_MAX_COUNT <= value <= _MAX_COUNT:
        raise BadRecord(field, "is not a quantity")
    return value


def flag(value: object) -> bool:
    """Whether the field is true; missing is false."""
    return value is True


def text(value: object, field: str, limit: int = _LONG) -> str:
    """A text as it is, cut at `limit` characters, "" where it is missing."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRecord(field, "is not text")
    if len(value) > limit:
        value = value[:limit]
    # What `storable` would leave as it is, which is nearly everything, need not ask it.
    return value if value.isascii() and "\x00" not in value else storable(value)


def text_or_none(value: object, field: str, limit: int = _LONG) -> str | None:
    """A text; None where it is missing or empty."""
    return text(value, field, limit) or None


def label(value: object, field: str) -> str:
    """A text that is indexed: cut at 500 characters."""
    return text(value, field, _INDEXED)


def label_or_none(value: object, field: str) -> str | None:
    """An indexed text; None where it is missing or empty."""
    return None if value is None else text(value, field, _INDEXED) or None


def texts(value: object, field: str) -> list[str]:
    """A list of texts, empties left out; [] where it is missing."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadRecord(field, "is not a list")
    return [item for item in (text(entry, field, _INDEXED) for entry in value[:1000]) if item]


def items(value: object, field: str) -> list[Any]:
    """The objects of a plain list or of a connection's `nodes`; [] where it is missing."""
    if isinstance(value, dict):
        value = value.get("nodes")
    if value is None or value == []:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise BadRecord(field, "is not a list")
    return value


def currency(value: object, field: str) -> str:
    """An ISO 4217 code."""
    if not isinstance(value, str) or len(value) != 3 or not value.isascii() or not value.isalpha():
        raise BadRecord(field, "is not a currency")
    return value.upper()


def storable_json(value: Any) -> Any:
    """`value` (parsed JSON) with every text in it storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): storable_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable_json(item) for item in value]
    return value
