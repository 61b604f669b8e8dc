"""The control door: locked without its key, and what stands behind it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from storekeep.sandbox.config import AWKWARD, DEMO_STORE, ONLINE_RETAIL
from storekeep.sandbox.server import config_from
from storekeep.sandbox.shopify.edits import ACTIONS
from tests.sandbox.driver import CONTROL, Driver, config, document, running

SUMS = """id updatedAt test cancelledAt displayFinancialStatus displayFulfillmentStatus
  currentTotalPriceSet { shopMoney { amount } } totalPriceSet { shopMoney { amount } } totalRefundedSet { shopMoney { amount } }
  agreements(first: 30) { nodes { sales(first: 250) { nodes { totalAmount { shopMoney { amount } } } } } }"""


def money(bag: dict[str, Any]) -> Decimal:
    return Decimal(bag["shop"] if "shop" in bag else bag["shopMoney"]["amount"])


def test_the_door_is_locked(sandbox: Driver, tmp_path: Path) -> None:
    for key in ("", "wrong", CONTROL + "x"):
        assert sandbox.http.get(f"{sandbox.root}/control/requests", headers={"X-Sandbox-Control": key}).status_code == 404
    with running(config(tmp_path, control_key="")) as shut:
        assert shut.http.get(f"{shut.root}/control/requests", headers={"X-Sandbox-Control": ""}).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("manners", {"shop": AWKWARD, "bucket_size": -5}, "bucket_size"),
        ("manners", {"shop": AWKWARD, "history": "yes"}, "history"),
        ("manners", {"shop": AWKWARD, "status": 402, "no such": 1}, "no setting no such"),
        ("manners", {"shop": "nope.myshopify.com"}, AWKWARD),
        ("edit", {"shop": "nope.myshopify.com", "action": "random"}, AWKWARD),
    ],
)
def test_nonsense_is_refused_in_words_and_changes_nothing(fresh: Driver, path: str, body: dict[str, Any], says: str) -> None:
    headers = {"X-Sandbox-Control": CONTROL}
    answer = fresh.http.post(f"{fresh.root}/control/{path}", json=body, headers=headers)
    assert (answer.status_code, says in answer.json()["error"]) == (422, True), answer.text
    manners = fresh.control("POST", "manners", {"shop": AWKWARD})
    assert (manners["status"], manners["history"], manners["bucket_size"] > 0) == (0, True, True)


def test_a_raw_row_is_asked_for_by_its_number(fresh: Driver) -> None:
    headers = {"X-Sandbox-Control": CONTROL}
    answer = fresh.http.get(f"{fresh.root}/control/raw/{AWKWARD}?kind=order&id=abc", headers=headers)
    assert (answer.status_code, answer.json()) == (422, {"error": "id is a number"})


def test_the_log_knows_what_was_asked(fresh: Driver) -> None:
    token = fresh.install(scope="read_orders")["access_token"]
    fresh.post(document("orders_delta"), {"first": 5, "query": "id:1"}, token=token)
    fresh.post("{ shop { name } }", token="bad")
    entries = fresh.control("GET", "requests", params={"shop": ONLINE_RETAIL})
    assert [(e["kind"], e["status"]) for e in entries] == [("consent", 302), ("oauth", 200), ("graphql", 200), ("graphql", 401)]
    assert entries[2]["operation"] == "OrdersDelta" and entries[2]["variables"] == {"first": 5, "query": "id:1"}
    assert entries[2]["token"] == token[-6:] and "access_token" not in str(entries[1]).replace("oauth/access_token", "")
    later = fresh.control("GET", "requests", params={"since": entries[2]["seq"], "kind": "graphql"})
    assert [e["status"] for e in later] == [401]
    fresh.control("DELETE", "requests")
    assert fresh.control("GET", "requests") == []


def test_the_log_is_bounded(tmp_path: Path) -> None:
    with running(config(tmp_path, request_log_size=3)) as sandbox:
        for _ in range(5):
            sandbox.gql("{ shop { name } }")
        assert [e["seq"] for e in sandbox.control("GET", "requests")] == [3, 4, 5]


@pytest.mark.parametrize("shop", [AWKWARD, DEMO_STORE])
def test_after_random_edits_the_raw_state_and_the_api_agree(fresh: Driver, shop: str) -> None:
    done = fresh.control("POST", "edit", {"shop": shop, "action": "random", "count": 60, "seed": 11})
    assert len(done) == 60 and len({d["action"] for d in done}) >= 8
    touched = {d["id"] for d in done if d["kind"] == "order"}
    raw = {id: row for id in touched if (row := fresh.row(shop, "order", id)) and len(row["lines"]) < 250}
    wanted = [f"gid://shopify/Order/{id}" for id in touched if id in raw]
    assert wanted
    query = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Order {{ {SUMS} }} }} }}"
    answered = fresh.data(query, {"ids": wanted}, shop=shop)
    for node in answered["nodes"]:
        row = raw[node["id"].rsplit("/", 1)[1]]
        assert node["updatedAt"] == row["updatedAt"] and node["displayFinancialStatus"] == row["financialStatus"]
        placed = sum(
            (
                money(x["unitPrice"]) * x["placedQuantity"] - sum(money(d) for d in x["discounts"])
                for x in row["lines"]
                if x["placedQuantity"]
            ),
            Decimal(),
        )
        taxes = sum((money(t["amount"]) for x in row["lines"] if x["placedQuantity"] for t in x["taxes"]), Decimal())
        taxes += sum((money(t) for s in row["shippingLines"] for t in s["taxes"]), Decimal())
        ship = sum((money(s["discounted"]) for s in row["shippingLines"]), Decimal())
        total = placed + ship + (0 if row["taxesIncluded"] else taxes)
        assert money(node["totalPriceSet"]) == total
        back = [t for r in row["refunds"] for t in r["transactions"] if t["status"] == "SUCCESS"]
        assert money(node["totalRefundedSet"]) == sum((money(t["amount"]) for t in back), Decimal())
        ledger = sum((money(s["totalAmount"]) for a in node["agreements"]["nodes"] for s in a["sales"]["nodes"]), Decimal())
        assert ledger == money(node["currentTotalPriceSet"])


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_edit_shows(fresh: Driver, action: str) -> None:
    before = {r["id"]: r for r in fresh.raw(AWKWARD) if "id" in r}
    done = fresh.control("POST", "edit", {"shop": AWKWARD, "action": action, "seed": 3})[0]
    after = fresh.row(AWKWARD, done["kind"], done["id"])
    if action.startswith("delete"):
        assert done["id"] in before and after is None
        tombstone = fresh.raw(AWKWARD)[-1]
        assert (tombstone["type"], tombstone["kind"], tombstone["id"]) == ("deleted", done["kind"], done["id"])
    else:
        assert after != before.get(done["id"])
        assert after["updatedAt"] > "2026-11-20"
    assert action.startswith("create") is (done["id"] not in before)


def test_edits_can_be_dated_and_aimed(fresh: Driver) -> None:
    made = fresh.control("POST", "edit", {"shop": DEMO_STORE, "action": "create_order", "at": "2026-10-02T10:00:00Z"})[0]
    fresh.control("POST", "edit", {"shop": DEMO_STORE, "action": "update_order", "id": made["id"]})
    order = fresh.row(DEMO_STORE, "order", made["id"])
    assert order["createdAt"] == "2026-10-02T10:00:00Z" < order["updatedAt"] and order["tags"]
    response = fresh.http.post(
        f"{fresh.root}/control/edit", json={"shop": DEMO_STORE, "action": "explode"}, headers={"X-Sandbox-Control": CONTROL}
    )
    assert response.status_code == 422 and "no action" in response.json()["error"]


def test_the_shopper_buys_until_it_is_stopped(fresh: Driver) -> None:
    count = "{ ordersCount(limit: null) { count } customersCount { count } }"
    before = fresh.data(count, shop=DEMO_STORE)["ordersCount"]["count"]
    assert fresh.control("POST", "shopper", {"every": 0.05})["running"] is True
    time.sleep(0.5)
    told = fresh.control("POST", "shopper", {"stop": True})
    placed = fresh.data(count, shop=DEMO_STORE)["ordersCount"]["count"] - before
    assert told["running"] is False and placed == told["placed"] >= 2
    newest = "{ orders(first: 1, sortKey: CREATED_AT, reverse: true) { nodes { name createdAt } } }"
    assert fresh.data(newest, shop=DEMO_STORE)["orders"]["nodes"][0]["name"].startswith("#9")
    assert fresh.data(newest)["orders"]["nodes"][0]["createdAt"].startswith("2011")  # the proof shop is left alone


def test_deleted_products_leave_a_tombstone(fresh: Driver) -> None:
    gone = fresh.control("POST", "edit", {"shop": DEMO_STORE, "action": "delete_product", "seed": 2})[0]["id"]
    variables = {"first": 5, "query": "occurred_at:>='2026-01-01T00:00:00Z'"}
    events = fresh.data(document("deletion_events_products"), variables, shop=DEMO_STORE)["deletionEvents"]["nodes"]
    assert [(e["subjectId"], e["subjectType"]) for e in events] == [(f"gid://shopify/Product/{gone}", "PRODUCT")]


def test_the_command_line_describes_a_sandbox(tmp_path: Path) -> None:
    made = config_from(
        ["--state-dir", str(tmp_path), "--port", "0", "--control-key", "k", "--redirect-uri", "http://x/cb", "--multiply", "4"]
    )
    assert (made.port, made.control_key, made.multiply, made.apps[0].redirect_uris) == (0, "k", 4, ("http://x/cb",))
    with pytest.raises(SystemExit):
        config_from([])


def test_it_runs_as_a_program_of_its_own(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "storekeep.sandbox.server", "--state-dir", str(tmp_path), "--port", str(port)]
    with subprocess.Popen(command) as program:
        try:
            driver = Driver(port)
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                try:
                    assert driver.http.get(f"{driver.root}/healthz").json() == {"status": "ok"}
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            url = driver.bulk("{ customers { edges { node { id } } } }", shop=AWKWARD)["url"]
            assert url.startswith(f"http://localhost:{port}/files/")
        finally:
            program.terminate()
        assert program.wait(10) in (0, -15)
