"""Finding what was deleted at the source, which no delta shows: where we have more than the source counts, ids are compared.

A store that lost one order of many thousands costs a dozen counts and a page of ids. Where the source has as many as we have or
more, nothing is concluded: what is new comes with the delta. Nothing is removed that Shopify still knows by its id.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select

from storekeep.domains.commerce.models import Customer, Order, Product
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
_MAX_PLACEHOLDERS = 1_000  # there are few, unless customers may not be read at all
_VISIBLE = timedelta(days=59)
# The newest records may be known to one of Shopify's lists and not yet to its counts.
_SETTLED = timedelta(minutes=2)
_Span = tuple[datetime | None, datetime]


async def find_vanished(reading: StoreReading, resource: Resource) -> list[int]:
    """Shopify numbers of stored records that Shopify does not know any more. Raises as the client."""
    start = reading.started_at - _VISIBLE if resource is Resource.ORDERS and reading.history_limited else None
    waiting: list[_Span] = [(start, reading.started_at - _SETTLED)]
    missing: list[int] = []
    looked_at = 0
    while waiting and looked_at < _MAX_SPANS:
        span = waiting.pop()
        looked_at += 1
        theirs = await read_count(reading.client, resource, search_for(resource, *span, listing=False))
        if not theirs.exact or await _stored_count(reading, resource, span) <= theirs.count:
            continue
        parts = halves(*span, span[1])
        if theirs.count <= _PAGE or len(parts) == 1:
            missing += await _missing(reading, resource, span)
        else:
            waiting += [(low, high or span[1]) for low, high in parts]
    if resource is Resource.CUSTOMERS:
        missing += await _placeholders(reading)
    return await _unknown(reading, resource, missing)


async def _placeholders(reading: StoreReading) -> list[int]:
    """Customers of whom we know a number alone. One deleted before we read them turns up in no list of changes."""
    async with reading.context.transaction() as session:
        query = select(Customer.shopify_id).where(Customer.store_id == reading.store_id, Customer.placeholder)
        return list((await session.execute(query.order_by(Customer.id).limit(_MAX_PLACEHOLDERS))).scalars())


def _within(model: Any, reading: StoreReading, span: _Span) -> list[Any]:
    start, end = span
    wanted = [model.store_id == reading.store_id, model.source_created_at < end]
    if start is not None:
        wanted.append(model.source_created_at >= start)
    if model is Customer:
        wanted.append(Customer.placeholder.is_(False))
    return wanted


async def _stored_count(reading: StoreReading, resource: Resource, span: _Span) -> int:
    model = _MODELS[resource]
    async with reading.context.transaction() as session:
        query = select(func.count()).select_from(model).where(*_within(model, reading, span))
        return int((await session.execute(query)).scalar_one())


async def _missing(reading: StoreReading, resource: Resource, span: _Span) -> set[int]:
    """Numbers stored of the span that Shopify's list of it does not name."""
    named: set[int] = set()
    search = search_for(resource, *span, listing=True)
    async for page in pages(reading.client, _DOCUMENTS[resource], resource, search=search):
        named.update(gid_number(node.get("id")) for node in page.nodes)
    model = _MODELS[resource]
    async with reading.context.transaction() as session:
        stored = (await session.execute(select(model.shopify_id).where(*_within(model, reading, span)))).scalars()
        return set(stored) - named


async def _unknown(reading: StoreReading, resource: Resource, numbers: list[int]) -> list[int]:
    """Those of the numbers that Shopify does not know when asked by id."""
    ids = [f"gid://shopify/{_TYPES[resource]}/{number}" for number in sorted(set(numbers))]
    known: set[int] = set()
    async for batch in batches_by_id(reading.client, EXISTING_IDS, ids):
        known.update(gid_number(node.get("id")) for node in batch)
    gone = [number for number in sorted(set(numbers)) if number not in known]
    if gone:
        log.info("sync_records_vanished", store_id=str(reading.store_id), resource=resource, count=len(gone))
    return gone
