"""What each shop holds: the real quarter to the penny, the demo shop moved to the present, the awkward cases."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from storekeep.sandbox.config import AWKWARD, AWKWARD_JPY, AWKWARD_KWD, DEMO_STORE, ONLINE_RETAIL, RECENT_ONLY, SandboxConfig
from storekeep.sandbox.shopify import totals
from storekeep.sandbox.shopify.ledger import agreements
from storekeep.sandbox.shopify.model import add
from storekeep.sandbox.shopify.retail import QUARTER
from storekeep.sandbox.shopify.shops import base_of
from tests.sandbox.driver import ANCHOR, Driver
from tests.sandbox.quarter_figures import figures

LONDON = ZoneInfo("Europe/London")


def amount(bag: dict[str, Any]) -> Decimal:
    return Decimal(bag["shopMoney"]["amount"])


def sold(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of a store, from its bulk file alone."""
    orders = {r["id"]: r for r in rows if r["__typename"] == "Order"}
    lines = [r for r in rows if r["__typename"] == "LineItem"]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line["__parentId"]] += line["quantity"] * amount(line["originalUnitPriceSet"])
    assert all(sums[id] == amount(o["totalPriceSet"]) for id, o in orders.items())
    buyers = {id: o["customer"]["email"].split("@")[0].removeprefix("customer-") for id, o in orders.items() if o["customer"]}
    counts = Counter(buyers.values())
    spent: dict[str, Decimal] = defaultdict(Decimal)
    months: dict[str, list[Decimal]] = defaultdict(list)
    for id, order in orders.items():
        if id in buyers:
            spent[buyers[id]] += sums[id]
        day = datetime.fromisoformat(order["createdAt"]).astimezone(LONDON)
        months[day.strftime("%Y-%m")].append(sums[id])
    largest = max(orders, key=lambda id: sums[id])
    return {
        "lines": len(lines),
        "units": sum(line["quantity"] for line in lines),
        "orders": len(orders),
        "guestOrders": sum(o["customer"] is None for o in orders.values()),
        "customers": len(counts),
        "repeatCustomers": sum(n > 1 for n in counts.values()),
        "products": len({line["sku"] for line in lines}),
        "revenue": str(sum(sums.values())),
        "topCustomers": [
            {"customer": c, "revenue": str(spent[c]), "orders": counts[c]}
            for c in sorted(spent, key=lambda c: (-spent[c], c))[:5]
        ],
        "months": {m: {"revenue": str(sum(v)), "orders": len(v)} for m, v in sorted(months.items())},
        "largestOrder": {"name": orders[largest]["name"], "total": str(sums[largest])},
    }


