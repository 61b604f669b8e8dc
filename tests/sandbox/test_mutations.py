"""Mutations change the shop, in every later read; refused ones change nothing."""

from __future__ import annotations

import time
import uuid
from decimal import Decimal
from typing import Any

import pytest

from storekeep.sandbox.config import AWKWARD, AWKWARD_KWD, ONLINE_RETAIL
from tests.sandbox.driver import Driver, document

SIMPLE = "financial_status:paid fulfillment_status:unfulfilled tag:import"  # paid, one line, not sent


def find(sandbox: Driver, query: str, shop: str = AWKWARD) -> str:
    rows = sandbox.data("query($q: String) { orders(first: 1, query: $q) { nodes { id } } }", {"q": query}, shop=shop)["orders"][
        "nodes"
    ]
    return rows[0]["id"]  # type: ignore[no-any-return]


def detail(sandbox: Driver, id: str, shop: str = AWKWARD) -> dict[str, Any]:
    return sandbox.data(document("order_detail"), {"id": id}, shop=shop)["order"]  # type: ignore[no-any-return]


def shop_money(bag: dict[str, Any]) -> Decimal:
    return Decimal(bag["shopMoney"]["amount"])


def refund(sandbox: Driver, input: dict[str, Any], key: str | None = None, shop: str = AWKWARD) -> dict[str, Any]:
    return sandbox.data(document("refund_create"), {"input": input, "key": key or str(uuid.uuid4())}, shop=shop)["refundCreate"]  # type: ignore[no-any-return]


def refund_of_first_line(sandbox: Driver, id: str, shop: str = AWKWARD, **more: Any) -> dict[str, Any]:
    order = detail(sandbox, id, shop)
    line, paid = order["lineItems"]["nodes"][0], order["transactions"][0]
    location = sandbox.data("{ locations(first: 1) { nodes { id } } }", shop=shop)["locations"]["nodes"][0]["id"]
    return {
        "orderId": id,
        "currency": order["presentmentCurrencyCode"],
        "note": "damaged",
        "refundLineItems": [{"lineItemId": line["id"], "quantity": 1, "restockType": "RETURN", "locationId": location}],
        "transactions": [
            {
                "orderId": id,
                "parentId": paid["id"],
                "gateway": paid["gateway"],
                "kind": "REFUND",
                "amount": line["originalUnitPriceSet"]["presentmentMoney"]["amount"],
            }
        ],
        **more,
    }


def test_update_changes_what_is_read_everywhere(fresh: Driver) -> None:
    id = find(fresh, SIMPLE)
    before = detail(fresh, id)
    address = {
        "firstName": "Bob",
        "lastName": "Norman",
        "address1": "190 MacLaren St",
        "city": "Ottawa",
        "provinceCode": "ON",
        "countryCode": "CA",
        "zip": "K2P 0V6",
    }
    input = {"id": id, "note": "call first", "tags": ["b", "a ", "A"], "email": "bob@example.com", "shippingAddress": address}
    answer = fresh.data(document("order_update_address"), {"input": input}, shop=AWKWARD)["orderUpdate"]
    assert not answer["userErrors"] and answer["order"]["shippingAddress"]["countryCodeV2"] == "CA"
    after = detail(fresh, id)
    assert (after["note"], after["tags"], after["email"]) == ("call first", ["a", "b"], "bob@example.com")
    assert after["updatedAt"] > before["updatedAt"] and after["shippingAddress"]["city"] == "Ottawa"
    assert after["billingAddress"] == before["billingAddress"]
    newest = fresh.data("{ orders(first: 1, sortKey: UPDATED_AT, reverse: true) { nodes { id } } }", shop=AWKWARD)
    assert newest["orders"]["nodes"][0]["id"] == id
    delta = fresh.data(document("orders_delta"), {"first": 5, "query": f"updated_at:>='{after['updatedAt']}'"}, shop=AWKWARD)
    assert [o["note"] for o in delta["orders"]["nodes"]] == ["call first"]


