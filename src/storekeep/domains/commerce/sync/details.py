"""What neither a bulk file nor a page can hold, read from Shopify for the orders that have it: refunds, and ledgers of edits."""

from __future__ import annotations

from typing import Any

import structlog

from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from storekeep.integrations.shopify.admission import Priority
from storekeep.integrations.shopify.client import ShopifyClient
from storekeep.integrations.shopify.documents import ORDER_LEDGER, ORDER_LINES_PAGE, ORDER_REFUNDS, REFUND_LINES_PAGE
from storekeep.integrations.shopify.errors import ShopifyObjectGone
from storekeep.integrations.shopify.paging import batches_by_id, complete

log = structlog.get_logger(__name__)
Node = dict[str, Any]


async def read_details(client: ShopifyClient, assembler: OrderAssembler, *, priority: Priority = "background") -> None:
    """Read and feed the refunds and ledgers that `assembler` wants. Orders deleted meanwhile are fed as gone."""
    async for batch in batches_by_id(client, ORDER_REFUNDS, assembler.wanting_refunds(), priority=priority):
        for node in batch:
            assembler.refunds(node["id"], await whole_refunds(client, node, priority=priority))
    for gid in assembler.wanting_refunds():
        assembler.gone(gid)
    for gid in assembler.wanting_ledger():
        await _read_ledger(client, assembler, gid, priority)


async def whole_refunds(client: ShopifyClient, order: Node, *, priority: Priority = "background") -> list[Node]:
    """The refunds of an order node with all their lines."""
    refunds = []
    for refund in order.get("refunds") or ():
        lines = await complete(client, REFUND_LINES_PAGE, refund, "refundLineItems", priority=priority)
        refunds.append({**refund, "refundLineItems": {"nodes": lines}})
    return refunds


async def whole_order(client: ShopifyClient, order: Node, *, priority: Priority = "background") -> Node:
    """An order node with all its lines. Raises ShopifyObjectGone."""
    if not order["lineItems"]["pageInfo"]["hasNextPage"]:
        return order
    lines = await complete(client, ORDER_LINES_PAGE, order, "lineItems", priority=priority)
    return {**order, "lineItems": {"nodes": lines}}


async def _read_ledger(client: ShopifyClient, assembler: OrderAssembler, gid: str, priority: Priority) -> None:
    unread = {"id": gid, "agreements": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}}
    try:
        agreements = await complete(client, ORDER_LEDGER, unread, "agreements", priority=priority)
    except ShopifyObjectGone:
        assembler.gone(gid)
        return
    if any(agreement["sales"]["pageInfo"]["hasNextPage"] for agreement in agreements):
        # More lines in one edit than a page holds, and no way to page on: better the order's own lines than half a ledger.
        log.warning("order_ledger_too_long", order=gid)
        agreements = []
    assembler.ledger(gid, agreements)
