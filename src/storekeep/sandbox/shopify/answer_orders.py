"""How orders and their parts answer GraphQL. Parts travel as (order, part), since most of their fields need the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from storekeep.sandbox.shopify import totals
from storekeep.sandbox.shopify.fields import (
    Args,
    Context,
    Field,
    Money,
    OneMoney,
    Table,
    attribute,
    connection,
    const,
    gid,
    iso,
    iso_or_none,
    money,
    part,
    refuse,
    spelt,
)
from storekeep.sandbox.shopify.ledger import LEDGER, agreements
from storekeep.sandbox.shopify.model import Bag, Discount, Fulfillment, Line, Order, Refund, Transaction, add, less, times

OrderLine = tuple[Order, Line]


def _bag(total: Any) -> Any:
    return lambda c, o, a: money(o, total(o))


def _first(items: list[Any], args: Args) -> list[Any]:
    size = args.get("first")
    return items if size is None else items[:size]


def _customer(ctx: Context, order: Order) -> Any:
    return None if order.customer_id is None else ctx.store.customers.get(order.customer_id)


def _transactions(order: Order) -> list[Transaction]:
    return [*order.transactions, *(t for r in order.refunds for t in r.transactions)]


def _chosen_transactions(order: Order, args: Args) -> list[tuple[Order, Transaction]]:
    refuse(args, "Order.transactions", "capturable", "manuallyResolvable")
    return _first([(order, t) for t in _transactions(order)], args)


def _chosen_fulfillments(order: Order, args: Args) -> list[tuple[Order, Fulfillment]]:
    refuse(args, "Order.fulfillments", "query")
    return _first([(order, f) for f in order.fulfillments], args)


def _gateways(order: Order) -> list[str]:
    return list(dict.fromkeys(t.gateway for t in order.transactions))


def _edit_errors(order: Order) -> list[str]:
    return ["The order is cancelled."] if order.cancelled else []


ORDER: Table = {
    "id": lambda c, o, a: f"gid://shopify/Order/{o.id}",
    "legacyResourceId": lambda c, o, a: o.id,
    "name": attribute("name"),
    "number": lambda c, o, a: int("".join(x for x in o.name if x.isdigit()) or 0) % 2**31,
    "createdAt": lambda c, o, a: iso(o.created),
    "processedAt": lambda c, o, a: iso(o.processed),
    "updatedAt": lambda c, o, a: iso(o.updated),
    "cancelledAt": lambda c, o, a: iso_or_none(o.cancelled),
    "cancelReason": attribute("cancel_reason"),
    "closed": lambda c, o, a: o.closed is not None,
    "closedAt": lambda c, o, a: iso_or_none(o.closed),
    "confirmed": const(True),
    "test": attribute("test"),
    "edited": lambda c, o, a: bool(o.edits),
    "merchantEditable": lambda c, o, a: not _edit_errors(o),
    "merchantEditableErrors": lambda c, o, a: _edit_errors(o),
    "refundable": lambda c, o, a: totals.received(o)[1] > totals.refunded(o)[1] or any(x.current for x in o.lines),
    "restockable": lambda c, o, a: any(x.current and x.variant_id for x in o.lines),
    "fulfillable": lambda c, o, a: not o.cancelled and totals.fulfillment_status(o) != "FULFILLED",
    "requiresShipping": lambda c, o, a: any(x.requires_shipping for x in o.lines),
    "sourceName": attribute("source"),
    "currencyCode": attribute("currency"),
    "presentmentCurrencyCode": attribute("presentment"),
    "taxesIncluded": attribute("taxes_included"),
    "taxExempt": const(False),
    "displayFinancialStatus": attribute("financial"),
    "displayFulfillmentStatus": lambda c, o, a: totals.fulfillment_status(o),
    "returnStatus": attribute("return_status"),
    "fullyPaid": lambda c, o, a: o.financial in ("PAID", "PARTIALLY_REFUNDED", "REFUNDED"),
    "unpaid": lambda c, o, a: o.financial in ("PENDING", "AUTHORIZED"),
    "email": lambda c, o, a: o.email if c.protected else None,
    "phone": lambda c, o, a: o.phone if c.protected else None,
    "note": attribute("note"),
    "tags": attribute("tags"),
    "customAttributes": attribute("attributes"),
    "paymentGatewayNames": lambda c, o, a: _gateways(o),
    "customer": lambda c, o, a: _customer(c, o),
    "customerLocale": const("en"),
    "shippingAddress": attribute("shipping_address"),
    "billingAddress": attribute("billing_address"),
    "displayAddress": attribute("shipping_address"),
    "totalPriceSet": _bag(totals.total),
    "originalTotalPriceSet": _bag(totals.total),
    "currentTotalPriceSet": _bag(totals.current_total),
    "subtotalPriceSet": _bag(totals.subtotal),
    "currentSubtotalPriceSet": _bag(totals.current_subtotal),
    "totalDiscountsSet": _bag(totals.discounts),
    "currentTotalDiscountsSet": _bag(totals.current_discounts),
    "totalTaxSet": _bag(totals.tax),
    "currentTotalTaxSet": _bag(totals.current_tax),
    "totalShippingPriceSet": _bag(totals.shipping),
    "currentShippingPriceSet": _bag(totals.current_shipping),
    "totalTipReceivedSet": _bag(totals.tips),
    "originalTotalDutiesSet": const(None),
    "originalTotalAdditionalFeesSet": const(None),
    "totalReceivedSet": _bag(totals.received),
    "totalRefundedSet": _bag(totals.refunded),
    "totalRefundedShippingSet": _bag(lambda o: add(*(totals.refund_shipping(r)[0] for r in o.refunds))),
    "netPaymentSet": _bag(lambda o: less(totals.received(o), totals.refunded(o))),
    "totalOutstandingSet": _bag(totals.outstanding),
    "refundDiscrepancySet": _bag(lambda o: add(*(totals.refund_adjusted(r) for r in o.refunds))),
    "subtotalLineItemsQuantity": lambda c, o, a: sum(x.placed for x in o.lines),
    "currentSubtotalLineItemsQuantity": lambda c, o, a: sum(x.current for x in o.lines),
    "taxLines": lambda c, o, a: [(o, t) for x in o.lines for t in x.taxes],
    "discountCodes": lambda c, o, a: [d.title for d in o.discounts if d.kind == "code"],
    "discountCode": lambda c, o, a: next((d.title for d in o.discounts if d.kind == "code"), None),
    "discountApplications": connection(lambda c, o, a: [(o, d) for d in o.discounts], "discountApplications"),
    "lineItems": connection(lambda c, o, a: [(o, x) for x in o.lines], "lineItems"),
    "shippingLine": lambda c, o, a: next(((o, s) for s in o.shipping_lines if not s.removed), None),
    "shippingLines": connection(
        lambda c, o, a: [(o, s) for s in o.shipping_lines if a.get("includeRemovals") or not s.removed], "shippingLines"
    ),
    "transactions": lambda c, o, a: _chosen_transactions(o, a),
    "transactionsCount": lambda c, o, a: (len(_transactions(o)), "EXACT"),
    "refunds": lambda c, o, a: _first([(o, r) for r in o.refunds], a),
    "fulfillments": lambda c, o, a: _chosen_fulfillments(o, a),
    "fulfillmentsCount": lambda c, o, a: (len(o.fulfillments), "EXACT"),
    "agreements": connection(lambda c, o, a: agreements(o), "agreements"),
}


def _line_bag(total: Any) -> Any:
    return lambda c, x, a: money(x[0], total(x[1]))


def _discounted(codes: bool) -> Any:
    """The line after line-level discounts; code discounts only when asked for, order-level ones never."""

    def total(ctx: Context, pair: OrderLine, args: Args) -> Money:
        order, line = pair
        wanted = codes or bool(args.get("withCodeDiscounts"))
        off = [
            x.amount
            for x in line.allocations
            if (d := order.discounts[x.index]).allocation_method == "EACH" and (wanted or d.kind != "code")
        ]
        return money(order, less(times(line.unit, line.quantity), add(*off)))

    return total


def _unit_after(line: Line) -> Bag:
    net = totals.line_net(line)
    return (net[0] // line.quantity, net[1] // line.quantity) if line.quantity else line.unit


def _product(ctx: Context, line: Line) -> Any:
    """The line's product while it exists: a deleted one leaves null behind, and the line's own title and SKU."""
    return None if line.product_id is None else ctx.store.products.get(line.product_id)


def _variant(ctx: Context, line: Line) -> Any:
    product = _product(ctx, line)
    if product is None:
        return None
    for variant in product.variants:
        if variant.id == line.variant_id:
            return product, variant
    return None


LINE: Table = {
    "id": spelt("'gid://shopify/LineItem/%d' % {0}[1].id", lambda c, x, a: f"gid://shopify/LineItem/{x[1].id}"),
    "title": part("title"),
    "variantTitle": part("variant_title"),
    "name": lambda c, x, a: f"{x[1].title} - {x[1].variant_title}" if x[1].variant_title else x[1].title,
    "sku": part("sku"),
    "vendor": part("vendor"),
    "quantity": part("quantity"),
    "currentQuantity": part("current"),
    "refundableQuantity": part("current"),
    "unfulfilledQuantity": lambda c, x, a: max(0, min(x[1].quantity - x[1].fulfilled, x[1].current)),
    "nonFulfillableQuantity": lambda c, x, a: x[1].quantity - x[1].current,
    "isGiftCard": part("gift_card"),
    "requiresShipping": part("requires_shipping"),
    "taxable": part("taxable"),
    "restockable": lambda c, x, a: x[1].variant_id is not None,
    "merchantEditable": lambda c, x, a: x[0].cancelled is None,
    "customAttributes": part("attributes"),
    "product": lambda c, x, a: None if x[1].product_id is None else c.store.products.get(x[1].product_id),
    "variant": lambda c, x, a: _variant(c, x[1]),
    "originalUnitPriceSet": spelt("(*{0}[1].unit, {0}[0].currency, {0}[0].presentment)", lambda c, x, a: money(x[0], x[1].unit)),
    "originalTotalSet": _line_bag(lambda line: times(line.unit, line.quantity)),
    "discountedTotalSet": _discounted(codes=False),
    "discountedUnitPriceAfterAllDiscountsSet": _line_bag(_unit_after),
    "totalDiscountSet": _line_bag(totals.line_discount),
    "discountAllocations": lambda c, x, a: [(x[0], y) for y in x[1].allocations],
    "taxLines": lambda c, x, a: _first([(x[0], t) for t in x[1].taxes], a),
}


def _line(order: Order, line_id: int) -> OrderLine:
    return order, next(x for x in order.lines if x.id == line_id)


def _parent(order: Order, transaction: Transaction) -> tuple[Order, Transaction] | None:
    return next(((order, t) for t in order.transactions if t.id == transaction.parent_id), None)


def _refund_total(order: Order, refund: Refund) -> Money:
    return money(order, add(*(t.amount for t in refund.transactions if t.kind == "REFUND" and t.status == "SUCCESS")))


def _part_bag(name: str) -> Any:
    return lambda c, x, a: money(x[0], getattr(x[1], name))


PARTS: dict[str, Table] = {
    "Order": ORDER,
    "LineItem": LINE,
    "Attribute": {"key": lambda c, o, a: o[0], "value": lambda c, o, a: o[1]},
    "TaxLine": {
        "title": part("title"),
        "rate": part("rate"),
        "ratePercentage": lambda c, x, a: x[1].rate * 100,
        "priceSet": _part_bag("price"),
        "channelLiable": const(False),
    },
    "DiscountAllocation": {
        "allocatedAmountSet": _part_bag("amount"),
        "discountApplication": lambda c, x, a: (x[0], x[0].discounts[x[1].index]),
    },
    "ShippingLine": {
        "id": lambda c, x, a: gid("ShippingLine", x[1].id),
        "title": part("title"),
        "code": part("code"),
        "source": const("shopify"),
        "isRemoved": part("removed"),
        "originalPriceSet": _part_bag("price"),
        "discountedPriceSet": _part_bag("discounted"),
        "currentDiscountedPriceSet": lambda c, x, a: money(x[0], (0, 0) if x[1].removed else x[1].discounted),
        "taxLines": lambda c, x, a: [(x[0], t) for t in x[1].taxes],
    },
    "OrderTransaction": {
        "id": lambda c, x, a: gid("OrderTransaction", x[1].id),
        "kind": part("kind"),
        "status": part("status"),
        "gateway": part("gateway"),
        "formattedGateway": part("gateway"),
        "createdAt": lambda c, x, a: iso(x[1].processed),
        "processedAt": lambda c, x, a: iso(x[1].processed),
        "test": part("test"),
        "errorCode": part("error_code"),
        "amountSet": _part_bag("amount"),
        "manualPaymentGateway": lambda c, x, a: x[1].gateway == "manual",
        "parentTransaction": lambda c, x, a: _parent(x[0], x[1]),
        "order": lambda c, x, a: x[0],
    },
    "Refund": {
        "id": lambda c, x, a: gid("Refund", x[1].id),
        "legacyResourceId": part("id"),
        "createdAt": lambda c, x, a: iso(x[1].created),
        "processedAt": lambda c, x, a: iso(x[1].processed),
        "updatedAt": lambda c, x, a: iso(x[1].updated),
        "note": part("note"),
        "order": lambda c, x, a: x[0],
        "return": const(None),
        "totalRefundedSet": lambda c, x, a: _refund_total(x[0], x[1]),
        "duties": const([]),  # no order here was charged any
        "refundLineItems": connection(lambda c, x, a: [(x[0], y) for y in x[1].lines], "refundLineItems"),
        "refundShippingLines": connection(lambda c, x, a: [(x[0], y) for y in x[1].shipping], "refundShippingLines"),
        "orderAdjustments": connection(lambda c, x, a: [(x[0], y) for y in x[1].adjustments], "orderAdjustments"),
        "transactions": connection(lambda c, x, a: [(x[0], y) for y in x[1].transactions], "refundTransactions"),
    },
    "RefundDuty": {"amountSet": const(None), "originalDuty": const(None)},  # never reached
    "Return": {"id": const(None)},  # never reached: refunds here come from no return
    "RefundLineItem": {
        "id": lambda c, x, a: gid("RefundLineItem", x[1].id),
        "lineItem": lambda c, x, a: _line(x[0], x[1].line_id),
        "quantity": part("quantity"),
        "restockType": part("restock"),
        "restocked": lambda c, x, a: x[1].restock in ("RETURN", "CANCEL"),
        "location": lambda c, x, a: c.shop.location if x[1].restock in ("RETURN", "CANCEL") else None,
        "priceSet": lambda c, x, a: money(x[0], _line(x[0], x[1].line_id)[1].unit),
        "subtotalSet": _part_bag("subtotal"),
        "totalTaxSet": _part_bag("tax"),
    },
    "RefundShippingLine": {
        "id": lambda c, x, a: gid("RefundShippingLine", x[1].id),
        "shippingLine": lambda c, x, a: next((x[0], s) for s in x[0].shipping_lines if s.id == x[1].shipping_line_id),
        "subtotalAmountSet": _part_bag("subtotal"),
        "taxAmountSet": _part_bag("tax"),
    },
    "OrderAdjustment": {
        "id": lambda c, x, a: gid("OrderAdjustment", x[1].id),
        "reason": part("reason"),
        "amountSet": _part_bag("amount"),
        "taxAmountSet": _part_bag("tax"),
    },
    "Fulfillment": {
        "id": lambda c, x, a: gid("Fulfillment", x[1].id),
        "legacyResourceId": part("id"),
        "name": part("name"),
        "status": part("status"),
        "displayStatus": part("display_status"),
        "createdAt": lambda c, x, a: iso(x[1].created),
        "updatedAt": lambda c, x, a: iso(x[1].updated),
        "deliveredAt": lambda c, x, a: iso_or_none(x[1].delivered),
        "inTransitAt": const(None),
        "estimatedDeliveryAt": const(None),
        "totalQuantity": lambda c, x, a: sum(n for _, n in x[1].lines),
        "requiresShipping": const(True),
        "location": lambda c, x, a: c.shop.location,
        "order": lambda c, x, a: x[0],
        "trackingInfo": lambda c, x, a: _first(x[1].tracking, a),
        "fulfillmentLineItems": connection(
            lambda c, x, a: [(x[0], x[1], i) for i in range(len(x[1].lines))], "fulfillmentLineItems"
        ),
    },
    "FulfillmentTrackingInfo": {"company": attribute("company"), "number": attribute("number"), "url": attribute("url")},
    "FulfillmentLineItem": {
        "id": lambda c, x, a: gid("FulfillmentLineItem", f"{x[1].id}{x[2]:04d}"),
        "quantity": lambda c, x, a: x[1].lines[x[2]][1],
        "lineItem": lambda c, x, a: _line(x[0], x[1].lines[x[2]][0]),
    },
    "Location": {
        "id": lambda c, o, a: gid("Location", o.id),
        "name": attribute("name"),
        "isActive": const(True),
    },
    **LEDGER,
}


@dataclass(frozen=True, slots=True)
class Percentage:
    """A discount's value when it is a share of the price."""

    percentage: float


def _value(order: Order, discount: Discount) -> Percentage | OneMoney:
    if discount.percentage is not None:
        return Percentage(discount.percentage)
    return (discount.amount or 0, order.presentment)


def _application(title: str) -> dict[str, Field | Any]:
    return {
        "index": part("index"),
        "allocationMethod": part("allocation_method"),
        "targetSelection": part("target_selection"),
        "targetType": part("target_type"),
        "value": lambda c, x, a: _value(x[0], x[1]),
        title: part("title"),
    }


DISCOUNTS: dict[str, Table] = {
    "ManualDiscountApplication": {**_application("title"), "description": const(None)},
    "AutomaticDiscountApplication": _application("title"),
    "DiscountCodeApplication": _application("code"),
    "PricingPercentageValue": {"percentage": attribute("percentage")},
}
