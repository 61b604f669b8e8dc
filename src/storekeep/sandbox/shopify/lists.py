"""The shop's long lists — orders, customers, products — filtered, sorted and paged over columns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any

from storekeep.sandbox.shopify.fields import Args, Context, refuse
from storekeep.sandbox.shopify.model import Customer, Order, Product
from storekeep.sandbox.shopify.paging import Connection, decode, encode, list_tag, not_available, page_size, slice_of
from storekeep.sandbox.shopify.search import Search, SearchField, parse
from storekeep.sandbox.shopify.store import ShopStore, Table
from storekeep.sandbox.shopify.totals import fulfillment_status

_COLUMNS = {"ID": "ids", "CREATED_AT": "created", "UPDATED_AT": "updated", "PROCESSED_AT": "processed", "RELEVANCE": "ids"}
_CACHED_LISTS = 32


def _order_fields(store: ShopStore) -> tuple[dict[str, SearchField], Callable[[int], Any]]:
    t = store.orders

    def of(get: Callable[[Order], Any]) -> Callable[[int], Any]:
        return lambda i: get(t.at(i))

    name = t.reader("name", lambda o: o.name)
    email = t.reader("email", lambda o: o.email)
    return {
        **_times(t, "time"),
        "processed_at": SearchField("time", t.column("processed").__getitem__, "processed"),
        "name": SearchField("word", name),
        "email": SearchField("word", email),
        "financial_status": SearchField("word", t.reader("financial", lambda o: o.financial)),
        "fulfillment_status": SearchField("word", t.reader("fulfillment", fulfillment_status)),
        "customer_id": SearchField("number", store.owner),
        "tag": SearchField("words", of(lambda o: o.tags)),
        "test": SearchField("word", of(lambda o: o.test)),
        "source_name": SearchField("word", of(lambda o: o.source)),
        "sku": SearchField("words", of(lambda o: [x.sku for x in o.lines])),
        "status": SearchField("words", of(lambda o: _status(o))),
    }, lambda i: f"{name(i)} {email(i) or ''}"


def _status(order: Order) -> list[str]:
    state = "cancelled" if order.cancelled else "closed" if order.closed else "open"
    return [state, "any", *(["not_closed"] if not order.closed else [])]


def _customer_fields(store: ShopStore) -> tuple[dict[str, SearchField], Callable[[int], Any]]:
    t = store.customers

    def of(get: Callable[[Customer], Any]) -> Callable[[int], Any]:
        return lambda i: get(t.at(i))

    # The schema says of customers' `updated_at` that it matches whole days.
    return {
        **_times(t, "day"),
        "created_at": SearchField("time", t.column("created").__getitem__, "created"),
        "customer_date": SearchField("time", t.column("created").__getitem__, "created"),
        "email": SearchField("text", of(lambda o: o.email)),
        "first_name": SearchField("text", of(lambda o: o.first_name)),
        "last_name": SearchField("text", of(lambda o: o.last_name)),
        "phone": SearchField("text", of(lambda o: o.phone)),
        "state": SearchField("word", of(lambda o: o.state)),
        "tag": SearchField("words", of(lambda o: o.tags)),
        "orders_count": SearchField("number", of(lambda o: store.customer_totals(o.id)[0])),
    }, of(lambda o: f"{o.first_name or ''} {o.last_name or ''} {o.email or ''}")


def _product_fields(store: ShopStore) -> tuple[dict[str, SearchField], Callable[[int], Any]]:
    t = store.products

    def of(get: Callable[[Product], Any]) -> Callable[[int], Any]:
        return lambda i: get(t.at(i))

    return {
        **_times(t, "time"),
        "title": SearchField("text", of(lambda o: o.title)),
        "handle": SearchField("word", of(lambda o: o.handle)),
        "vendor": SearchField("word", of(lambda o: o.vendor)),
        "product_type": SearchField("word", of(lambda o: o.product_type)),
        "status": SearchField("word", of(lambda o: o.status)),
        "tag": SearchField("words", of(lambda o: o.tags)),
        "sku": SearchField("words", of(lambda o: [v.sku for v in o.variants])),
        "gift_card": SearchField("word", of(lambda o: o.gift_card)),
    }, of(lambda o: o.title)


def _times(table: Table[Any], updated: str) -> dict[str, SearchField]:
    return {
        "id": SearchField("number", table.column("ids").__getitem__),
        "created_at": SearchField("time", table.column("created").__getitem__, "created"),
        "updated_at": SearchField(updated, table.column("updated").__getitem__, "updated"),
    }


_KINDS: dict[str, tuple[Callable[[ShopStore], Table[Any]], Callable[[ShopStore], Any], str]] = {
    "orders": (lambda s: s.orders, _order_fields, "PROCESSED_AT"),
    "customers": (lambda s: s.customers, _customer_fields, "ID"),
    "products": (lambda s: s.products, _product_fields, "ID"),
}


def table_of(store: ShopStore, kind: str) -> Table[Any]:
    """The table behind the root list `kind`."""
    return _KINDS[kind][0](store)


def matches(ctx: Context, kind: str, args: Args) -> tuple[list[int], str]:
    """(positions that match `args`' query, in ascending order of the sort key; the column sorted by).

    Search warnings are noted in the context. Raises GraphQLError for a sort key the stand-in does not have.
    """
    store = ctx.store
    get_table, get_fields, default_sort = _KINDS[kind]
    sort = args.get("sortKey") or default_sort
    column = _COLUMNS.get(sort)
    if column is None:
        raise not_available(f"sortKey {sort}")
    table, query = get_table(store), args.get("query")
    fields, default = get_fields(store)
    search = parse(query, fields, default, ctx.now)
    if search.warnings:
        ctx.search.append({"path": [kind], "query": query, "parsed": None, "warnings": search.warnings})
    if kind == "orders" and ctx.window is not None:
        low, high = search.bounds.get("created", (-(2**62), 2**62))
        search.bounds["created"] = (max(low, ctx.window), high)
    key = (kind, query, column, ctx.window)
    cache = store.list_cache()
    if key not in cache or "now" in (query or ""):
        if len(cache) >= _CACHED_LISTS:
            cache.clear()
        cache[key] = _select(table, column, search)
    return cache[key], column


def _select(table: Table[Any], column: str, search: Search) -> list[int]:
    rows = table.ordered(column)
    values = table.column(column)
    for name, (low, high) in search.bounds.items():
        if name == column:
            rows = rows[bisect_left(rows, low, key=values.__getitem__) : bisect_left(rows, high, key=values.__getitem__)]
    for name, (low, high) in search.bounds.items():
        if name != column:
            other = table.column(name)
            rows = [i for i in rows if low <= other[i] < high]
    if search.test is not None and not search.exact:
        rows = [i for i in rows if search.test(i)]
    return rows


def page(ctx: Context, kind: str, args: Args) -> Connection:
    """A page of the root list `kind` (orders, customers, products) for GraphQL arguments first, after, query, sortKey…"""
    refuse(args, kind, "savedSearchId")
    size, from_end = page_size(args)
    rows, column = matches(ctx, kind, args)
    backwards = bool(args.get("reverse"))
    tag = list_tag(kind, column, backwards, args.get("query"))
    table = table_of(ctx.store, kind)
    values, ids = table.column(column), table.column("ids")

    def key(i: int) -> tuple[int, int]:
        return (values[i], ids[i])

    def place(cursor: str | None, past: bool) -> int | None:
        if not cursor:
            return None
        wanted = decode(cursor, tag)
        seek = (wanted[0], wanted[-1])
        if backwards:
            return len(rows) - (bisect_left(rows, seek, key=key) if past else bisect_right(rows, seek, key=key))
        return bisect_right(rows, seek, key=key) if past else bisect_left(rows, seek, key=key)

    start, end = slice_of(len(rows), size, from_end, place(args.get("after"), True), place(args.get("before"), False))
    count = len(rows)
    picked = [rows[count - 1 - i] for i in range(start, end)] if backwards else rows[start:end]
    return Connection(
        [table.at(i) for i in picked],
        lambda i: encode(tag, *key(picked[i])),
        has_next=end < count,
        has_previous=0 < start < count + 1 and count > 0,
    )


def everything(ctx: Context, kind: str, args: Args) -> list[int]:
    """All matching positions in the order asked for: what a bulk operation walks through."""
    rows, _ = matches(ctx, kind, args)
    return rows[::-1] if args.get("reverse") else rows


def count(ctx: Context, kind: str, args: Args) -> tuple[int, str]:
    """(count, precision) as `ordersCount` and its like answer: above `limit` (10,000; null: none) only a lower bound."""
    refuse(args, f"{kind}Count", "savedSearchId")
    found = len(matches(ctx, kind, {"query": args.get("query"), "sortKey": "ID"})[0])
    limit = args.get("limit", 10_000)
    if limit is not None and found > limit:
        return limit, "AT_LEAST"
    return found, "EXACT"
