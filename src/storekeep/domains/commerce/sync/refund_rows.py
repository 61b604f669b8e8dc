"""Refunds, edits and cancellations: from Shopify's records to rows dated their own day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from storekeep.domains.commerce import sales_figures
from storekeep.domains.commerce.sales_figures import Correction, LedgerSale
from storekeep.domains.commerce.sync.order_state import OrderState
from storekeep.domains.commerce.sync.reading import (
    ZERO,
    Node,
    count,
    day,
    gid_number,
    gid_number_of,
    items,
    label,
    label_or_none,
    moment,
    moment_or_none,
    shop_amount,
    text_or_none,
)
from storekeep.domains.commerce.types import CorrectionKind

TableRow = tuple[str, tuple[Any, ...]]


def refund_rows(node: Node, state: OrderState, zone: ZoneInfo) -> Iterator[TableRow]:
    """(table, row) of a refund and its lines; what it takes back is added to `state`. The order's lines must be known."""
    refund_id = gid_number(node.get("id"), "refunds")
    created = moment(node.get("createdAt") or node.get("processedAt"), "refunds.createdAt")
    processed = moment_or_none(node.get("processedAt"), "refunds.processedAt") or created
    goods: list[tuple[int, Decimal, Decimal]] = []
    for part in items(node.get("refundLineItems"), "refundLineItems"):
        line_id = gid_number_of(part.get("lineItem"), "refundLineItems.lineItem")
        quantity = count(part.get("quantity"), "refundLineItems.quantity")
        subtotal, tax = shop_amount(part, "subtotalSet"), shop_amount(part, "totalTaxSet")
        if line_id not in state.no_sale:
            goods.append((quantity, subtotal, tax))
        part_id = gid_number(part.get("id"), "refundLineItems")
        restock = label_or_none(part.get("restockType"), "refundLineItems.restockType")
        yield "refund_lines", (refund_id, part_id, line_id, quantity, restock, str(subtotal), str(tax))
    shipping = items(node.get("refundShippingLines"), "refundShippingLines")
    adjustments = items(node.get("orderAdjustments"), "orderAdjustments")
    back = sales_figures.goods_back(
        goods,
        [(shop_amount(x, "subtotalAmountSet"), shop_amount(x, "taxAmountSet")) for x in shipping],
        [(shop_amount(x, "amountSet"), shop_amount(x, "taxAmountSet")) for x in adjustments],
        taxes_included=state.taxes_included,
    )
    state.refunds.append(back)
    duties = sum((shop_amount(part, "amountSet") for part in items(node.get("duties"), "refunds.duties")), ZERO)
    if duties:
        given_back = Correction(duties=-duties)
        state.edits.append(given_back)
        yield _correction(CorrectionKind.REFUNDED_DUTIES, refund_id, processed, given_back, zone)
    transactions = [_transaction(x) for x in items(node.get("transactions"), "refunds.transactions")]
    pending = sum((Decimal(x["amount"]) for x in transactions if (x["kind"], x["status"]) == ("REFUND", "PENDING")), ZERO)
    yield (
        "refunds",
        (
            refund_id,
            created,
            processed,
            day(processed, zone, "refunds.processedAt"),
            text_or_none(node.get("note"), "refunds.note"),
            str(shop_amount(node, "totalRefundedSet")),
            str(pending),
            back.units,
            str(back.net),
            str(back.tax),
            str(back.shipping),
            str(back.shipping_tax),
            str(back.adjustment),
            str(back.adjustment_tax),
            orjson.dumps(transactions).decode(),
        ),
    )


def ledger_rows(agreement: Node, state: OrderState, zone: ZoneInfo) -> Iterator[TableRow]:
    """(table, row) of an edit in an order's ledger; what the ledger says was placed goes into `state`. Refunds are read apart."""
    entries = [_ledger_sale(x) for x in items(agreement.get("sales"), "agreements.sales")]
    if agreement.get("reason") == "ORDER":
        state.recorded = sales_figures.placed_by_ledger(entries, state.sold)
    elif agreement.get("reason") == "ORDER_EDIT":
        edit = sales_figures.edit_by_ledger(entries, state.sold)
        state.edits.append(edit)
        at = moment(agreement.get("happenedAt"), "agreements.happenedAt")
        yield _correction(CorrectionKind.EDIT, gid_number(agreement.get("id"), "agreements"), at, edit, zone)


def cancellation_rows(state: OrderState, zone: ZoneInfo) -> Iterator[TableRow]:
    """(table, row) of what a cancellation takes back, if anything was left of the order. Refunds and edits must be known."""
    if state.cancelled_at is None:
        return
    left = sales_figures.cancellation(state.sale(), state.edits, state.refunds)
    if left:
        yield _correction(CorrectionKind.CANCELLATION, 0, state.cancelled_at, left, zone)


def _correction(kind: CorrectionKind, shopify_id: int, at: datetime, made: Correction, zone: ZoneInfo) -> TableRow:
    amounts = (made.gross, made.discounts, made.returns, made.shipping, made.taxes, made.duties, made.fees)
    return "order_corrections", (kind.value, shopify_id, at, day(at, zone, "happenedAt"), *map(str, amounts))


def _transaction(node: Node) -> dict[str, Any]:
    return {
        "id": str(gid_number(node.get("id"), "transactions")),
        "kind": label(node.get("kind"), "transactions.kind"),
        "status": label(node.get("status"), "transactions.status"),
        "gateway": label(node.get("gateway"), "transactions.gateway"),
        "processedAt": label_or_none(node.get("processedAt"), "transactions.processedAt"),
        "amount": str(shop_amount(node, "amountSet")),
    }


def _ledger_sale(node: Node) -> LedgerSale:
    quantity = node.get("quantity")
    return LedgerSale(
        label(node.get("lineType"), "sales.lineType"),
        0 if quantity is None else count(quantity, "sales.quantity"),
        shop_amount(node, "totalAmount"),
        shop_amount(node, "totalDiscountAmountBeforeTaxes"),
        shop_amount(node, "totalTaxAmount"),
        gid_number_of(node.get("lineItem"), "sales.lineItem"),
    )
