"""What neither a bulk file nor a page can hold, read from Shopify for the orders that have it: refunds, and ledgers of edits."""

from __future__ import annotations

from typing import Any

from storekeep.domains.commerce.sync.order_rows import OrderAssembler
from storekeep.integrations.shopify.admission import Priority
from storekeep.integrations.shopify.client import ShopifyClient
from storekeep.integrations.shopify.documents import (
    LEDGER_SALES_PAGE,
    ORDER_LEDGER,
    ORDER_LINES_PAGE,
    ORDER_REFUNDS,
    REFUND_LINES_PAGE,
)
from storekeep.integrations.shopify.errors import ShopifyObjectGone
from storekeep.integrations.shopify.paging import batches_by_id, complete

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
        if any(agreement["sales"]["pageInfo"]["hasNextPage"] for agreement in agreements):
            agreements = await _long_ledger(client, gid, priority)
    except ShopifyObjectGone:
        assembler.gone(gid)
        return
    assembler.ledger(gid, agreements)


async def _long_ledger(client: ShopifyClient, gid: str, priority: Priority) -> list[Node]:
    """A ledger of which an agreement holds more than a page, agreement by agreement. Raises ShopifyObjectGone."""
    agreements: list[Node] = []
    before: str | None = None
    while True:
        sales: list[Node] = []
        after: str | None = None
        while True:
            variables = {"id": gid, "agreement": before, "first": LEDGER_SALES_PAGE.page_size, "after": after}
            owner = (await client.execute(LEDGER_SALES_PAGE, variables, priority=priority)).data.get("owner")
            if owner is None or not owner["agreements"]["nodes"]:
                raise ShopifyObjectGone(details={"shop": client.shop, "operation": LEDGER_SALES_PAGE.name})
            agreement = owner["agreements"]["nodes"][0]
            sales += agreement["sales"]["nodes"]
            after = agreement["sales"]["pageInfo"]["endCursor"]
            if not agreement["sales"]["pageInfo"]["hasNextPage"]:
                break
        agreements.append({**agreement, "sales": {"nodes": sales}})
        before = owner["agreements"]["pageInfo"]["endCursor"]
        if not owner["agreements"]["pageInfo"]["hasNextPage"]:
            return agreements