def test_a_refused_update_changes_nothing(fresh: Driver) -> None:
    id = find(fresh, SIMPLE)
    before = detail(fresh, id)
    wrong = fresh.data(document("order_update_address"), {"input": {"id": id, "email": "no", "note": "x"}}, shop=AWKWARD)[
        "orderUpdate"
    ]
    assert wrong["order"] is None and wrong["userErrors"][0]["field"] == ["email"]
    missing = fresh.data(document("order_update_address"), {"input": {"id": "gid://shopify/Order/1"}}, shop=AWKWARD)[
        "orderUpdate"
    ]
    assert missing["userErrors"]
    assert detail(fresh, id) == before


def test_tags_are_added_and_taken_away(fresh: Driver) -> None:
    id = find(fresh, SIMPLE)
    fresh.data(document("tags_add"), {"id": id, "tags": ["vip", "late"]}, shop=AWKWARD)
    once = detail(fresh, id)
    assert set(once["tags"]) >= {"vip", "late"}
    fresh.data(document("tags_add"), {"id": id, "tags": ["VIP"]}, shop=AWKWARD)
    assert detail(fresh, id) == once  # nothing new: not even updatedAt moves
    fresh.data(document("tags_remove"), {"id": id, "tags": ["Vip"]}, shop=AWKWARD)
    assert "vip" not in detail(fresh, id)["tags"]
    customer = fresh.data("{ customers(first: 1) { nodes { id } } }", shop=AWKWARD)["customers"]["nodes"][0]["id"]
    fresh.data(document("tags_add"), {"id": customer, "tags": ["gold"]}, shop=AWKWARD)
    assert (
        "gold" in fresh.data("query($id: ID!) { customer(id: $id) { tags } }", {"id": customer}, shop=AWKWARD)["customer"]["tags"]
    )


def test_a_refund_moves_money_lines_stock_and_status(fresh: Driver) -> None:
    id = find(fresh, SIMPLE)
    before = detail(fresh, id)
    line = before["lineItems"]["nodes"][0]
    stock = "query($id: ID!) { productVariant(id: $id) { inventoryQuantity } }"
    had = fresh.data(stock, {"id": line["variant"]["id"]}, shop=AWKWARD)["productVariant"]["inventoryQuantity"]
    answer = refund(fresh, refund_of_first_line(fresh, id))
    assert not answer["userErrors"] and answer["refund"]["transactions"]["nodes"][0]["status"] == "SUCCESS"
    after = detail(fresh, id)
    unit = shop_money(line["originalUnitPriceSet"])
    assert shop_money(after["totalRefundedSet"]) == unit
    assert shop_money(after["currentTotalPriceSet"]) == shop_money(before["totalPriceSet"]) - unit
    assert after["totalPriceSet"] == before["totalPriceSet"] and shop_money(after["totalOutstandingSet"]) == 0
    assert after["lineItems"]["nodes"][0]["currentQuantity"] == line["currentQuantity"] - 1
    assert after["displayFinancialStatus"] == "PARTIALLY_REFUNDED" and after["updatedAt"] > before["updatedAt"]
    assert fresh.data(stock, {"id": line["variant"]["id"]}, shop=AWKWARD)["productVariant"]["inventoryQuantity"] == had + 1
    kept = fresh.data(document("order_refunds"), {"id": id}, shop=AWKWARD)["order"]["refunds"]
    assert [r["id"] for r in kept] == [answer["refund"]["id"]] and kept[0]["note"] == "damaged"
    alone = fresh.data("query($id: ID!) { refund(id: $id) { note order { id } } }", {"id": kept[0]["id"]}, shop=AWKWARD)
    assert alone["refund"] == {"note": "damaged", "order": {"id": id}}


