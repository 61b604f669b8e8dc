"""How the query root, the shop and the app answer GraphQL, and the one table of everything the stand-in has."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from storekeep.kit import clock
from storekeep.sandbox.shopify import lists
from storekeep.sandbox.shopify.answer_catalogue import CATALOGUE
from storekeep.sandbox.shopify.answer_orders import DISCOUNTS, PARTS, Percentage
from storekeep.sandbox.shopify.fields import (
    ADDRESS,
    MONEY,
    PAGES,
    Args,
    Context,
    Field,
    Table,
    attribute,
    connection,
    const,
    gid,
    iso,
    iso_or_none,
)
from storekeep.sandbox.shopify.gids import invalid_gid, numeric, parse_gid
from storekeep.sandbox.shopify.ledger import AGREEMENT_TYPES, SALE_TYPES, Agreement, Sale
from storekeep.sandbox.shopify.model import (
    Address,
    Adjustment,
    Customer,
    Discount,
    Fulfillment,
    Line,
    Order,
    Product,
    Refund,
    RefundShipping,
    ShippingLine,
    Transaction,
    Variant,
)
from storekeep.sandbox.shopify.mutations import MUTATIONS
from storekeep.sandbox.shopify.operation import BulkOperation
from storekeep.sandbox.shopify.paging import bad_request, not_available, page_of_list
from storekeep.sandbox.shopify.schema_text import node_types
from storekeep.sandbox.shopify.scopes import access_denied

API_VERSIONS = ("2025-10", "2026-01", "2026-04", "2026-07", "2026-10")  # the last one is the release candidate
_MAX_NODES = 250


def _order(ctx: Context, id: str) -> Order | None:
    order = ctx.store.orders.get(numeric(id))
    return order if order is not None and ctx.sees(order) else None


def _refund(ctx: Context, id: str) -> Any:
    order = ctx.store.refunded_order(numeric(id))
    if order is None or not ctx.sees(order):
        return None
    return order, next(r for r in order.refunds if r.id == numeric(id))


def _variant(ctx: Context, id: str) -> Any:
    product = ctx.store.variant_product(numeric(id))
    return None if product is None else (product, next(v for v in product.variants if v.id == numeric(id)))


_NODES: dict[str, tuple[str, Any]] = {
    "Order": ("read_orders", _order),
    "Refund": ("read_orders", _refund),
    "Customer": ("read_customers", lambda c, id: c.store.customers.get(numeric(id))),
    "Product": ("read_products", lambda c, id: c.store.products.get(numeric(id))),
    "ProductVariant": ("read_products", _variant),
    "BulkOperation": ("", lambda c, id: c.shop.bulk.get(numeric(id), c.app)),
}


def _node(ctx: Context, value: str) -> Any:
    kind, id = parse_gid(value)
    if kind not in _NODES:
        # A type that there is, and we have none of; any other is as wrong as no id at all.
        if kind in node_types():
            raise not_available(f"node of type {kind}")
        raise invalid_gid(value)
    scope, find = _NODES[kind]
    if scope and scope not in ctx.scopes:
        raise access_denied("node", frozenset({scope}))
    return find(ctx, id)


def _nodes(ctx: Context, ids: list[str]) -> list[Any]:
    if len(ids) > _MAX_NODES:
        raise bad_request(f"The input array size of {len(ids)} is greater than the maximum allowed of {_MAX_NODES}.")
    return [_node(ctx, x) for x in ids]


def _one(kind: str) -> Any:
    return lambda c, o, a: _NODES[kind][1](c, parse_gid(a["id"], kind)[1])


def _root(kind: str) -> Field:
    return Field(lambda c, o, a: lists.page(c, kind, a), lambda c, o, a: lists.everything(c, kind, a))


def _operations(ctx: Context, args: Args) -> list[BulkOperation]:
    found = ctx.shop.bulk.all(ctx.app)
    for word in (args.get("query") or "").split():
        name, _, value = word.partition(":")
        if name == "status":
            found = [o for o in found if o.status.lower() == value.lower()]
        elif name == "operation_type" and value.lower() != "query":
            found = []
    return found[::-1]  # oldest first, as by CREATED_AT without `reverse`


def _deleted(ctx: Context, args: Args) -> list[tuple[int, str, int]]:
    kinds = {t.capitalize() for t in args.get("subjectTypes") or ["PRODUCT"]}
    query = args.get("query") or ""
    match = re.search(r"occurred_at:\s*>=?'([^']+)'", query)
    since = int(datetime.fromisoformat(match[1]).timestamp()) if match else 0
    return [d for d in ctx.store.deletions if d[1] in kinds and d[0] >= since]


QUERY: Table = {
    "shop": lambda c, o, a: c.shop,
    "currentAppInstallation": lambda c, o, a: c,
    "publicApiVersions": const(API_VERSIONS),
    "orders": _root("orders"),
    "customers": _root("customers"),
    "products": _root("products"),
    "ordersCount": lambda c, o, a: lists.count(c, "orders", a),
    "customersCount": lambda c, o, a: lists.count(c, "customers", a),
    "productsCount": lambda c, o, a: lists.count(c, "products", a),
    "order": _one("Order"),
    "customer": _one("Customer"),
    "product": _one("Product"),
    "productVariant": _one("ProductVariant"),
    "refund": _one("Refund"),
    "node": lambda c, o, a: _node(c, a["id"]),
    "nodes": lambda c, o, a: _nodes(c, a["ids"]),
    "job": lambda c, o, a: c.shop.jobs.get(parse_gid(a["id"], "Job")[1]),
    "locations": connection(lambda c, o, a: [c.shop.location], "locations"),
    "bulkOperation": _one("BulkOperation"),
    "bulkOperations": Field(lambda c, o, a: page_of_list(_operations(c, a), a, "bulkOperations")),
    "currentBulkOperation": lambda c, o, a: next(iter(c.shop.bulk.all(c.app)), None),
    "deletionEvents": Field(lambda c, o, a: page_of_list(_deleted(c, a), a, "deletionEvents")),
}


def _offset(zone: str) -> str:
    return clock.now().astimezone(clock.zone(zone)).strftime("%z")


SHOP: dict[str, Table] = {
    "Shop": {
        "id": lambda c, o, a: gid("Shop", o.facts.id_base // 10_000_000),
        "name": lambda c, o, a: o.facts.name,
        "email": lambda c, o, a: o.facts.email,
        "contactEmail": lambda c, o, a: o.facts.email,
        "myshopifyDomain": lambda c, o, a: o.facts.domain,
        "primaryDomain": lambda c, o, a: o.facts.domain,
        "url": lambda c, o, a: f"https://{o.facts.domain}",
        "currencyCode": lambda c, o, a: o.facts.currency,
        "enabledPresentmentCurrencies": lambda c, o, a: [o.facts.currency, *o.facts.presentment_currencies],
        "ianaTimezone": lambda c, o, a: o.facts.time_zone,
        "timezoneOffset": lambda c, o, a: _offset(o.facts.time_zone),
        "timezoneAbbreviation": lambda c, o, a: clock.now().astimezone(clock.zone(o.facts.time_zone)).strftime("%Z"),
        "taxesIncluded": lambda c, o, a: o.facts.taxes_included,
        "createdAt": lambda c, o, a: iso(o.facts.created),
        "plan": lambda c, o, a: o.facts.plan,
    },
    "ShopPlan": {
        "displayName": lambda c, o, a: o,
        "publicDisplayName": lambda c, o, a: o,
        "shopifyPlus": lambda c, o, a: o == "Plus",
        "partnerDevelopment": const(False),
    },
    "Domain": {"host": lambda c, o, a: o, "url": lambda c, o, a: f"https://{o}", "id": lambda c, o, a: gid("Domain", 1)},
    "AppInstallation": {
        "id": lambda c, o, a: gid("AppInstallation", c.shop.facts.id_base // 10_000_000),
        "accessScopes": lambda c, o, a: sorted(c.scopes),
    },
    "AccessScope": {"handle": lambda c, o, a: o, "description": lambda c, o, a: o.replace("_", " ").capitalize()},
    "ApiVersion": {
        "handle": lambda c, o, a: o,
        "displayName": lambda c, o, a: o,
        "supported": lambda c, o, a: o != API_VERSIONS[-1],
    },
    "Count": {"count": lambda c, o, a: o[0], "precision": lambda c, o, a: o[1]},
    "Job": {"id": lambda c, o, a: gid("Job", o.id), "done": attribute("done")},
    "DeletionEvent": {
        "occurredAt": lambda c, o, a: iso(o[0]),
        "subjectId": lambda c, o, a: gid(o[1], o[2]),
        "subjectType": lambda c, o, a: o[1].upper(),
    },
    "BulkOperation": {
        "id": lambda c, o, a: gid("BulkOperation", o.id),
        "type": const("QUERY"),
        "status": attribute("status"),
        "errorCode": attribute("error_code"),
        "query": attribute("query"),
        "createdAt": lambda c, o, a: iso(o.created),
        "completedAt": lambda c, o, a: iso_or_none(o.completed),
        "objectCount": attribute("objects"),
        "rootObjectCount": attribute("roots"),
        "fileSize": attribute("size"),
        "url": lambda c, o, a: c.shop.bulk.url(o),
        "partialDataUrl": lambda c, o, a: c.shop.bulk.partial_url(o),
    },
}

TABLES: dict[str, Table] = {
    "QueryRoot": QUERY,
    **SHOP,
    **MONEY,
    **ADDRESS,
    **PAGES,
    **PARTS,
    **DISCOUNTS,
    **CATALOGUE,
    **MUTATIONS,
}

_NAMES: dict[type[Any], str] = {
    Order: "Order",
    Customer: "Customer",
    Product: "Product",
    Variant: "ProductVariant",
    Line: "LineItem",
    Refund: "Refund",
    RefundShipping: "RefundShippingLine",
    Adjustment: "OrderAdjustment",
    Fulfillment: "Fulfillment",
    ShippingLine: "ShippingLine",
    Transaction: "OrderTransaction",
    Address: "MailingAddress",
    BulkOperation: "BulkOperation",
    Percentage: "PricingPercentageValue",
}
_DISCOUNT_TYPES = {
    "manual": "ManualDiscountApplication",
    "code": "DiscountCodeApplication",
    "automatic": "AutomaticDiscountApplication",
}


def type_name(value: Any) -> str:
    """The GraphQL type of a value where the schema only names an interface or a union."""
    if isinstance(value, tuple):
        if isinstance(value[0], int):
            return "MoneyV2"
        value = value[1]
    if isinstance(value, Discount):
        return _DISCOUNT_TYPES[value.kind]
    if isinstance(value, Agreement):
        return AGREEMENT_TYPES[value.reason]
    if isinstance(value, Sale):
        return SALE_TYPES[value.kind]
    return _NAMES[type(value)]
