"""Bases and field types of what goes over the wire: camelCase JSON, money as decimal strings, times in UTC with milliseconds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic.alias_generators import to_camel

from storekeep.runtime.web.problems import iso_utc

T = TypeVar("T")
MAX_TEXT = 10_000


class Input(BaseModel):
    """Base of request bodies: names as on the wire, nothing unknown, text up to MAX_TEXT characters unless a field says less.

    NUL and lone surrogates cannot occur: `strict_json` refuses them for every body at once. Write StrictInt and StrictBool:
    pydantic's own would take true for 1 and "0" for false.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=False,
        extra="forbid",
        frozen=True,
        str_max_length=MAX_TEXT,
    )


class Read(BaseModel):
    """Base of response bodies: built by field name or from a frozen value's attributes. Fields have no defaults, so that the
    documented shape is the whole shape and a forgotten field fails here and not in a browser."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, from_attributes=True, frozen=True
    )


class ListRead(Read, Generic[T]):
    """A page of a list; `next_cursor` is None at its end."""

    items: list[T]
    next_cursor: str | None = Field(description="Pass as `cursor` for the next page; null at the end.")


Moment = Annotated[
    datetime,
    PlainSerializer(iso_utc, return_type=str, when_used="json-unless-none"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-01-31T09:30:00.000Z"]}),
]
"""An aware datetime, written as UTC with milliseconds and `Z`."""

Amount = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", examples=["42.00"])]
"""Money on its way out: a decimal string; its currency stands beside it. `kit.money.to_wire` makes it."""

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["GBP"])]
"""An ISO 4217 code."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""A short text a person typed: trimmed, never blank."""
