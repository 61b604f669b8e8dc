"""Bulk operations: the files they make, the rules they keep, and how they end."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from storekeep.sandbox.config import AWKWARD, AWKWARD_KWD, ONLINE_RETAIL, custom_app_token
from tests.entry.embedded.running import wait_for
from tests.sandbox.driver import Driver, config, document, running

RUN = """mutation R($q: String!) { bulkOperationRunQuery(query: $q) {
    bulkOperation { id status } userErrors { field message code } } }"""


def orders_between(start: str, end: str) -> str:
    return f"""{{ orders(query: "created_at:>='{start}' AND created_at:<'{end}'") {{ edges {{ node {{ id name }} }} }} }}"""


def test_children_lie_far_from_their_parents(quarter: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    operation, rows = quarter
    assert operation["status"] == "COMPLETED" and operation["errorCode"] is None
    assert isinstance(operation["objectCount"], str) and int(operation["objectCount"]) == len(rows) == 100_854
    assert operation["rootObjectCount"] == "3640"
    roots = [i for i, r in enumerate(rows) if "__parentId" not in r]
    assert roots == list(range(3640))
    place = {rows[i]["id"]: i for i in roots}
    gaps = [i - place[r["__parentId"]] for i, r in enumerate(rows) if "__parentId" in r]
    assert sum(gap > 1000 for gap in gaps) / len(gaps) > 0.9
    neighbours = sum(a.get("__parentId") == b.get("__parentId") for a, b in pairwise(rows[3640:]))
    assert neighbours / len(gaps) < 0.1
    assert {r["__typename"] for r in rows} == {"Order", "LineItem"}


@pytest.mark.parametrize("shop", [AWKWARD, AWKWARD_KWD])
def test_a_bulk_file_says_what_the_pages_say(sandbox: Driver, shop: str) -> None:
    fields = """__typename id legacyResourceId name createdAt updatedAt cancelledAt test email tags customer { id }
        displayFinancialStatus displayFulfillmentStatus
        totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
        currentTotalPriceSet { shopMoney { amount } } totalRefundedSet { presentmentMoney { amount } }
        customAttributes { key value } refunds { id note totalRefundedSet { shopMoney { amount } } }
        fulfillments { id status trackingInfo { company number } }"""
    line = """__typename id title sku quantity currentQuantity product { id } variant { id }
        originalUnitPriceSet { presentmentMoney { amount } } taxLines { rate priceSet { shopMoney { amount } } }
        discountAllocations { allocatedAmountSet { shopMoney { amount } } discountApplication {
            __typename index value { ... on MoneyV2 { amount } ... on PricingPercentageValue { percentage } } } }"""
    query = f"{{ orders(sortKey: ID) {{ edges {{ node {{ {fields} lineItems {{ edges {{ node {{ {line} }} }} }} }} }} }} }}"
    bulk = sandbox.lines(sandbox.bulk(query, shop=shop))
    page = f"""query($after: String) {{ orders(first: 50, after: $after, sortKey: ID) {{
        nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    paged = sandbox.pages(page, "orders", {}, shop=shop)
    assert [r for r in bulk if r["__typename"] == "Order"] == paged
    lines: dict[str, list[Any]] = {}
    for row in bulk:
        if row["__typename"] == "LineItem":
            lines.setdefault(row["__parentId"], []).append({k: v for k, v in row.items() if k != "__parentId"})
    for order in paged[:40]:
        one = f"query($id: ID!) {{ order(id: $id) {{ lineItems(first: 250) {{ nodes {{ {line} }} }} }} }}"
        nodes = sandbox.data(one, {"id": order["id"]}, shop=shop)["order"]["lineItems"]["nodes"]
        assert (
            sorted(lines[order["id"]], key=lambda x: x["id"])[: len(nodes)] == sorted(nodes, key=lambda x: x["id"])
            or len(nodes) == 250
        )


def test_grouped_objects_follow_their_parent(sandbox: Driver) -> None:
    rows = sandbox.lines(sandbox.bulk(document("bulk_inner_products"), group=True))
    assert all(rows[i + 1]["__parentId"] == rows[i]["id"] for i in range(0, len(rows), 2))


def test_windows_share_out_the_whole(sandbox: Driver) -> None:
    edges = ["2010-12-01T00:00:00Z", "2011-02-01T00:00:00Z", "2011-03-01T00:00:00Z", "2011-04-01T00:00:00Z"]
    names: list[str] = []
    for start, end in pairwise(edges):
        names.extend(r["name"] for r in sandbox.lines(sandbox.bulk(orders_between(start, end))))
    assert len(names) == len(set(names)) == 3640


def test_nothing_matched_has_no_file(sandbox: Driver) -> None:
    operation = sandbox.bulk(orders_between("2001-01-01T00:00:00Z", "2001-02-01T00:00:00Z"))
    assert (operation["status"], operation["url"], operation["objectCount"]) == ("COMPLETED", None, "0")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("{ shop { id } }", "at least one connection"),
        ("{ orders { edges { node { id } } } products { edges { node { id } } } }", "exactly one top-level"),
        ('{ node(id: "gid://shopify/Order/1") { id } }', "top-level `node`"),
        ("{ orders { nodes { id } } }", "edges"),
        ("{ orders { edges { node { name lineItems { edges { node { id } } } } } } }", "must select `id`"),
        ("{ orders { edges { node { id refunds { id refundLineItems { edges { node { id } } } } } } } }", "inside list fields"),
        ("{ customers { edges { node { id orders { edges { node { id lineItems { edges { node { id } } } } } } } } } }", "depth"),
        (
            "{ orders { edges { node { id a: lineItems { edges { node { id } } } b: lineItems { edges { node { id } } } "
            "c: shippingLines { edges { node { id } } } d: lineItems { edges { node { id } } } "
            "e: lineItems { edges { node { id } } } } } } }",
            "more than 5 connections",
        ),
        ("{ orders { edges { node { nome } } } }", "nome"),
        ("{ orders {", "Syntax Error"),
        ('mutation { tagsAdd(id: "x", tags: []) { node { id } } }', "query"),
    ],
)
def test_the_rules_of_bulk_queries(sandbox: Driver, query: str, says: str) -> None:
    outcome = sandbox.data(RUN, {"q": query})["bulkOperationRunQuery"]
    assert outcome["bulkOperation"] is None
    assert outcome["userErrors"][0]["code"] == "INVALID" and says in outcome["userErrors"][0]["message"]


def status_of(sandbox: Driver, id: str) -> str:
    return str(sandbox.data(document("bulk_status"), {"id": id})["bulkOperation"]["status"])


def test_the_sixth_at_once_is_refused_and_one_can_be_cancelled(tmp_path: Path) -> None:
    with running(config(tmp_path, bulk_running_seconds=60.0)) as sandbox:
        started = [
            sandbox.data(RUN, {"q": orders_between("2011-01-01T00:00:00Z", f"2011-03-0{i}T00:00:00Z")}) for i in range(1, 6)
        ]
        ids = [s["bulkOperationRunQuery"]["bulkOperation"]["id"] for s in started]
        sixth = sandbox.data(RUN, {"q": "{ products { edges { node { id } } } }"})["bulkOperationRunQuery"]
        assert sixth["bulkOperation"] is None and sixth["userErrors"][0]["code"] == "LIMIT_REACHED"
        other = sandbox.install(scope="read_products")["access_token"]  # another app is not in the way
        assert not sandbox.data(RUN, {"q": "{ products { edges { node { id } } } }"}, token=other)["bulkOperationRunQuery"][
            "userErrors"
        ]
        wait_for(lambda: status_of(sandbox, ids[0]) == "RUNNING", "the first operation to be running", 30)
        listed = sandbox.data(document("bulk_list_running"))["bulkOperations"]["nodes"]
        assert {o["status"] for o in listed} == {"RUNNING"} and len(listed) <= 5
        cancelled = sandbox.data(document("bulk_cancel"), {"id": ids[0]})["bulkOperationCancel"]
        assert cancelled["bulkOperation"]["status"] == "CANCELING" and not cancelled["userErrors"]
        assert sandbox.finished(ids[0])["status"] == "CANCELED"
        assert sandbox.data(document("bulk_cancel"), {"id": ids[0]})["bulkOperationCancel"]["userErrors"]
        again = sandbox.data(RUN, {"q": "{ products { edges { node { id } } } }"})["bulkOperationRunQuery"]
        assert again["bulkOperation"]["status"] == "CREATED"


def test_the_file_is_signed_on_another_host_and_takes_no_token(sandbox: Driver) -> None:
    url = sandbox.bulk(document("bulk_inner_customers"))["url"]
    assert urlsplit(url).hostname == "localhost" != urlsplit(sandbox.root).hostname
    assert sandbox.http.get(url).status_code == 200
    token = {"X-Shopify-Access-Token": custom_app_token(ONLINE_RETAIL)}
    assert sandbox.http.get(url, headers=token).status_code == 400
    assert sandbox.http.get(url, headers={"Authorization": "Bearer x"}).status_code == 400
    assert sandbox.http.get(url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 403
    assert sandbox.http.get(url.replace("expires=", "expires=9")).status_code == 403
    assert sandbox.http.get(url.split("?")[0].rsplit("/", 1)[0] + "/..%2Fjournal.jsonl").status_code in (403, 404)


def test_a_missing_scope_fails_the_operation(sandbox: Driver) -> None:
    token = sandbox.control("POST", "tokens", {"shop": ONLINE_RETAIL, "scopes": ["read_products"]})["accessToken"]
    operation = sandbox.bulk(document("bulk_inner_customers"), token=token)
    assert (operation["status"], operation["errorCode"], operation["url"]) == ("FAILED", "ACCESS_DENIED", None)


def test_a_failed_operation_leaves_its_part(faulty: Driver) -> None:
    faulty.fault(place="bulk", kind="fail", shop=AWKWARD)
    operation = faulty.bulk(document("bulk_inner_customers"), shop=AWKWARD)
    assert (operation["status"], operation["errorCode"], operation["url"]) == ("FAILED", "INTERNAL_SERVER_ERROR", None)
    part = faulty.http.get(operation["partialDataUrl"]).text.splitlines()
    assert len(part) == 5 == int(operation["objectCount"])
    assert faulty.bulk(document("bulk_inner_customers"), shop=AWKWARD)["status"] == "COMPLETED"


def test_an_edit_makes_a_new_file(fresh: Driver) -> None:
    query = document("bulk_inner_customers")
    first, second = fresh.bulk(query, shop=AWKWARD), fresh.bulk(query, shop=AWKWARD)
    assert first["url"].split("?")[0] == second["url"].split("?")[0]
    fresh.control("POST", "edit", {"shop": AWKWARD, "action": "create_customer"})
    third = fresh.bulk(query, shop=AWKWARD)
    assert int(third["objectCount"]) == int(first["objectCount"]) + 1
    assert len(fresh.lines(third)) == int(third["objectCount"])
