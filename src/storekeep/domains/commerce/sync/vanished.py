"""Finding where we and the source disagree, which no delta shows: where the counts differ, ids are compared.

A store that lost one order of many thousands, here or there, costs a dozen counts and a page of ids. Looked at is only what is
older than two minutes, after everything that changed was read: what is newer comes with the next delta. Nothing is removed that
Shopify still knows by its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, func, select

from storekeep.domains.commerce.errors import SourceCountMismatch
from storekeep.domains.commerce.models import Customer, Order, Product
from storekeep.domains.commerce.sync.reach import reach_of, read_reach
from storekeep.domains.commerce.sync.reader import StoreReading
from storekeep.domains.commerce.sync.reading import gid_number
from storekeep.domains.commerce.sync.windows import halves, search_for
from storekeep.domains.commerce.types import Resource
from storekeep.integrations.shopify.documents import CUSTOMER_IDS, EXISTING_IDS, ORDER_IDS, PRODUCT_IDS
from storekeep.integrations.shopify.gateway import read_count
from storekeep.integrations.shopify.paging import batches_by_id, pages

log = structlog.get_logger(__name__)
_MODELS: dict[Resource, Any] = {Resource.CUSTOMERS: Customer, Resource.ORDERS: Order, Resource.PRODUCTS: Product}
_DOCUMENTS = {Resource.CUSTOMERS: CUSTOMER_IDS, Resource.ORDERS: ORDER_IDS, Resource.PRODUCTS: PRODUCT_IDS}
_TYPES = {Resource.CUSTOMERS: "Customer", Resource.ORDERS: "Order", Resource.PRODUCTS: "Product"}
_PAGE = 250  # spans with no more records than this are compared id by id
_MAX_SPANS = 200  # a store that lost so much is better read again as a whole
_MAX_LACKING = 20  # and so is one of whose records so many pages are missing here
_MAX_PLACEHOLDERS = 1_000  # there are few, unless customers may not be read at all
# The newest records may be known to one of Shopify's lists and not yet to its counts.
_SETTLED = timedelta(minutes=2)
_Span = tuple[datetime | None, datetime]
_PLACEHOLDERS = (
    select(Customer.shopify_id)
    .where(Customer.store_id == bindparam("store"), Customer.placeholder)
    .order_by(Customer.id)
    .limit(_MAX_PLACEHOLDERS)
)
_CREATED_SINCE = select(Order.shopify_id).where(
    Order.store_id == bindparam("store"),
    Order.shopify_id == any_(bindparam("numbers", type_=ARRAY(BigInteger))),  # one parameter, however many numbers
    Order.source_created_at >= bindparam("seen_from"),
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """Shopify numbers that are not stored, of records created in the half-open span."""

    starts_at: datetime | None
    ends_at: datetime
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """`vanished`: Shopify numbers of stored records that Shopify does not know any more; `lacking`: what only Shopify has."""

    vanished: list[int]
    lacking: list[Lacking]


async def find_disagreement(reading: StoreReading, resource: Resource) -> Disagreement:
    """Where we and Shopify disagree. Raises SourceCountMismatch when more is missing here than can be read piece by piece, and
    as the client."""
    start, end = _compared_from(reading, resource), reading.started_at - _SETTLED
    # A run that waited for longer than we can look back has nothing left to look at.
    waiting: list[_Span] = [(start, end)] if start is None or start < end else []
    missing: list[int] = []
    lacking: list[Lacking] = []
    looked_at = 0
    while waiting and looked_at < _MAX_SPANS:
        span = waiting.pop()
        looked_at += 1
        theirs = await read_count(reading.client, resource, search_for(resource, *span, listing=False))
        ours = await _stored_count(reading, resource, span)
        if not theirs.exact or ours == theirs.count:
            continue
        parts = halves(*span, span[1])
        if theirs.count <= _PAGE or len(parts) == 1:
            ours_only, theirs_only = await _compared(reading, resource, span)
            missing += ours_only
            if theirs_only:
                lacking.append(Lacking(*span, frozenset(theirs_only)))
            if len(lacking) > _MAX_LACKING:
                raise SourceCountMismatch(details={"stored": ours, "counted": theirs.count})
        else:
            waiting += [(low, high or span[1]) for low, high in parts]
    if resource is Resource.CUSTOMERS:
        missing += await _placeholders(reading)
    vanished = await _unknown(reading, resource, missing)
    if vanished and resource is Resource.ORDERS:
        vanished = await _within_reach(reading, vanished)
    if vanished:
        log.info("sync_records_vanished", store_id=str(reading.store_id), resource=resource, count=len(vanished))
    return Disagreement(vanished, lacking)


def _compared_from(reading: StoreReading, resource: Resource) -> datetime | None:
    """Records created before are not compared (None: all are): hidden ones cannot be, and ones once hidden a full read brings."""
    if resource is not Resource.ORDERS:
        return None
    bounds = (reach_of(history_limited=reading.history_limited), reading.orders_known_from)
    return max((bound for bound in bounds if bound is not None), default=None)


async def _within_reach(reading: StoreReading, numbers: list[int]) -> list[int]:
    """Those of the orders that Shopify would show us if they were there."""
    seen_from = await read_reach(reading.client, history_limited=reading.history_limited)
    if seen_from is None:
        return numbers
    rows = await reading.context.reads.rows(
        _CREATED_SINCE, {"store": reading.store_id, "numbers": numbers, "seen_from": seen_from}
    )
    return sorted(row.shopify_id for row in rows)


async def _placeholders(reading: StoreReading) -> list[int]:
    """Customers of whom we know a number alone. One deleted before we read them turns up in no list of changes."""
    rows = await reading.context.reads.rows(_PLACEHOLDERS, {"store": reading.store_id})
    return [row.shopify_id for row in rows]


def _within(model: Any, *, since: bool) -> list[Any]:
    wanted = [model.store_id == bindparam("store"), model.source_created_at < bindparam("ends_at")]
    if since:
        wanted.append(model.source_created_at >= bindparam("starts_at"))
    if model is Customer:
        wanted.append(Customer.placeholder.is_(False))
    return wanted


@cache
def _count_of(resource: Resource, *, since: bool) -> Select[int]:
    model = _MODELS[resource]
    return select(func.count()).select_from(model).where(*_within(model, since=since))


async def _stored_count(reading: StoreReading, resource: Resource, span: _Span) -> int:
    since = span[0] is not None
    [(count,)] = await reading.context.reads.rows(_count_of(resource, since=since), _bounds(reading, span))
    return int(count)


def _bounds(reading: StoreReading, span: _Span) -> dict[str, Any]:
    return {"store": reading.store_id, "starts_at": span[0], "ends_at": span[1]}


async def _compared(reading: StoreReading, resource: Resource, span: _Span) -> tuple[set[int], set[int]]:
    """Numbers stored of the span that Shopify's list of it does not name; and those it names that are not stored."""
    named: set[int] = set()
    search = search_for(resource, *span, listing=True)
    async for page in pages(reading.client, _DOCUMENTS[resource], resource, search=search):
        named.update(gid_number(node.get("id")) for node in page.nodes)
    model = _MODELS[resource]
    async with reading.context.transaction() as session:
        stored = select(model.shopify_id).where(*_within(model, since=span[0] is not None))
        ours = set((await session.execute(stored, _bounds(reading, span))).scalars())
        others = select(model.shopify_id).where(model.store_id == reading.store_id, model.shopify_id.in_(named - ours))
        if model is Customer:
            others = others.where(Customer.placeholder.is_(False))
        # What is stored under another time of creation is not lacking.
        elsewhere = set((await session.execute(others)).scalars())
        return ours - named, named - ours - elsewhere


async def _unknown(reading: StoreReading, resource: Resource, numbers: list[int]) -> list[int]:
    """Those of the numbers that Shopify does not know when asked by id."""
    ids = [f"gid://shopify/{_TYPES[resource]}/{number}" for number in sorted(set(numbers))]
    known: set[int] = set()
    async for batch in batches_by_id(reading.client, EXISTING_IDS, ids):
        known.update(gid_number(node.get("id")) for node in batch)
    return [number for number in sorted(set(numbers)) if number not in known]
