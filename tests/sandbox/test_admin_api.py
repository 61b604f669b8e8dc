"""The GraphQL door: who gets in, what every answer carries, and how refusals look at each of the three layers."""

from __future__ import annotations

from typing import Any

import pytest

from storekeep.sandbox.config import AWKWARD, ONLINE_RETAIL, custom_app_token
from tests.sandbox.driver import DOCUMENTS, Driver, document

SHOP_NAME = "{ shop { name } }"
SINCE = "updated_at:>='2011-01-01T00:00:00Z'"


def first_order(sandbox: Driver, shop: str = ONLINE_RETAIL) -> str:
    rows = sandbox.data("{ orders(first: 1, sortKey: CREATED_AT) { nodes { id } } }", shop=shop)
    return rows["orders"]["nodes"][0]["id"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Shopify-Access-Token": ""},
        {"X-Shopify-Access-Token": "shpat_wrong"},
        {"X-Shopify-Access-Token": custom_app_token(AWKWARD)},
        {"Authorization": f"Bearer {custom_app_token(ONLINE_RETAIL)}"},
    ],
)
def test_a_wrong_token_or_an_authorization_header_is_401(sandbox: Driver, headers: dict[str, str]) -> None:
    response = sandbox.post(SHOP_NAME, headers=headers)
    assert response.status_code == 401
    assert isinstance(response.json()["errors"], str) and "Invalid API key" in response.json()["errors"]


def test_every_answer_carries_its_request_id_and_version(sandbox: Driver) -> None:
    ids = set()
    for answer in (sandbox.post(SHOP_NAME), sandbox.post(SHOP_NAME, token="no"), sandbox.post("{ nothing }")):
        ids.add(answer.headers["x-request-id"])
        assert answer.headers["x-shopify-api-version"] == "2026-07"
    assert len(ids) == 3


def test_a_retired_version_falls_forward_and_an_unknown_one_is_404(sandbox: Driver) -> None:
    assert sandbox.post(SHOP_NAME, version="2024-01").headers["x-shopify-api-version"] == "2025-10"
    assert sandbox.post(SHOP_NAME, version="2026-05").status_code == 404
    assert sandbox.post(SHOP_NAME, shop="nobody.myshopify.com").status_code == 404


def test_bodies_that_are_no_request_are_400(sandbox: Driver) -> None:
    url = f"{sandbox.base()}/admin/api/2026-07/graphql.json"
    headers = {"X-Shopify-Access-Token": custom_app_token(ONLINE_RETAIL), "Content-Type": "application/json"}
    for body in (b"{", b"[]", b'"x"', b"{}", b'{"query": 1}', b'{"query": "{ shop { name } }", "variables": []}', b"\xff", b""):
        assert sandbox.http.post(url, content=body, headers=headers).status_code == 400, body
    assert (
        sandbox.http.post(url, content=b'{"query": "{ shop { name } }", "variables": null}', headers=headers).status_code == 200
    )


@pytest.mark.parametrize("status", [402, 403, 423])
def test_a_shop_can_be_frozen_or_locked(sandbox: Driver, status: int) -> None:
    sandbox.control("POST", "manners", {"shop": AWKWARD, "status": status})
    try:
        response = sandbox.post(SHOP_NAME, shop=AWKWARD)
        assert response.status_code == status and isinstance(response.json()["errors"], str)
    finally:
        sandbox.control("POST", "manners", {"shop": AWKWARD, "status": 0})
    assert sandbox.post(SHOP_NAME, shop=AWKWARD).status_code == 200


@pytest.mark.parametrize("arguments", ["first: 251", "last: 251", "first: 0", "first: 1, last: 1", ""])
def test_page_sizes_are_held_to(sandbox: Driver, arguments: str) -> None:
    call = f"orders({arguments})" if arguments else "orders"
    answer = sandbox.gql("{ %s { nodes { id } } }" % call)  # noqa: UP031
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_document_errors_come_without_data(sandbox: Driver) -> None:
    for query, code in (("{ shop { nome } }", "undefinedField"), ("{ shop", "PARSE_ERROR"), ("{ order { id } }", "invalid")):
        answer = sandbox.gql(query)
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["code"] == code


def test_what_the_stand_in_lacks_is_refused_before_anything_happens(fresh: Driver) -> None:
    id = first_order(fresh)
    query = """mutation($id: ID!) { orderUpdate(input: {id: $id, note: "x"}) {
        order { id fulfillmentOrders(first: 1) { nodes { id } } } } }"""
    answer = fresh.gql(query, {"id": id})
    assert "data" not in answer
    assert answer["errors"][0]["message"] == "Order.fulfillmentOrders is not available in the stand-in"
    assert fresh.data("query($id: ID!) { order(id: $id) { note } }", {"id": id})["order"]["note"] is None
    answer = fresh.gql(
        "mutation($id: ID!) { fulfillmentCancel(id: $id) { fulfillment { id } } }", {"id": "gid://shopify/Fulfillment/1"}
    )
    assert answer["errors"][0]["extensions"]["code"] == "NOT_AVAILABLE_IN_STAND_IN"