def test_the_same_key_never_refunds_twice(fresh: Driver) -> None:
    id = find(fresh, SIMPLE)
    input, key = refund_of_first_line(fresh, id), str(uuid.uuid4())
    first, again = refund(fresh, input, key), refund(fresh, input, key)
    assert first["refund"] == again["refund"]
    mismatch = refund(fresh, {**input, "note": "other"}, key)
    assert mismatch["refund"] is None and "IDEMPOTENCY_KEY_PARAMETER_MISMATCH" in mismatch["userErrors"][0]["message"]
    assert len(detail(fresh, id)["refunds"]) == 1
    without = "mutation($input: RefundInput!) { refundCreate(input: $input) { refund { id } } }"
    answer = fresh.gql(without, {"input": input}, shop=AWKWARD)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST" and "@idempotent" in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"orderId": "gid://shopify/Order/1"}, ["orderId"]),
        ({"currency": "USD"}, ["currency"]),
        (
            {"refundLineItems": [{"lineItemId": "gid://shopify/LineItem/1", "quantity": 1}]},
            ["refundLineItems", "0", "lineItemId"],
        ),
        ({"refundLineItems": [], "transactions": []}, []),
        ({"shipping": {"amount": "5.00"}}, ["shipping"]),
        ({"transactions.kind": "SALE"}, ["transactions", "0", "kind"]),
        ({"transactions.parentId": "gid://shopify/OrderTransaction/1"}, ["transactions", "0", "parentId"]),
        ({"transactions.amount": "1.005"}, ["transactions", "0", "amount"]),
        ({"transactions.amount": "999999.00"}, ["transactions"]),
        ({"lines.quantity": 99999}, ["refundLineItems", "0", "quantity"]),
        ({"lines.locationId": None}, ["refundLineItems", "0", "locationId"]),
    ],
)
def test_refunds_that_cannot_be(sandbox: Driver, change: dict[str, Any], field: list[str]) -> None:
    id = find(sandbox, SIMPLE)
    input = refund_of_first_line(sandbox, id)
    for name, value in change.items():
        part, _, inner = name.partition(".")
        if inner:
            input["transactions" if part == "transactions" else "refundLineItems"][0][inner] = value
        else:
            input[name] = value
    answer = refund(sandbox, input)
    assert answer["refund"] is None and answer["userErrors"][0]["field"] == field, answer
    assert detail(sandbox, id)["refunds"] == []


def test_a_presentment_order_wants_its_currency(fresh: Driver) -> None:
    rows = fresh.data(
        "{ orders(first: 250, reverse: true) { nodes { id presentmentCurrencyCode refunds { id } } } }", shop=AWKWARD
    )["orders"]["nodes"]
    id = next(r["id"] for r in rows if r["presentmentCurrencyCode"] == "KWD" and not r["refunds"])
    input = refund_of_first_line(fresh, id, AWKWARD)
    del input["currency"]
    assert refund(fresh, input, shop=AWKWARD)["userErrors"][0]["field"] == ["currency"]
    input["currency"] = "KWD"
    done = refund(fresh, input, shop=AWKWARD)
    assert not done["userErrors"]
    paid = done["refund"]["totalRefundedSet"]
    assert paid["presentmentMoney"]["currencyCode"] == "KWD" and paid["shopMoney"]["currencyCode"] == "EUR"
    assert Decimal(paid["presentmentMoney"]["amount"]) == Decimal(input["transactions"][0]["amount"])


def test_pending_money_counts_only_when_it_arrives(fresh: Driver) -> None:
    fresh.control("POST", "manners", {"shop": AWKWARD, "pending_refunds": True})
    id = find(fresh, SIMPLE)
    done = refund(fresh, refund_of_first_line(fresh, id))
    assert done["refund"]["transactions"]["nodes"][0]["status"] == "PENDING"
    assert shop_money(detail(fresh, id)["totalRefundedSet"]) == 0
    fresh.control("POST", "edit", {"shop": AWKWARD, "action": "settle_refunds", "id": id.rsplit("/", 1)[1]})
    after = detail(fresh, id)
    assert shop_money(after["totalRefundedSet"]) > 0 and after["displayFinancialStatus"] == "PARTIALLY_REFUNDED"


def cancel(sandbox: Driver, id: str, shop: str = AWKWARD, **more: Any) -> dict[str, Any]:
    variables = {"orderId": id, "reason": "CUSTOMER", "restock": True, **more}
    return sandbox.data(document("order_cancel"), variables, shop=shop)["orderCancel"]  # type: ignore[no-any-return]


def wait_for(sandbox: Driver, job: str, order: str, shop: str = AWKWARD) -> dict[str, Any]:
    for _ in range(100):
        state = sandbox.data(document("job_status"), {"id": job, "orderId": order}, shop=shop)
        if state["job"]["done"]:
            return state["order"]  # type: ignore[no-any-return]
        assert state["order"]["cancelledAt"] is None
        time.sleep(0.02)
    raise AssertionError("the job never ended")


