"""The shop's state laid bare, for a program that checks the product's sums and shares no code with it.

One JSON object a line. Amounts are decimal strings in both currencies, `{"shop": "12.50", "presentment": "13.75"}`; nothing is
summed for the reader except where a field says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from storekeep.sandbox.shopify.fields import iso, iso_or_none, price
from storekeep.sandbox.shopify.model import Bag, Customer, Order, Product, Refund, Transaction
from storekeep.sandbox.shopify.store import ShopStore
from storekeep.sandbox.shopify.totals import fulfillment_status


class _Writer:
    def __init__(self, order: Order) -> None:
        self.order = order

    def bag(self, bag: Bag) -> dict[str, str]:
        order = self.order
        return {"shop": price(bag[0], order.currency), "presentment": price(bag[1], order.presentment)}

    def whole(self) -> dict[str, Any]:
        o = self.order
        return {
            "type": "order",
            "id": str(o.id),
            "name": o.name,
            "createdAt": iso(o.created),
            "processedAt": iso(o.processed),
            "updatedAt": iso(o.updated),
            "cancelledAt": iso_or_none(o.cancelled),
            "closedAt": iso_or_none(o.closed),
            "test": o.test,
            "currency": o.currency,
            "presentmentCurrency": o.presentment,
            "taxesIncluded": o.taxes_included,
            "financialStatus": o.financial,
            "fulfillmentStatus": fulfillment_status(o),
            "customerId": None if o.customer_id is None else str(o.customer_id),
            "email": o.email,
            "tags": o.tags,
            "lines": self.lines(),
            "shippingLines": self.shipping(),
            "edits": self.edits(),
            "refunds": [self.refund(r) for r in o.refunds],
            "transactions": [self.transaction(t) for t in o.transactions],
            "fulfillments": [{"id": str(f.id), "createdAt": iso(f.created), "lines": len(f.lines)} for f in o.fulfillments],
        }

    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "id": str(x.id),
                "title": x.title,
                "sku": x.sku,
                "productId": None if x.product_id is None else str(x.product_id),
                "placedQuantity": x.placed,
                "quantity": x.quantity,
                "currentQuantity": x.current,
                "unitPrice": self.bag(x.unit),
                "discounts": [self.bag(a.amount) for a in x.allocations],
                "taxes": [{"rate": str(t.rate), "amount": self.bag(t.price)} for t in x.taxes],
                "giftCard": x.gift_card,
                "tip": x.tip,
            }
            for x in self.order.lines
        ]

    def shipping(self) -> list[dict[str, Any]]:
        return [
            {
                "price": self.bag(s.price),
                "discounted": self.bag(s.discounted),
                "taxes": [self.bag(t.price) for t in s.taxes],
                "removed": s.removed,
            }
            for s in self.order.shipping_lines
        ]

    def edits(self) -> list[dict[str, Any]]:
        return [
            {
                "at": iso(e.at),
                "changes": [
                    {
                        "lineId": str(c.line_id),
                        "delta": c.delta,
                        "subtotal": self.bag(c.subtotal),
                        "discount": self.bag(c.discount),
                        "tax": self.bag(c.tax),
                    }
                    for c in e.changes
                ],
            }
            for e in self.order.edits
        ]

    def refund(self, r: Refund) -> dict[str, Any]:
        return {
            "id": str(r.id),
            "createdAt": iso(r.created),
            "processedAt": iso(r.processed),
            "lines": [
                {
                    "lineId": str(x.line_id),
                    "quantity": x.quantity,
                    "restockType": x.restock,
                    "subtotal": self.bag(x.subtotal),
                    "tax": self.bag(x.tax),
                }
                for x in r.lines
            ],
            "shipping": [{"subtotal": self.bag(x.subtotal), "tax": self.bag(x.tax)} for x in r.shipping],
            "adjustments": [{"reason": x.reason, "amount": self.bag(x.amount), "tax": self.bag(x.tax)} for x in r.adjustments],
            "transactions": [self.transaction(t) for t in r.transactions],
        }

    def transaction(self, t: Transaction) -> dict[str, Any]:
        return {"kind": t.kind, "status": t.status, "at": iso(t.processed), "amount": self.bag(t.amount)}


def _customer(store: ShopStore, c: Customer) -> dict[str, Any]:
    orders, spent = store.customer_totals(c.id)
    return {
        "type": "customer",
        "id": str(c.id),
        "createdAt": iso(c.created),
        "updatedAt": iso(c.updated),
        "firstName": c.first_name,
        "lastName": c.last_name,
        "email": c.email,
        "phone": c.phone,
        "tags": c.tags,
        "numberOfOrders": orders,
        "amountSpent": price(spent, store.facts.currency),
    }


def _product(store: ShopStore, p: Product) -> dict[str, Any]:
    currency = store.facts.currency
    return {
        "type": "product",
        "id": str(p.id),
        "title": p.title,
        "status": p.status,
        "createdAt": iso(p.created),
        "updatedAt": iso(p.updated),
        "variants": [
            {"id": str(v.id), "title": v.title, "sku": v.sku, "price": price(v.price, currency), "inventory": v.inventory}
            for v in p.variants
        ],
    }


def one(store: ShopStore, kind: str, id: int) -> bytes | None:
    """The line of a single customer, product or order, or None when there is none."""
    row: dict[str, Any] | None = None
    if kind == "order" and (order := store.orders.get(id)):
        row = _Writer(order).whole()
    elif kind == "customer" and (customer := store.customers.get(id)):
        row = _customer(store, customer)
    elif kind == "product" and (product := store.products.get(id)):
        row = _product(store, product)
    return None if row is None else orjson.dumps(row)


def dump(store: ShopStore) -> Iterator[bytes]:
    """The shop line by line: first the shop itself, then customers, products, orders (with their refunds inside), deletions."""
    facts = store.facts
    shop = {"type": "shop", "domain": facts.domain, "currency": facts.currency, "timeZone": facts.time_zone}
    yield orjson.dumps(shop, option=orjson.OPT_APPEND_NEWLINE)
    for customer in store.customers.rows():
        yield orjson.dumps(_customer(store, customer), option=orjson.OPT_APPEND_NEWLINE)
    for product in store.products.rows():
        yield orjson.dumps(_product(store, product), option=orjson.OPT_APPEND_NEWLINE)
    for order in store.orders.rows():
        yield orjson.dumps(_Writer(order).whole(), option=orjson.OPT_APPEND_NEWLINE)
    for at, kind, id in store.deletions:
        gone = {"type": "deleted", "kind": kind.lower(), "id": str(id), "at": iso(at)}
        yield orjson.dumps(gone, option=orjson.OPT_APPEND_NEWLINE)
