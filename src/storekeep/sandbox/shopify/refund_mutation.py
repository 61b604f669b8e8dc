"""refundCreate: what it checks, what it makes, and how the same key never makes it twice."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from typing import Any

import orjson
from graphql import GraphQLError

from storekeep.kit.money import minor_units, parse_amount
from storekeep.sandbox.shopify import changes
from storekeep.sandbox.shopify.fields import IDEMPOTENCY_KEY, Args, Context
from storekeep.sandbox.shopify.gids import number_of
from storekeep.sandbox.shopify.model import Order, Product, Refund, Transaction
from storekeep.sandbox.shopify.order_mutations import find_order
from storekeep.sandbox.shopify.paging import bad_request, not_available
from storekeep.sandbox.shopify.payload import Payload, UserError, failed

_NOT_HERE = {"refundDuties", "refundMethods", "processedAt"}


class _Refused(Exception):
    """The input cannot be done; carries the user error."""

    def __init__(self, path: list[str], message: str) -> None:
        super().__init__(message)
        self.error = UserError(path, message)


def refund_create(ctx: Context, args: Args) -> Payload:
    """Makes a refund, or gives back the one the same key made before. Raises GraphQLError when there is no key."""
    key = args.get(IDEMPOTENCY_KEY)
    if not key:
        raise bad_request("The @idempotent directive is required for this mutation but was not provided.")
    given: dict[str, Any] = args["input"]
    here = [name for name in _NOT_HERE if given.get(name)]
    if here:
        raise not_available(f"refundCreate input {', '.join(here)}")
    digest = hashlib.sha256(orjson.dumps(given, option=orjson.OPT_SORT_KEYS)).hexdigest()
    known = ctx.shop.remembered(ctx.app, key)
    if known is not None:
        if known["digest"] != digest:
            return failed(None, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH: the key was used with other parameters before")
        return _again(ctx, known)
    found = find_order(ctx, given["orderId"])
    if found is None:
        return failed(["orderId"], "Order does not exist")
    order = changes.copy_of(found)
    try:
        made = _make(ctx, order, given)
    except _Refused as refused:
        return Payload(errors=[refused.error])
    ctx.store.commit(order, *_restocked(ctx, order, made))
    ctx.shop.remember(ctx.app, key, {"digest": digest, "order": order.id, "refund": made.id})
    return Payload((order, made), order=order)


def _again(ctx: Context, known: dict[str, Any]) -> Payload:
    order = ctx.store.orders.get(known["order"])
    made = next((r for r in order.refunds if r.id == known["refund"]), None) if order else None
    if order is None or made is None:
        raise GraphQLError("the refund of this key is gone", extensions={"code": "INTERNAL_SERVER_ERROR"})
    return Payload((order, made), order=order)


def _minor(text: str, order: Order, path: list[str]) -> int:
    """An amount in the order's presentment currency as minor units."""
    try:
        value = parse_amount(text).scaleb(minor_units(order.presentment))
    except ValueError as error:
        raise _Refused(path, "Amount is invalid") from error
    if value < 0 or value != value.to_integral_value():
        raise _Refused(path, "Amount is invalid")
    return int(value)


def _make(ctx: Context, order: Order, given: dict[str, Any]) -> Refund:
    currency = given.get("currency")
    if currency is None and order.presentment != order.currency:
        raise _Refused(["currency"], "Currency is required when the presentment currency is not the shop currency")
    if currency not in (None, order.presentment):
        raise _Refused(["currency"], "Currency must be the presentment currency of the order")
    lines = [_line(ctx, order, x, i) for i, x in enumerate(given.get("refundLineItems") or [])]
    shipping = _shipping(order, given.get("shipping") or {})
    money = [_transaction(order, x, i) for i, x in enumerate(given.get("transactions") or [])]
    paid = sum(t[0] for t in money)
    if not lines and not shipping and not paid:
        raise _Refused([], "Refund must have line items, shipping or transactions")
    if paid > changes.refundable(order) and not given.get("allowOverRefunding"):
        raise _Refused(["transactions"], "Refund amount exceeds the maximum refundable")
    wish = changes.Wish(
        lines=lines,
        shipping=shipping,
        paid=paid,
        gateway=money[0][1] if money else None,
        parent_id=money[0][2] if money else None,
        note=given.get("note"),
        reason={"DAMAGE": "DAMAGE", "CUSTOMER": "CUSTOMER", "RESTOCK": "RESTOCK"}.get(
            given.get("discrepancyReason") or "", "REFUND_DISCREPANCY"
        ),
        status="PENDING" if ctx.shop.manners.pending_refunds else "SUCCESS",
    )
    made = changes.refund(order, wish, ctx.store.next_id, ctx.now)
    if len(money) > 1:
        _split(ctx, order, made, money)
    return made


