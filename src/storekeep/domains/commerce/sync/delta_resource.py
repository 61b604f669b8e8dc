"""What changed of a resource since its mark: pages by time of change, each stored in one transaction that moves the mark along;
then what no such page shows: what was deleted at the source, and what is missing here although it did not change.

Killed between pages, the next attempt begins at the last page's newest change; records of that very second (customers: of
that day) are read again, and found unchanged.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog

from storekeep.domains.commerce.events import StoreDataChanged
from storekeep.domains.commerce.sync import runs
from storekeep.domains.commerce.sync.apply import apply, remove
from storekeep.domains.commerce.sync.details import read_details, whole_order
from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from storekeep.domains.commerce.sync.reach import reach_of
from storekeep.domains.commerce.sync.reader import StoreReading
from storekeep.domains.commerce.sync.reading import BadRecord, Node, gid_number, moment
from storekeep.domains.commerce.sync.vanished import Lacking, find_disagreement
from storekeep.domains.commerce.sync.windows import search_for
from storekeep.domains.commerce.types import Resource
from storekeep.domains.connections import public as connections
from storekeep.integrations.shopify.documents import (
    CUSTOMER_ADDRESSES_PAGE,
    CUSTOMERS_DELTA,
    ORDERS_DELTA,
    PRODUCT_VARIANTS_PAGE,
    PRODUCTS_DELTA,
)
from storekeep.integrations.shopify.errors import ShopifyObjectGone
from storekeep.integrations.shopify.paging import Page, complete, pages
from storekeep.integrations.shopify.search import updated_between

log = structlog.get_logger(__name__)
_REMOVED_AT_ONCE = 500
_DOCUMENTS = {
    Resource.CUSTOMERS: CUSTOMERS_DELTA,
    Resource.ORDERS: ORDERS_DELTA,
    Resource.PRODUCTS: PRODUCTS_DELTA,
}


class ResourceDelta:
    """The delta of one resource in one run. Everything changed before `mark` is stored; `cursor`: how far an earlier attempt at
    the same run came."""

    def __init__(self, reading: StoreReading, resource: Resource, mark: datetime, cursor: datetime | None) -> None:
        self._reading = reading
        self._resource = resource
        self._mark = mark
        self._cursor = cursor

    async def run(self) -> None:
        """Read and store page after page. Raises as `ResourceImport.run`."""
        begin = self._mark - self._reading.limits.overlap_of(self._resource)
        if self._cursor is not None:
            begin = max(begin, self._cursor)
        search = updated_between(begin)
        async for page in pages(self._reading.client, _DOCUMENTS[self._resource], self._resource, search=search):
            if page.nodes:
                await self._store(page)
        found = await find_disagreement(self._reading, self._resource)
        await self._remove(found.vanished)
        for lacking in found.lacking:
            await self._read_lacking(lacking)
        await self._conclude()

    async def _read_lacking(self, lacking: Lacking) -> None:
        """Store what the source has and we do not, and did not change since the mark."""
        log.warning(
            "sync_records_lacking", store_id=str(self._reading.store_id), resource=self._resource, count=len(lacking.numbers)
        )
        search = search_for(self._resource, lacking.starts_at, lacking.ends_at, listing=True)
        async for page in pages(self._reading.client, _DOCUMENTS[self._resource], self._resource, search=search):
            wanted = [node for node in page.nodes if gid_number(node.get("id")) in lacking.numbers]
            if wanted:
                await self._store(replace(page, nodes=wanted), moves=False)

    async def _store(self, page: Page, *, moves: bool = True) -> None:
        """Store a page; unless it `moves`, the next attempt begins where it would have begun without it."""
        reading = self._reading
        assembler = reading.assembler(self._resource)
        assembler.wholes([node for node in [await self._whole(node) for node in page.nodes] if node is not None])
        if isinstance(assembler, OrderAssembler):
            await read_details(reading.client, assembler)
        newest = self._newest(page) if moves else None
        async with reading.context.transaction() as session:
            await connections.ensure_store_active(session, reading.store_id)
            merged = await apply(session, reading.calendar, assembler)
            row = await runs.lock_resource(session, reading.run_id, self._resource)
            further = newest is not None and (row.cursor is None or newest > row.cursor)
            runs.record(row, assembler.tally, cursor=newest)
            # What an earlier attempt had read too is read again by each: that alone is no progress.
            if merged.changed or further:
                await runs.progressed(session, reading.run_id)
            if merged.changed:
                await session.announce(StoreDataChanged(store_id=reading.store_id, resource=self._resource))
        await reading.news.progress(row, changed=merged.changed)

    async def _remove(self, numbers: list[int]) -> None:
        """Let go of what was deleted at the source."""
        reading = self._reading
        for start in range(0, len(numbers), _REMOVED_AT_ONCE):
            async with reading.context.transaction() as session:
                await connections.ensure_store_active(session, reading.store_id)
                merged = await remove(session, reading.calendar, self._resource, numbers[start : start + _REMOVED_AT_ONCE])
                row = await runs.lock_resource(session, reading.run_id, self._resource)
                row.removed += merged.removed
                await session.announce(StoreDataChanged(store_id=reading.store_id, resource=self._resource))
            await reading.news.progress(row, changed=merged.changed)

    async def _whole(self, node: Node) -> Node | None:
        """The record with every nested list complete; None when it was deleted while we read."""
        client = self._reading.client
        try:
            if self._resource is Resource.ORDERS:
                return await whole_order(client, node)
            if self._resource is Resource.CUSTOMERS:
                addresses = await complete(client, CUSTOMER_ADDRESSES_PAGE, node, "addressesV2")
                return {**node, "addressesV2": {"nodes": addresses}}
            return {**node, "variants": {"nodes": await complete(client, PRODUCT_VARIANTS_PAGE, node, "variants")}}
        except ShopifyObjectGone:
            return None

    def _newest(self, page: Page) -> datetime | None:
        """How far the page brings us: its newest change, but never past the run's beginning."""
        times = []
        for node in page.nodes:
            try:
                times.append(moment(node.get("updatedAt"), "updatedAt"))
            except BadRecord:
                continue
        return min(max(times), self._reading.started_at) if times else None

    async def _conclude(self) -> None:
        reading = self._reading
        async with reading.context.transaction() as session:
            await connections.ensure_store_active(session, reading.store_id)
            # What was placed since the mark and is hidden by now was never seen.
            reach = reach_of(history_limited=reading.history_limited and self._resource is Resource.ORDERS)
            if reach is not None and self._mark < reach:
                await connections.record_orders_known(session, reading.store_id, reach)
            row = await runs.lock_resource(session, reading.run_id, self._resource)
            if row.cursor is not None:
                await runs.set_high_water(session, reading.store_id, self._resource, row.cursor)
            else:
                row.cursor = self._mark
            runs.succeed_resource(row)
            await runs.progressed(session, reading.run_id)
        await reading.news.progress(row, changed=False)