def test_cancel_is_done_by_a_job(fresh: Driver) -> None:
    id = find(fresh, SIMPLE)
    before = detail(fresh, id)
    answer = cancel(fresh, id, refundMethod={"originalPaymentMethodsRefund": True})
    assert not answer["orderCancelUserErrors"] and answer["job"]["done"] is False
    assert cancel(fresh, id)["orderCancelUserErrors"][0]["code"] == "INVALID"  # one is under way
    order = wait_for(fresh, answer["job"]["id"], id)
    assert order["cancelReason"] == "CUSTOMER" and order["displayFinancialStatus"] == "REFUNDED"
    after = detail(fresh, id)
    assert shop_money(after["totalRefundedSet"]) == shop_money(before["totalPriceSet"])
    assert shop_money(after["currentTotalPriceSet"]) == 0 and {x["currentQuantity"] for x in after["lineItems"]["nodes"]} == {0}
    assert "already" in cancel(fresh, id)["orderCancelUserErrors"][0]["message"]


def test_cancel_without_paying_back_and_refusals(fresh: Driver) -> None:
    id = find(fresh, SIMPLE)
    wait_for(fresh, cancel(fresh, id)["job"]["id"], id)
    after = detail(fresh, id)
    assert shop_money(after["totalRefundedSet"]) == 0 and shop_money(after["currentTotalPriceSet"]) == 0
    pending = find(fresh, "financial_status:pending fulfillment_status:unfulfilled")
    order = wait_for(fresh, cancel(fresh, pending)["job"]["id"], pending)
    assert order["displayFinancialStatus"] == "VOIDED"
    assert "fulfilled" in cancel(fresh, find(fresh, "fulfillment_status:fulfilled"))["orderCancelUserErrors"][0]["message"]
    assert cancel(fresh, "gid://shopify/Order/1")["orderCancelUserErrors"][0]["code"] == "NOT_FOUND"
    held = find(fresh, "financial_status:authorized", AWKWARD)
    assert cancel(fresh, held, AWKWARD)["orderCancelUserErrors"][0]["code"] == "INVALID"


def test_three_decimals_survive_a_refund(fresh: Driver) -> None:
    id = find(fresh, SIMPLE, AWKWARD_KWD)
    order = detail(fresh, id, AWKWARD_KWD)
    done = refund(fresh, refund_of_first_line(fresh, id, AWKWARD_KWD), shop=AWKWARD_KWD)
    assert not done["userErrors"]
    unit = order["lineItems"]["nodes"][0]["originalUnitPriceSet"]["shopMoney"]["amount"]
    assert done["refund"]["totalRefundedSet"]["shopMoney"]["amount"] == unit


def test_the_proof_shop_can_be_changed_and_put_back(fresh: Driver) -> None:
    id = find(fresh, "name:#539993", ONLINE_RETAIL)
    before = detail(fresh, id, ONLINE_RETAIL)
    fresh.data(document("tags_add"), {"id": id, "tags": ["x"]})
    assert detail(fresh, id, ONLINE_RETAIL) != before
    fresh.control("POST", "reset", {"shop": ONLINE_RETAIL})
    assert detail(fresh, id, ONLINE_RETAIL) == before


def test_an_app_uninstalls_itself_and_its_token_is_dead(fresh: Driver) -> None:
    uninstall = "mutation { appUninstall { app { id } userErrors { code field message } } }"
    token = fresh.install(ONLINE_RETAIL)["access_token"]
    other = fresh.control("POST", "tokens", {"shop": ONLINE_RETAIL, "scopes": ["read_orders"]})["accessToken"]
    done = fresh.data(uninstall, token=token)["appUninstall"]
    assert (done["app"]["id"].startswith("gid://shopify/App/"), done["userErrors"]) == (True, [])
    assert fresh.post("{ shop { id } }", token=token).status_code == 401
    assert fresh.post("{ shop { id } }", token=other).status_code == 200, "another app's token"
    again = fresh.data(uninstall)["appUninstall"]  # the merchant's own app was never installed through OAuth
    assert (again["app"], again["userErrors"][0]["code"]) == (None, "APP_NOT_INSTALLED")