def _split(ctx: Context, order: Order, made: Refund, money: list[tuple[int, str, int | None]]) -> None:
    """One transaction for each that was asked for; the shop-currency parts add up to the whole."""
    whole = made.transactions[0]
    left = whole.amount[0]
    made.transactions = []
    for place, (paid, gateway, parent) in enumerate(money):
        part = left if place == len(money) - 1 else changes.to_shop(order, paid)
        left -= part
        made.transactions.append(
            Transaction(ctx.store.next_id(), "REFUND", whole.status, gateway, ctx.now, (part, paid), parent, order.test)
        )


def _line(ctx: Context, order: Order, given: dict[str, Any], index: int) -> tuple[int, int, str]:
    path = ["refundLineItems", str(index)]
    id, quantity = number_of(given["lineItemId"], "LineItem"), given["quantity"]
    line = next((x for x in order.lines if x.id == id), None)
    if line is None:
        raise _Refused([*path, "lineItemId"], "Line item does not belong to the order")
    if quantity < 1 or quantity > line.current:
        raise _Refused([*path, "quantity"], "Quantity cannot refund more items than were purchased")
    restock = given.get("restockType") or "NO_RESTOCK"
    location = given.get("locationId")
    if restock != "NO_RESTOCK":
        if location is None:
            raise _Refused([*path, "locationId"], "Location is required when restocking")
        if number_of(location, "Location") != ctx.shop.location.id:
            raise _Refused([*path, "locationId"], "Location does not exist")
    return id, quantity, restock


def _shipping(order: Order, given: dict[str, Any]) -> int:
    left = sum(s.discounted[1] for s in order.shipping_lines if not s.removed)
    left -= sum(x.subtotal[1] for r in order.refunds for x in r.shipping)
    if given.get("fullRefund"):
        return left
    if given.get("amount") is None:
        return 0
    wanted = _minor(given["amount"], order, ["shipping", "amount"])
    if wanted > left:
        raise _Refused(["shipping"], "Shipping refund exceeds the refundable shipping")
    return wanted


def _transaction(order: Order, given: dict[str, Any], index: int) -> tuple[int, str, int | None]:
    path = ["transactions", str(index)]
    if number_of(given["orderId"], "Order") != order.id:
        raise _Refused([*path, "orderId"], "Transaction belongs to another order")
    if given["kind"] != "REFUND":
        raise _Refused([*path, "kind"], "Kind must be REFUND")
    parent = given.get("parentId")
    parent_id = None if parent is None else number_of(parent, "OrderTransaction")
    paying = {t.id for t in order.transactions if t.kind in ("SALE", "CAPTURE") and t.status == "SUCCESS"}
    if parent_id is not None and parent_id not in paying:
        raise _Refused([*path, "parentId"], "Parent transaction must be a successful sale or capture of the order")
    if parent_id is None and given["gateway"] != "manual":
        raise _Refused([*path, "parentId"], "Parent transaction is required")
    return _minor(given["amount"], order, [*path, "amount"]), given["gateway"], parent_id


def _restocked(ctx: Context, order: Order, made: Refund) -> list[Product]:
    """The products whose stock went up."""
    lines = {line.id: line for line in order.lines}
    changed: dict[int, Product] = {}
    for back in made.lines:
        line = lines[back.line_id]
        if back.restock not in ("RETURN", "CANCEL") or line.product_id is None:
            continue
        product = changed.get(line.product_id) or deepcopy(ctx.store.products.get(line.product_id))
        if product is None:
            continue
        for variant in product.variants:
            if variant.id == line.variant_id and variant.tracked:
                variant.inventory += back.quantity
                product.updated = variant.updated = max(product.updated, ctx.now)
                changed[product.id] = product
    return list(changed.values())
