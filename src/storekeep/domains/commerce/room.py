"""Manifest of the room commerce."""

from __future__ import annotations

from storekeep.domains.commerce import models
from storekeep.runtime.manifest import Room

room = Room(
    name="commerce",
    models=(
        Customer,
        CustomerSales,
        Fulfillment,
        Order,
        OrderLine,
        Product,
        Refund,
        RefundLine,
        SalesDay,
        SyncCursor,
        SyncResource,
        SyncRun,
        SyncWindow,
        Variant,
    ),
)
