"""Parameters every room reads the same way: pages, ids in paths, dates, injected services."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Path, Query, Request
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from storekeep.kit.errors import InvalidInput
from storekeep.kit.paging import DEFAULT_LIMIT, MAX_LIMIT
from storekeep.runtime.services import Services

T = TypeVar("T")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


class InvalidDate(InvalidInput):
    """A date that does not exist, or a range that ends before it begins."""

    code = "VALIDATION_INVALID_DATE"
    message = "A date is not valid. Write it as 2026-01-31."


def _read_date(value: object) -> object:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
    raise PydanticCustomError("date_parsing", "Input should be a date written as 2026-01-31")


def _read_instant(value: object) -> object:
    moment = value if isinstance(value, datetime) else None
    if isinstance(value, str) and "T" in value:
        with contextlib.suppress(ValueError):
            moment = datetime.fromisoformat(value)
    if moment is None or moment.tzinfo is None:
        raise PydanticCustomError("datetime_parsing", "Input should be a moment written as 2026-01-31T09:30:00Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("datetime_parsing", "Input should be a moment within the years 1 to 9999") from None


def _read_uuid(value: object) -> object:
    if isinstance(value, UUID) or (isinstance(value, str) and _UUID.fullmatch(value)):
        return value
    raise PydanticCustomError("uuid_parsing", "Input should be an id")


def _read_whole(value: object) -> object:
    if isinstance(value, int) or (isinstance(value, str) and _WHOLE.fullmatch(value)):
        return value
    raise PydanticCustomError("int_parsing", "Input should be a whole number")


Day = Annotated[
    date, BeforeValidator(_read_date), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-01-31"]})
]
"""A calendar day, YYYY-MM-DD and nothing else: pydantic alone would take timestamps too. Years 0001 to 9999."""

Instant = Annotated[datetime, BeforeValidator(_read_instant)]
"""A moment with its offset, ISO 8601; arrives as aware UTC. Refused: no offset, or outside the years 1 to 9999 in UTC."""

Id = Annotated[UUID, BeforeValidator(_read_uuid)]
"""An id in a query or a body, in canonical form; malformed is a 422."""

PathId = Annotated[UUID, BeforeValidator(_read_uuid), Path(description="The thing's id.")]
"""An id in a path; malformed is a 404, for ids are opaque and one that cannot exist does not."""


PLAIN_DIGITS = BeforeValidator(_read_whole)
"""`Annotated[int, Query(ge=1), PLAIN_DIGITS]`: a whole number in a query; pydantic alone would take 1_0 too."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for: at most `limit` items after the opaque `cursor`, None being the first page."""

    limit: int
    cursor: str | None


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many items at most."), PLAIN_DIGITS] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(min_length=1, max_length=2000, description="`nextCursor` of the page before; absent for the first.")
    ] = None,
) -> PageRequest:
    return PageRequest(limit, cursor)


Paging = Annotated[PageRequest, Depends(_page_request)]
"""`paging: Paging` in a list route gives it `limit` and `cursor`."""


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days asked for, inclusive; either end may be open."""

    first: date | None
    last: date | None


async def _day_range(
    first: Annotated[Day | None, Query(alias="from", description="First day, inclusive, in the store's time zone.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last day, inclusive, in the store's time zone.")] = None,
) -> DayRange:
    if first is not None and last is not None and last < first:
        raise InvalidDate("The first day is after the last.", details={"fields": [{"path": "to", "type": "date_range"}]})
    return DayRange(first, last)


Days = Annotated[DayRange, Depends(_day_range)]
"""`days: Days` gives a route `from` and `to`; a range that ends before it begins is VALIDATION_INVALID_DATE."""


def services_of(request: Request) -> Services:
    """What this process was wired with."""
    services: Services = request.app.state.services
    return services


def wired(kind: type[T]) -> Any:
    """The dependency that hands a route what wiring registered: `cache: Annotated[TenantCache, wired(TenantCache)]`."""

    async def provide(request: Request) -> T:
        return services_of(request).get(kind)

    return Depends(provide)
