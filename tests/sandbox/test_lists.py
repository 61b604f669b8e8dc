"""Filters, orders, cursors and counts of the long lists."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeep.sandbox.config import AWKWARD, ONLINE_RETAIL
from storekeep.sandbox.shopify.search import SearchField, parse
from tests.sandbox.driver import Driver

LIST = """query L($first: Int, $after: String, $last: Int, $before: String, $query: String, $sort: OrderSortKeys,
                    $reverse: Boolean) {
  orders(first: $first, after: $after, last: $last, before: $before, query: $query, sortKey: $sort, reverse: $reverse) {
    nodes { id name createdAt updatedAt email displayFinancialStatus }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
COUNT = "query C($q: String, $limit: Int) { ordersCount(query: $q, limit: $limit) { count precision } }"


def count(sandbox: Driver, query: str | None, shop: str = ONLINE_RETAIL) -> int:
    return sandbox.data(COUNT, {"q": query, "limit": None}, shop=shop)["ordersCount"]["count"]  # type: ignore[no-any-return]


def test_time_filters_cut_exactly(sandbox: Driver) -> None:
    edge = "2011-02-01T08:23:00Z"
    before, at, after = (count(sandbox, f"created_at:{op}'{edge}'") for op in ("<", "", ">"))
    assert at == 1 and before + at + after == 3640
    assert count(sandbox, f"created_at:>='{edge}'") == at + after
    assert count(sandbox, f"created_at:<='{edge}'") == before + at
    assert count(sandbox, "created_at:>='2011-02-01T00:00:00Z' AND created_at:<'2011-03-01T00:00:00Z'") == 1100
    assert count(sandbox, "processed_at:>=2011-03-01 processed_at:<2011-04-01") == 1454
    assert count(sandbox, "updated_at:2011-02") == 1100
    assert count(sandbox, "updated_at:<now") == 3640


def test_an_unquoted_timestamp_is_dropped_and_only_the_warning_tells(sandbox: Driver) -> None:
    answer = sandbox.gql(LIST, {"first": 1, "query": "created_at:>=2011-03-31T12:00:00Z", "sort": "CREATED_AT"})
    assert "errors" not in answer
    assert answer["data"]["orders"]["nodes"][0]["createdAt"].startswith("2011-01-04")  # the filter did nothing
    warned = answer["extensions"]["search"][0]
    assert warned["path"] == ["orders"] and warned["warnings"][0]["code"] == "invalid_field"
    quoted = sandbox.gql(LIST, {"first": 1, "query": "created_at:>='2011-03-31T12:00:00Z'", "sort": "CREATED_AT"})
    assert "search" not in quoted["extensions"]
    assert quoted["data"]["orders"]["nodes"][0]["createdAt"] >= "2011-03-31T12:00:00Z"


def test_other_filters(sandbox: Driver) -> None:
    assert count(sandbox, "name:#539993") == count(sandbox, "name:'#539993'") == 1
    assert count(sandbox, "id:5000000539993") == 1
    assert count(sandbox, "id:>5000000539993 id:<=5000000540002") == 2
    assert count(sandbox, "financial_status:paid") == 3640
    assert count(sandbox, "email:customer-14646@example.com") == 12
    assert count(sandbox, "-financial_status:paid") == 0
    assert count(sandbox, "name:#539993 OR name:#540001") == 2
    assert count(sandbox, "(name:#539993 OR name:#540001) AND NOT name:#540001") == 1
    assert count(sandbox, "financial_status:pending,authorized", AWKWARD) == 2
    assert count(sandbox, "tag:import", AWKWARD) == 280
    answer = sandbox.gql(COUNT, {"q": "colour:red"})
    assert answer["data"]["ordersCount"]["count"] == 3640
    assert answer["extensions"]["search"][0]["warnings"][0]["field"] == "colour"


def test_customers_match_whole_days(sandbox: Driver) -> None:
    query = "query($q: String!) { customersCount(query: $q) { count } }"
    counts = {
        q: sandbox.data(query, {"q": f"updated_at:{q}"})["customersCount"]["count"]
        for q in (">='2011-03-01T00:00:00Z'", ">='2011-03-01T15:00:00Z'", "<'2011-03-01T15:00:00Z'", ">'2011-03-01T00:00:00Z'")
    }
    assert counts[">='2011-03-01T00:00:00Z'"] == counts[">='2011-03-01T15:00:00Z'"]
    assert counts["<'2011-03-01T15:00:00Z'"] + counts[">='2011-03-01T15:00:00Z'"] == 1776
    assert counts[">'2011-03-01T00:00:00Z'"] < counts[">='2011-03-01T00:00:00Z'"]


def test_counts_are_bounded_by_their_limit(sandbox: Driver) -> None:
    assert sandbox.data(COUNT, {"limit": 100})["ordersCount"] == {"count": 100, "precision": "AT_LEAST"}
    assert sandbox.data(COUNT, {"limit": 3640})["ordersCount"] == {"count": 3640, "precision": "EXACT"}
    assert sandbox.data("{ ordersCount { count precision } }")["ordersCount"]["precision"] == "EXACT"


@pytest.mark.parametrize("sort", ["CREATED_AT", "UPDATED_AT", "PROCESSED_AT", "ID"])
@pytest.mark.parametrize("reverse", [False, True])
def test_pages_walk_the_whole_list_once_in_order(sandbox: Driver, sort: str, reverse: bool) -> None:
    wanted = {"first": 97, "sort": sort, "reverse": reverse}
    rows = sandbox.pages(LIST, "orders", wanted, shop=AWKWARD)
    assert len(rows) == len({r["id"] for r in rows}) == count(sandbox, None, AWKWARD)
    key = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt"}.get(sort)
    if key:
        assert [r[key] for r in rows] == sorted((r[key] for r in rows), reverse=reverse)


def test_ties_straddle_the_largest_page(sandbox: Driver) -> None:
    rows = sandbox.pages(LIST, "orders", {"first": 250, "sort": "UPDATED_AT"}, shop=AWKWARD)
    assert rows[249]["updatedAt"] == rows[250]["updatedAt"]


def test_walking_back_meets_the_same_rows(sandbox: Driver) -> None:
    forward = sandbox.data(LIST, {"first": 20, "sort": "CREATED_AT"})["orders"]
    second = sandbox.data(
        LIST, {"first": 10, "after": forward["nodes"] and forward["pageInfo"]["startCursor"], "sort": "CREATED_AT"}
    )["orders"]
    assert second["nodes"] == forward["nodes"][1:11] and second["pageInfo"]["hasPreviousPage"]
    back = sandbox.data(LIST, {"last": 5, "before": second["pageInfo"]["endCursor"], "sort": "CREATED_AT"})["orders"]
    assert back["nodes"] == forward["nodes"][5:10]
    tail = sandbox.data(LIST, {"last": 3, "sort": "CREATED_AT"})["orders"]
    assert not tail["pageInfo"]["hasNextPage"] and tail["nodes"][-1]["createdAt"].startswith("2011-03-31")


def test_a_cursor_belongs_to_its_list(sandbox: Driver) -> None:
    cursor = sandbox.data(LIST, {"first": 5, "sort": "CREATED_AT"})["orders"]["pageInfo"]["endCursor"]
    others: list[dict[str, Any]] = [
        {"sort": "UPDATED_AT"},
        {"sort": "CREATED_AT", "reverse": True},
        {"sort": "CREATED_AT", "query": "id:>1"},
    ]
    for other in others:
        answer = sandbox.gql(LIST, {"first": 5, "after": cursor, **other})
        assert answer["errors"][0]["message"] == "Invalid cursor for current pagination sort."
    assert sandbox.gql(LIST, {"first": 5, "after": "garbage", "sort": "CREATED_AT"})["errors"]


def test_nested_connections_stop_at_first(sandbox: Driver) -> None:
    query = """query($after: String) { orders(first: 1, query: "tag:'300 lines'") { nodes { id
        lineItems(first: 120, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } } } } }"""
    seen: list[str] = []
    after = None
    for expected in (True, True, False):
        lines = sandbox.data(query, {"after": after}, shop=AWKWARD)["orders"]["nodes"][0]["lineItems"]
        seen.extend(n["id"] for n in lines["nodes"])
        after = lines["pageInfo"]["endCursor"]
        assert lines["pageInfo"]["hasNextPage"] is expected
    assert len(seen) == len(set(seen)) == 300


def test_a_customers_orders(sandbox: Driver) -> None:
    query = """{ customers(first: 1, query: "email:'customer-14646@example.com'") { nodes { numberOfOrders amountSpent { amount }
        orders(first: 50) { nodes { totalPriceSet { shopMoney { amount } } } pageInfo { hasNextPage } } } } }"""
    customer = sandbox.data(query)["customers"]["nodes"][0]
    assert customer["numberOfOrders"] == "12" and customer["amountSpent"]["amount"] == "70736.54"
    assert len(customer["orders"]["nodes"]) == 12


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
    | st.text(alphabet="ab_:'\"()<>=-OR AND NOT 2011-01T:Z*,\\", max_size=60)
)
def test_no_search_text_breaks_the_parser(text: str) -> None:
    fields = {"a": SearchField("word", lambda i: "x"), "b": SearchField("time", lambda i: i, "created")}
    search = parse(text, fields, lambda i: "some words", 1_700_000_000)
    if search.test:
        assert search.test(5) in (True, False)
