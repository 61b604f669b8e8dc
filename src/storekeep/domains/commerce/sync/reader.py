"""What reading a store needs at hand: who it is, how to reach it, under which calendar, and within which limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storekeep.domains.commerce.calendars import Calendar
from storekeep.domains.commerce.sync.customer_rows import CustomerAssembler
from storekeep.domains.commerce.sync.limits import SyncLimits
from storekeep.domains.commerce.sync.news import SyncNews
from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from storekeep.domains.commerce.sync.product_rows import ProductAssembler
from storekeep.domains.commerce.types import Resource, RunKind
from storekeep.integrations.shopify.bulk_file import BulkFiles
from storekeep.integrations.shopify.client import ShopifyClient
from storekeep.runtime.jobs import JobContext


@dataclass(frozen=True, slots=True)
class StoreReading:
    """One run of one store. `started_at` is a whole second: what happens later is the next run's business.

    `orders_known_from`: older orders may be missing here, for they were hidden when the store was read (None: none was).
    """

    context: JobContext
    run_id: UUID
    store_id: UUID
    kind: RunKind
    started_at: datetime
    history_limited: bool
    orders_known_from: datetime | None
    calendar: Calendar
    client: ShopifyClient
    files: BulkFiles
    limits: SyncLimits
    news: SyncNews

    def assembler(self, resource: Resource) -> OrderAssembler | CustomerAssembler | ProductAssembler:
        """A fresh assembler of the resource's records."""
        if resource is Resource.ORDERS:
            return OrderAssembler(self.calendar.zone)
        return CustomerAssembler(self.calendar.zone) if resource is Resource.CUSTOMERS else ProductAssembler()