def same(a: Any, b: Any) -> bool:
    """Equal, money compared as numbers."""
    if isinstance(a, dict):
        return set(a) == set(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(Decimal(a) == Decimal(b)) if isinstance(a, str) and a.replace(".", "").isdigit() else bool(a == b)


def test_the_committed_figures_are_the_shipped_files() -> None:
    committed = json.loads(QUARTER.with_name("online_retail_2011q1.figures.json").read_text())
    assert committed == figures(str(QUARTER))
    assert committed["months"]["2011-03"] == {"revenue": "717639.36", "orders": 1454}  # the data set's README says so too


def test_online_retail_is_the_quarter_to_the_penny(sandbox: Driver, quarter: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    rows = quarter[1]
    committed = json.loads(QUARTER.with_name("online_retail_2011q1.figures.json").read_text())
    found = sold(rows)
    assert same(found, committed), found
    assert all(amount(r["totalTaxSet"]) == amount(r["totalShippingPriceSet"]) == 0 for r in rows if r["__typename"] == "Order")
    told = sandbox.data("{ ordersCount { count } customersCount { count } productsCount { count } }")
    assert [c["count"] for c in told.values()] == [committed["orders"], committed["customers"], committed["products"]]


def test_products_carry_their_latest_price_and_commonest_name(sandbox: Driver) -> None:
    query = """{ products(first: 1, query: "sku:85123A") { nodes { title variants(first: 1) { nodes { sku price } } } } }"""
    product = sandbox.data(query)["products"]["nodes"][0]
    assert product["title"] == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert product["variants"]["nodes"][0] == {"sku": "85123A", "price": "2.95"}


def test_the_demo_shop_ends_yesterday(sandbox: Driver) -> None:
    query = """{ orders { edges { node { id createdAt email cancelledAt displayFinancialStatus refunds { id }
        fulfillments { id displayStatus trackingInfo { number url } } } } } }"""
    rows = sandbox.lines(sandbox.bulk(query, shop=DEMO_STORE))
    days = Counter(datetime.fromisoformat(r["createdAt"]).astimezone(LONDON).date() for r in rows)
    assert max(days) == ANCHOR - timedelta(days=1)
    clocks = {datetime.fromisoformat(r["createdAt"]).astimezone(LONDON).hour for r in rows}
    assert clocks <= set(range(6, 22))  # the shop's own trading hours, whatever the season
    assert {d.strftime("%a") for d in days} == {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri"}  # it rested on Saturdays
    refunded = sum(bool(r["refunds"]) for r in rows)
    cancelled = sum(r["cancelledAt"] is not None for r in rows)
    pending = sum(r["displayFinancialStatus"] == "PENDING" for r in rows)
    tracked = sum(any(t["number"] and t["url"] for f in r["fulfillments"] for t in f["trackingInfo"]) for r in rows)
    assert refunded > 300 and 20 < cancelled < 120 and 20 < pending < 150 and tracked > 2500
    assert all("@example.com" in r["email"] for r in rows if r["email"])
    assert any(r["email"] is None for r in rows)


@pytest.mark.parametrize("anchor", [date(2026, 11, 15) + timedelta(days=n) for n in range(7)])
def test_the_last_order_is_yesterday_on_every_day_of_the_week(anchor: date, tmp_path: Path) -> None:
    base = base_of(DEMO_STORE, SandboxConfig(state_dir=tmp_path), anchor)
    newest = max(base.orders.created)
    assert datetime.fromtimestamp(newest, LONDON).date() == anchor - timedelta(days=1)
    assert max(base.orders.updated) < datetime(anchor.year, anchor.month, anchor.day, tzinfo=LONDON).timestamp()


@pytest.mark.parametrize("shop", [ONLINE_RETAIL, DEMO_STORE, AWKWARD, AWKWARD_JPY, AWKWARD_KWD])
def test_columns_say_what_the_rows_say(shop: str, tmp_path: Path) -> None:
    base = base_of(shop, SandboxConfig(state_dir=tmp_path), ANCHOR)
    build = base.orders.build
    assert build
    spent: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    ids: Counter[int] = Counter()
    for i in range(len(base.orders.ids)):
        order = build(i)
        columns = (base.orders.ids[i], base.orders.created[i], base.orders.updated[i], base.orders.processed[i])
        assert columns == (order.id, order.created, order.updated, order.processed)
        assert base.order_customer[i] == (order.customer_id or 0)
        ids.update(line.id for line in order.lines)
        peeked = {"name": order.name, "email": order.email, "financial": order.financial}
        peeked["fulfillment"] = totals.fulfillment_status(order)
        assert all(base.orders.peek[k](i) == v for k, v in peeked.items() if k in base.orders.peek)
        if order.customer_id and not order.test:
            n, amount = spent[order.customer_id]
            spent[order.customer_id] = (n + 1, amount + totals.spent(order))
        # The ledger tells the same story as the totals, and nothing is refunded that was not paid.
        assert add(*(s.amount for _, a in agreements(order) for s in a.sales)) == totals.current_total(order)
        assert totals.refunded(order)[0] <= totals.received(order)[0]
        assert all(0 <= line.current <= line.quantity for line in order.lines)
    assert {k: v for k, v in base.totals.items() if v != (0, 0)} == dict(spent)
    assert not [id for id, n in ids.items() if n > 1]


def test_the_awkward_cases_are_there(sandbox: Driver) -> None:
    rows = [r for r in sandbox.raw(AWKWARD) if r["type"] == "order"]
    everyone = [r for r in sandbox.raw(AWKWARD) if r["type"] == "customer"]
    assert {r["presentmentCurrency"] for r in rows} == {"EUR", "USD", "JPY", "KWD"}
    assert any(r["customerId"] is None and r["email"] is None for r in rows) and any(r["test"] for r in rows)
    assert {"PENDING", "AUTHORIZED", "PARTIALLY_PAID", "PAID", "PARTIALLY_REFUNDED", "REFUNDED", "VOIDED", "EXPIRED"} == {
        r["financialStatus"] for r in rows
    }
    assert any(len(r["lines"]) == 300 for r in rows) and any(r["edits"] for r in rows)
    refunds = [x for r in rows for x in r["refunds"]]
    assert any(not x["lines"] for x in refunds) and any(not x["transactions"] for x in refunds)
    assert {"PENDING", "FAILURE", "SUCCESS"} == {t["status"] for x in refunds for t in x["transactions"]}
    lines = [x for r in rows for x in r["lines"]]
    known = {r["id"] for r in sandbox.raw(AWKWARD) if r["type"] == "product"}
    assert any(x["productId"] and x["productId"] not in known for x in lines) and any(x["productId"] is None for x in lines)
    assert any(x["giftCard"] for x in lines) and any(x["tip"] for x in lines)
    assert any(int(x["id"]) > 2**53 for x in rows)
    assert any(c["email"] is None for c in everyone) and any(c["firstName"] is None for c in everyone)
    assert any("ا" in (c["lastName"] or "") for c in everyone) and any("🧸" in (c["firstName"] or "") for c in everyone)
    ties = Counter(r["updatedAt"] for r in rows)
    assert ties.most_common(1)[0][1] > 250
    assert any(r["createdAt"] != r["processedAt"] for r in rows) and any(r["tags"] for r in rows)
    assert any(line["currentQuantity"] == 0 for line in lines)


@pytest.mark.parametrize(("shop", "decimals"), [(AWKWARD_JPY, 0), (AWKWARD_KWD, 3)])
def test_currencies_without_cents_and_with_mills(sandbox: Driver, shop: str, decimals: int) -> None:
    prices = [x["unitPrice"]["shop"] for r in sandbox.raw(shop) if r["type"] == "order" for x in r["lines"]]
    assert all((len(p.split(".")[1]) if "." in p else 0) == decimals for p in prices)
    query = "{ orders(first: 100) { nodes { totalPriceSet { shopMoney { amount currencyCode } } } } }"
    nodes = sandbox.data(query, shop=shop)["orders"]["nodes"]
    assert any(Decimal(n["totalPriceSet"]["shopMoney"]["amount"]) % 1 != 0 for n in nodes) is (decimals == 3)


def test_a_deleted_products_lines_keep_their_words(sandbox: Driver) -> None:
    query = """{ orders(first: 250, query: "fulfillment_status:unfulfilled", reverse: true) { nodes { lineItems(first: 1) {
        nodes { title product { id } variant { id } } } } } }"""
    lines = [n for o in sandbox.data(query, shop=AWKWARD)["orders"]["nodes"] for n in o["lineItems"]["nodes"]]
    assert {"title": "Discontinued lamp", "product": None, "variant": None} in lines


def test_without_read_all_orders_only_sixty_days_are_there(sandbox: Driver) -> None:
    token = sandbox.install(RECENT_ONLY, "read_orders,read_customers,read_products,read_all_orders")["access_token"]
    count = "query($q: String) { ordersCount(query: $q, limit: null) { count } }"
    edge = datetime.fromtimestamp(datetime.now(tz=UTC).timestamp() - 60 * 86400, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    oldest = '{ orders(first: 1, sortKey: CREATED_AT, query: "customer_id:>0") { nodes { id createdAt customer { id } } } }'
    sandbox.control("POST", "manners", {"shop": RECENT_ONLY, "history": True})
    old = sandbox.data(count, {"q": f"created_at:<'{edge}'"}, shop=RECENT_ONLY)["ordersCount"]["count"]
    everything = sandbox.data(count, shop=RECENT_ONLY)["ordersCount"]["count"]
    first = sandbox.data(oldest, shop=RECENT_ONLY)["orders"]["nodes"][0]
    sandbox.control("POST", "manners", {"shop": RECENT_ONLY, "history": False})
    assert old > 0 and first["createdAt"] < edge
    seen = sandbox.data(count, shop=RECENT_ONLY, token=token)["ordersCount"]["count"]
    assert seen == everything - old
    assert sandbox.data(count, shop=RECENT_ONLY)["ordersCount"]["count"] == seen  # nor has its custom app more
    query = "query($id: ID!) { order(id: $id) { id } }"
    assert sandbox.data(query, {"id": first["id"]}, shop=RECENT_ONLY, token=token) == {"order": None}
    mine = "query($id: ID!) { customer(id: $id) { numberOfOrders orders(first: 250) { nodes { id } } } }"
    customer = sandbox.data(mine, {"id": first["customer"]["id"]}, shop=RECENT_ONLY, token=token)["customer"]
    assert len(customer["orders"]["nodes"]) < int(customer["numberOfOrders"])
    operation = sandbox.bulk("{ orders { edges { node { id createdAt } } } }", shop=RECENT_ONLY, token=token)
    assert int(operation["objectCount"]) == seen


def test_without_protected_data_people_have_no_names(sandbox: Driver) -> None:
    sandbox.control("POST", "manners", {"shop": AWKWARD_KWD, "protected": False})
    try:
        query = """{ customers(first: 20) { nodes { id firstName lastName displayName defaultEmailAddress { emailAddress }
            defaultAddress { address1 city countryCodeV2 } } }
            orders(first: 50) { nodes { name email phone shippingAddress { name } } } }"""
        data = sandbox.data(query, shop=AWKWARD_KWD)
        for person in data["customers"]["nodes"]:
            assert person["firstName"] is person["lastName"] is person["defaultEmailAddress"] is None
        assert all(o["email"] is None and o["name"] for o in data["orders"]["nodes"])
    finally:
        sandbox.control("POST", "manners", {"shop": AWKWARD_KWD, "protected": True})
