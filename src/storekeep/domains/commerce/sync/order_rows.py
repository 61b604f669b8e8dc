"""Orders: from Shopify's records to rows, whatever the way they came.

Refunds, and the ledger of edited orders, are read apart (neither a bulk file nor a page can hold them) and fed last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import orjson

from storekeep.domains.commerce import sales_figures
from storekeep.domains.commerce.sync.assembler import Assembler
from storekeep.domains.commerce.sync.order_head import is_tip, order_row, parcel_row, rate_of
from storekeep.domains.commerce.sync.order_state import OrderState
from storekeep.domains.commerce.sync.reading import (
    ZERO,
    BadRecord,
    Node,
    count,
    flag,
    gid_number,
    gid_number_of,
    items,
    label,
    label_or_none,
    shop_amount,
    shop_money,
    text,
)
from storekeep.domains.commerce.sync.refund_rows import TableRow, cancellation_rows, ledger_rows, refund_rows


class OrderAssembler(Assembler[OrderState]):
    """Makes rows of orders; `zone` is the store's, for the days."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone
        self.deleted: set[int] = set()

    def _begin(self, gid: str, node: Node) -> OrderState:
        return OrderState(gid)

    def _root(self, number: int, state: OrderState, node: Node) -> None:
        self._keep_versioned(number, state, "orders", order_row(node, state, self._zone))
        for parcel in items(node.get("fulfillments"), "fulfillments"):
            self._keep(number, state, "fulfillments", parcel_row(parcel))

    def _parts(self, node: Node) -> Iterator[tuple[str, Node]]:
        for part in items(node.get("lineItems"), "lineItems"):
            yield "LineItem", part
        for part in items(node.get("shippingLines"), "shippingLines"):
            yield "ShippingLine", part

    def _part(self, number: int, state: OrderState, kind: object, node: Node) -> None:
        if kind == "LineItem":
            self._line(number, state, node)
        elif kind == "ShippingLine":
            self._shipping(state, node)

    def _line(self, number: int, state: OrderState, node: Node) -> None:
        line_id = gid_number(node.get("id"), "lineItems")
        if line_id in state.lines:
            return
        state.lines.add(line_id)
        quantity = count(node.get("quantity"), "lineItems.quantity")
        product = gid_number_of(node.get("product"), "lineItems.product")
        title = label(node.get("title"), "lineItems.title")
        original, original_text = shop_money(node, "originalTotalSet")
        discount, tax, rate = ZERO, ZERO, ZERO
        if (allocations := node.get("discountAllocations")) != []:
            for part in items(allocations, "discountAllocations"):
                discount += shop_amount(part, "allocatedAmountSet")
        if (taxes := node.get("taxLines")) != []:
            for part in items(taxes, "taxLines"):
                tax += shop_amount(part, "priceSet")
                rate += rate_of(part.get("rate"))
            state.line_tax += tax
        state.item_count += quantity
        gift_card = flag(node.get("isGiftCard"))
        gross = net = ZERO
        if gift_card or is_tip(product, title, original, state.tip):
            state.no_sale.add(line_id)
        else:
            gross, net = sales_figures.line_sale(
                original, discount, tax, rate, taxes_included=state.taxes_included, currency=state.currency
            )
            state.gross += gross
            state.net += net
            state.units += quantity
            if state.wants_ledger:
                state.sold[line_id] = (quantity, gross, net)
        row = (
            line_id,
            product,
            gid_number_of(node.get("variant"), "lineItems.variant"),
            title,
            label_or_none(node.get("variantTitle"), "lineItems.variantTitle"),
            label_or_none(node.get("sku"), "lineItems.sku"),
            label_or_none(node.get("vendor"), "lineItems.vendor"),
            quantity,
            count(node.get("currentQuantity", quantity), "lineItems.currentQuantity"),
            shop_money(node, "originalUnitPriceSet")[1],
            original_text,
            "0" if discount is ZERO else str(discount),
            "0" if tax is ZERO else str(tax),
            original_text if gross is original else str(gross),
            str(net),
            gift_card,
            node.get("requiresShipping") is not False,
        )
        self._keep(number, state, "order_lines", row)

    def _shipping(self, state: OrderState, node: Node) -> None:
        if flag(node.get("isRemoved")):
            return
        price = shop_amount(node, "originalPriceSet")
        discounted = price if node.get("discountedPriceSet") is None else shop_amount(node, "discountedPriceSet")
        title = text(node.get("title"), "shippingLines.title", 500)
        state.shipping_charged += discounted
        state.shipping.append({"title": title, "price": str(price), "discountedPrice": str(discounted)})

    def _close(self, number: int, state: OrderState) -> None:
        for table, row in cancellation_rows(state, self._zone):
            self._keep(number, state, table, row)
        sale = state.sale()
        state.shipping.sort(key=lambda line: (line["title"], line["price"]))
        sums = (
            sale.units,
            str(sale.gross),
            str(sale.discounts),
            str(sale.shipping),
            str(sale.taxes),
            str(sale.duties),
            str(sale.fees),
            state.item_count,
            len(state.lines),
            orjson.dumps(state.shipping).decode(),
        )
        state.digest.absorb("sums", sums)
        self.buffers.add("order_sums", (number, state.digest.value(), *sums))

    # What is read apart, because neither a bulk file nor a page can hold it.

    def wanting_refunds(self) -> list[str]:
        """Global ids of the orders whose refunds must still be read and fed."""
        return [state.gid for state in self._states.values() if state.wants_refunds and not state.failed]

    def wanting_ledger(self) -> list[str]:
        """Global ids of the edited orders, whose ledger must still be read and fed."""
        return [state.gid for state in self._states.values() if state.wants_ledger and not state.failed]

    def gone(self, gid: str) -> None:
        """The order was deleted while we read: nothing of it is merged, and what is stored of it goes."""
        number = gid_number(gid)
        self._states[number].failed = True
        self.deleted.add(number)

    def refunds(self, gid: str, nodes: Iterable[Node]) -> None:
        """All refunds of an order fed before."""
        state = self._states[gid_number(gid)]
        state.wants_refunds = False
        self._rows(gid, state, (row for node in nodes for row in refund_rows(node, state, self._zone)))

    def ledger(self, gid: str, agreements: Iterable[Node]) -> None:
        """The ledger of an edited order fed before: what it was when placed, and what each edit changed."""
        state = self._states[gid_number(gid)]
        state.wants_ledger = False
        self._rows(gid, state, (row for node in agreements for row in ledger_rows(node, state, self._zone)))

    def _rows(self, gid: str, state: OrderState, rows: Iterable[TableRow]) -> None:
        if state.failed:
            return
        number = gid_number(gid)
        try:
            for table, row in rows:
                self._keep(number, state, table, row)
        except BadRecord as error:
            self._refuse(number, state, error)