def test_a_missing_scope_loses_the_field_and_keeps_the_rest(sandbox: Driver) -> None:
    token = sandbox.control("POST", "tokens", {"shop": ONLINE_RETAIL, "scopes": ["read_orders", "read_all_orders"]})[
        "accessToken"
    ]
    answer = sandbox.gql("{ orders(first: 1) { nodes { name customer { id } } } }", token=token)
    assert answer["data"]["orders"]["nodes"][0]["customer"] is None and answer["data"]["orders"]["nodes"][0]["name"]
    assert answer["errors"][0]["path"] == ["orders", "nodes", 0, "customer"]
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert "read_customers" in answer["errors"][0]["message"]
    assert sandbox.gql("{ customers(first: 1) { nodes { id } } }", token=token)["data"] is None
    assert sandbox.gql("{ customersCount { count } }", token=token)["data"] == {"customersCount": None}
    mutation = 'mutation($id: ID!) { orderUpdate(input: {id: $id, note: "no"}) { order { id } } }'
    answer = sandbox.gql(mutation, {"id": first_order(sandbox)}, token=token)
    assert answer["data"] == {"orderUpdate": None} and answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


def test_ids_of_another_kind_are_errors_and_unknown_ones_null(sandbox: Driver) -> None:
    query = "query($id: ID!) { order(id: $id) { id } }"
    for wrong in ("gid://shopify/Customer/1", "1", "gid://shopify/Order/"):
        answer = sandbox.gql(query, {"id": wrong})
        assert "Invalid global id" in answer["errors"][0]["message"] and answer["data"] == {"order": None}
    assert sandbox.data(query, {"id": "gid://shopify/Order/1"}) == {"order": None}
    answer = sandbox.gql('{ node(id: "gid://shopify/Nothing/1") { id } }')
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_GLOBAL_ID"
    ids = [first_order(sandbox), "gid://shopify/Product/1"]
    nodes = sandbox.data(document("nodes_batch"), {"ids": ids})["nodes"]
    assert nodes[0]["__typename"] == "Order" and nodes[0]["name"] and nodes[1] is None
    answer = sandbox.gql(document("nodes_batch"), {"ids": ids * 126})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_wide_numbers_are_strings_and_money_is_decimal_text(sandbox: Driver) -> None:
    order = sandbox.data(
        "{ orders(first: 1) { nodes { legacyResourceId totalPriceSet { shopMoney { amount } } } } }", shop=AWKWARD
    )
    node = order["orders"]["nodes"][0]
    assert int(node["legacyResourceId"]) > 2**53 and isinstance(node["legacyResourceId"], str)
    assert isinstance(node["totalPriceSet"]["shopMoney"]["amount"], str)


def test_shop_tells_who_it_is(sandbox: Driver) -> None:
    shop = sandbox.data(document("shop_info"))["shop"]
    assert (shop["currencyCode"], shop["ianaTimezone"], shop["myshopifyDomain"]) == ("GBP", "Europe/London", ONLINE_RETAIL)
    versions = sandbox.data(document("publicApiVersions"))["publicApiVersions"]
    assert {"handle": "2026-07", "supported": True} in versions


def variables_for(name: str, sandbox: Driver) -> dict[str, Any]:
    order = first_order(sandbox)
    return {
        "bulk_status": {"id": "gid://shopify/BulkOperation/1"},
        "bulk_cancel": {"id": "gid://shopify/BulkOperation/1"},
        "bulk_run": {"query": "{ products { edges { node { id } } } }"},
        "customers_delta": {"first": 3, "query": SINCE},
        "orders_delta": {"first": 3, "query": SINCE},
        "products_delta": {"first": 3, "query": SINCE},
        "deletion_events_products": {"first": 3, "query": "occurred_at:>='2011-01-01T00:00:00Z'"},
        "job_status": {"id": "gid://shopify/Job/6f2a3f0e-0000-4000-8000-000000000000", "orderId": order},
        "nodes_batch": {"ids": [order]},
        "order_detail": {"id": order},
        "order_refunds": {"id": order},
        "order_sales_ledger": {"id": order},
    }.get(name, {})


READ_DOCUMENTS = [
    p.stem
    for p in sorted(DOCUMENTS.glob("*.graphql"))
    if p.stem not in ("refund_create", "order_cancel", "order_update_address", "tags_add", "tags_remove")
    and "inner" not in p.stem
]


@pytest.mark.parametrize("name", READ_DOCUMENTS)
def test_the_documents_of_the_contract_notes_are_answered(sandbox: Driver, name: str) -> None:
    data = sandbox.data(document(name), variables_for(name, sandbox))
    assert data


@pytest.mark.parametrize(
    "query",
    [
        '{ orders(first: 1, savedSearchId: "gid://shopify/SavedSearch/1") { nodes { id } } }',
        "{ orders(first: 1, sortKey: TOTAL_PRICE) { nodes { id } } }",
        '{ customers(first: 1) { nodes { orders(first: 1, query: "name:x") { nodes { id } } } } }',
        "{ customers(first: 1) { nodes { orders(first: 1, sortKey: TOTAL_PRICE) { nodes { id } } } } }",
        "{ orders(first: 1) { nodes { transactions(capturable: true) { id } } } }",
        '{ node(id: "gid://shopify/Collection/1") { id } }',
    ],
)
def test_arguments_that_would_be_ignored_are_refused(sandbox: Driver, query: str) -> None:
    assert sandbox.gql(query)["errors"][0]["extensions"]["code"] == "NOT_AVAILABLE_IN_STAND_IN"
