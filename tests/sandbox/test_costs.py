"""What queries cost and what happens when the bucket is empty."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from storekeep.sandbox.config import ONLINE_RETAIL
from storekeep.sandbox.shopify.cost import Bucket, weight
from tests.sandbox.driver import Driver, config, document, running

ORDERS = "query($n: Int!) { orders(first: $n) { nodes { id } } }"


def cost(sandbox: Driver, query: str, **variables: object) -> dict[str, float]:
    return sandbox.gql(query, variables)["extensions"]["cost"]  # type: ignore[no-any-return]


# What was measured on real shops: the figure, and a query that selects as much.
MEASURED = {
    "250 orders": (13, "{ orders(first: 250) { nodes { id name createdAt } } }"),
    "250 orders with line items": (156, "{ orders(first: 250) { nodes { id lineItems(first: 250) { nodes { id } } } } }"),
    "250 orders in full": (
        431,
        """{ orders(first: 250) { nodes { id customer { id } totalPriceSet { shopMoney { amount } }
        lineItems(first: 250) { nodes { id originalTotalSet { shopMoney { amount } } } } } } }""",
    ),
    "250 products with variants": (
        167,
        "{ products(first: 250) { nodes { id priceRangeV2 { __typename } variants(first: 250) { nodes { id } } } } }",
    ),
    "starting a bulk operation": (
        10,
        'mutation { bulkOperationRunQuery(query: "{ shop { id } }") { userErrors { message } } }',
    ),
    "an object": (1, "{ shop { name } }"),
}


@pytest.mark.parametrize("what", MEASURED)
def test_queries_cost_what_was_measured(sandbox: Driver, what: str) -> None:
    points, query = MEASURED[what]
    assert cost(sandbox, query)["requestedQueryCost"] == points


def test_the_bucket_is_charged_what_came_back(sandbox: Driver) -> None:
    found = cost(sandbox, "{ orders(first: 250, query: \"name:'#539993'\") { nodes { id customer { id } } } }")
    assert found["actualQueryCost"] < found["requestedQueryCost"]
    assert isinstance(found["throttleStatus"]["currentlyAvailable"], float)  # type: ignore[index]


def test_an_empty_bucket_throttles_on_http_200_and_refills(tmp_path: Path) -> None:
    with running(config(tmp_path, bucket_size=140.0, restore_rate=60.0)) as sandbox:
        variables = {"first": 10, "query": "updated_at:>='2011-01-01T00:00:00Z'"}
        assert "errors" not in sandbox.gql(document("orders_delta"), variables)
        answer = sandbox.gql(document("orders_delta"), variables)
        assert "data" not in answer and answer["errors"][0]["extensions"]["code"] == "THROTTLED"
        told = answer["extensions"]["cost"]
        assert told["actualQueryCost"] is None
        assert told["throttleStatus"]["maximumAvailable"] == 140.0 and told["throttleStatus"]["restoreRate"] == 60.0
        short = told["requestedQueryCost"] - told["throttleStatus"]["currentlyAvailable"]
        assert short > 0
        time.sleep(short / 60 + 0.05)
        assert "errors" not in sandbox.gql(document("orders_delta"), variables)
        log = sandbox.control("GET", "requests", params={"operation": "OrdersDelta"})
        assert [e["code"] for e in log] == [None, "THROTTLED", None]


def test_apps_have_their_own_buckets(tmp_path: Path) -> None:
    with running(config(tmp_path, bucket_size=100.0, restore_rate=1.0)) as sandbox:
        other = sandbox.install(scope="read_orders")["access_token"]
        variables = {"first": 2, "query": "id:1"}
        query = "query($n: Int!) { orders(first: $n) { nodes { id lineItems(first: 50) { nodes { id } } } } }"
        assert "errors" in [sandbox.gql(query, {"n": 50}) for _ in range(3)][-1]
        assert "errors" not in sandbox.gql(query, {"n": 2}, token=other), variables


def test_a_query_over_a_thousand_points_is_refused_for_good(sandbox: Driver) -> None:
    inner = "lineItems(first: 250) { nodes { product { variants(first: 250) { nodes { id } } } } }"
    query = f"{{ orders(first: 250) {{ nodes {{ {inner} }} }} }}"
    answer = sandbox.gql(query)
    details = answer["errors"][0]["extensions"]
    assert "data" not in answer and details["code"] == "MAX_COST_EXCEEDED" and details["cost"] > details["maxCost"] == 1000


def test_bucket_leaks_upwards_to_its_rim() -> None:
    now = [0.0]
    bucket = Bucket(100, 10, lambda: now[0])
    bucket.take(60)
    assert bucket.available() == 40
    now[0] = 3
    assert bucket.available() == 70
    now[0] = 1000
    assert bucket.available() == 100


@pytest.mark.parametrize(("size", "points"), [(0, 0), (1, 1), (2, 1), (10, 5), (50, 8), (250, 11)])
def test_weight_grows_slower_than_the_page(size: int, points: int) -> None:
    assert weight(size) == points


def test_the_delta_documents_fit_into_one_query(sandbox: Driver) -> None:
    for name, first in (("orders_delta", 250), ("customers_delta", 250), ("products_delta", 250)):
        answer = sandbox.gql(document(name), {"first": first, "query": "id:1"}, shop=ONLINE_RETAIL)
        assert answer["extensions"]["cost"]["requestedQueryCost"] <= 1000
