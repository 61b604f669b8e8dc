"""How much is read at a time. One instance a process may be wired; rooms never read settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from storekeep.domains.commerce.types import Resource
from storekeep.runtime.services import Services


@dataclass(frozen=True, slots=True)
class SyncLimits:
    """Bounds of copying.

    `window`: root records a bulk operation may hold, by resource: they are loaded in one transaction, and what is remembered of
    each takes memory. `ahead`: bulk operations under way at once (Shopify allows five a shop and app). `overlap`: how far before
    its mark a delta begins, for clocks differ and news is late; Shopify matches customers' changes by whole days.
    """

    orders_window: int = 5_000
    customers_window: int = 20_000
    products_window: int = 20_000
    ahead: int = 3
    overlap: timedelta = timedelta(minutes=10)
    customers_overlap: timedelta = timedelta(hours=24)
    bulk_patience_s: float = 1_800
    max_attempts: int = 3
    max_setbacks: int = 8

    def window(self, resource: Resource) -> int:
        """Root records a window of the resource may hold."""
        sizes = {
            Resource.CUSTOMERS: self.customers_window,
            Resource.ORDERS: self.orders_window,
            Resource.PRODUCTS: self.products_window,
        }
        return sizes[resource]

    def overlap_of(self, resource: Resource) -> timedelta:
        """How far before its mark a delta of the resource begins."""
        return self.customers_overlap if resource is Resource.CUSTOMERS else self.overlap


def limits_of(services: Services) -> SyncLimits:
    """The limits wired, or the ordinary ones."""
    try:
        return services.get(SyncLimits)
    except LookupError:
        return SyncLimits()
