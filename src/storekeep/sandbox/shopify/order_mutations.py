"""Mutations that change what is written on an order, and tags of anything."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from storekeep.sandbox.shopify import changes
from storekeep.sandbox.shopify.countries import iso_name
from storekeep.sandbox.shopify.fields import Args, Context
from storekeep.sandbox.shopify.gids import number_of, numeric, parse_gid
from storekeep.sandbox.shopify.model import Address, Customer, Order, Product
from storekeep.sandbox.shopify.paging import not_available
from storekeep.sandbox.shopify.payload import Payload, failed
from storekeep.sandbox.shopify.scopes import access_denied

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_KNOWN = {"id", "note", "tags", "email", "phone", "shippingAddress", "customAttributes"}
_MAX_TAGS = 250


def find_order(ctx: Context, gid: str) -> Order | None:
    """The order behind a global id, as far as the caller may see it. Raises GraphQLError for the id of another kind."""
    order = ctx.store.orders.get(number_of(gid, "Order"))
    return order if order is not None and ctx.sees(order) else None


def order_update(ctx: Context, args: Args) -> Payload:
    """orderUpdate: note, tags (replaced), e-mail, phone, shipping address, custom attributes."""
    given: dict[str, Any] = args["input"]
    unknown = set(given) - _KNOWN
    if unknown:
        raise not_available(f"orderUpdate input {', '.join(sorted(unknown))}")
    found = find_order(ctx, given["id"])
    if found is None:
        return failed(["id"], "Order does not exist")
    if given.get("email") and not _EMAIL.fullmatch(given["email"]):
        return failed(["email"], "Email is invalid")
    if len(given.get("tags") or []) > _MAX_TAGS:
        return failed(["tags"], f"Tags cannot be more than {_MAX_TAGS}")
    order = changes.copy_of(found)
    if "note" in given:
        order.note = given["note"]
    if "email" in given:
        order.email = given["email"]
    if "phone" in given:
        order.phone = given["phone"]
    if given.get("tags") is not None:
        order.tags = _tidy(given["tags"])
    if given.get("customAttributes") is not None:
        order.attributes = [(x["key"], x["value"]) for x in given["customAttributes"]]
    if given.get("shippingAddress") is not None:
        order.shipping_address = _address(ctx, given["shippingAddress"])
    changes.touch(order, ctx.now)
    ctx.store.commit(order)
    return Payload(order)


def _address(ctx: Context, given: dict[str, Any]) -> Address:
    code = given.get("countryCode")
    return Address(
        id=ctx.store.next_id(),
        first_name=given.get("firstName"),
        last_name=given.get("lastName"),
        company=given.get("company"),
        address1=given.get("address1"),
        address2=given.get("address2"),
        city=given.get("city"),
        province=given.get("province") or given.get("provinceCode"),
        province_code=given.get("provinceCode"),
        zip=given.get("zip"),
        country=given.get("country") or iso_name(code),
        country_code=code,
        phone=given.get("phone"),
    )


def _tidy(tags: list[str]) -> list[str]:
    """Tags without blanks around them, once each (case does not tell two apart), sorted as Shopify keeps them."""
    kept: dict[str, str] = {}
    for tag in (part.strip() for text in tags for part in text.split(",")):
        if tag:
            kept.setdefault(tag.lower(), tag)
    return sorted(kept.values(), key=str.lower)


def _taggable(ctx: Context, gid: str) -> Order | Customer | Product | None:
    kind, id = parse_gid(gid)
    scope = {"Order": "write_orders", "Customer": "write_customers", "Product": "write_products"}.get(kind)
    if scope is None:
        raise not_available(f"tags of {kind}")
    if scope not in ctx.scopes:
        raise access_denied("tags", frozenset({scope}))
    if kind == "Order":
        return find_order(ctx, gid)
    if kind == "Customer":
        return ctx.store.customers.get(numeric(id))
    return ctx.store.products.get(numeric(id))


def _retag(ctx: Context, gid: str, add: list[str], drop: list[str]) -> Payload:
    found = _taggable(ctx, gid)
    if found is None:
        return failed(["id"], f"{parse_gid(gid)[0]} does not exist")
    thing = deepcopy(found)
    gone = {tag.strip().lower() for tag in drop}
    thing.tags = _tidy([t for t in [*thing.tags, *add] if t.strip().lower() not in gone])
    if thing.tags == found.tags:
        return Payload(found)
    thing.updated = max(thing.updated, ctx.now)
    ctx.store.commit(thing)
    return Payload(thing)


def tags_add(ctx: Context, args: Args) -> Payload:
    """tagsAdd."""
    return _retag(ctx, args["id"], args["tags"], [])


def tags_remove(ctx: Context, args: Args) -> Payload:
    """tagsRemove."""
    return _retag(ctx, args["id"], [], args["tags"])
