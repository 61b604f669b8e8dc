"""Disconnecting takes our app out of the shop: once, beside the erasure, which says how it went and frees the shop afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from storekeep.domains.connections import farewell
from storekeep.domains.connections.public import Farewells
from storekeep.kit import clock
from storekeep.kit.clock import now
from storekeep.sandbox.config import AWKWARD_JPY, AWKWARD_KWD, custom_app_token
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.domains.connections.test_connect import connected
from tests.domains.connections.test_stores_api import run_erasures
from tests.support.accounts import House, Person

SHOP = AWKWARD_JPY


@pytest.fixture(autouse=True)
async def _farewells(shop_house: House) -> AsyncIterator[Farewells]:
    """What is under way ends before Shopify goes, and no breaker remembers it."""
    found = shop_house.wired.services.get(Farewells)
    yield found
    await found.settled()
    await shop_house.wired.services.get(Redis).flushdb()


async def disconnected(owner: Person, store_id: str, shop: str = SHOP) -> dict[str, Any]:
    """The erasure's record once Shopify has answered and the rooms have erased."""
    answer = await owner.http.request("DELETE", f"/api/stores/{store_id}", json={"confirmName": shop})
    assert answer.status_code == 202, answer.text
    assert await run_erasures(owner.house, owner.tenant_id) == 1
    await owner.house.wired.services.get(Farewells).settled()
    found: dict[str, Any] = (await owner.http.get(f"/api/erasures/{answer.json()['id']}")).json()
    assert found["status"] == "DONE"
    assert {room["status"] for room in found["rooms"]} == {"DONE"}
    return found


async def asked(shopify: ShopifyStandIn) -> list[dict[str, Any]]:
    """The uninstalls Shopify was asked for."""
    return [call for call in await shopify.requests("graphql") if call["operation"] == "AppUninstall"]


async def test_the_app_is_uninstalled_once_and_its_token_is_dead(owner: Person, shopify: ShopifyStandIn) -> None:
    store_id = await connected(owner, shopify)
    erasure = await disconnected(owner, store_id)
    assert erasure["farewells"] == [{"storeId": store_id, "status": "DONE", "code": None}]
    assert [call["status"] for call in await asked(shopify)] == [200]
    # The shop is free: it can be connected anew, which takes a new consent.
    assert await connected(owner, shopify) != store_id


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "http_502"}, "SHOPIFY_UNAVAILABLE"),
        ({"kind": "reset_after"}, "SHOPIFY_OUTCOME_UNKNOWN"),
        ({"kind": "status", "status": 401}, "SHOPIFY_AUTH_FAILED"),
        ({"kind": "slow", "seconds": 3.0}, "SHOPIFY_UNAVAILABLE"),
    ],
)
async def test_a_failure_is_on_record_and_holds_up_nothing(
    owner: Person, shopify: ShopifyStandIn, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any], code: str
) -> None:
    monkeypatch.setattr(farewell, "PATIENCE_S", 1.0)
    store_id = await connected(owner, shopify)
    await shopify.fault(shop=SHOP, place="graphql", match="AppUninstall", times=None, **fault)
    (said,) = (await disconnected(owner, store_id))["farewells"]
    assert said["status"] == "FAILED"
    assert said["code"] in (code, "SHOPIFY_OUTCOME_UNKNOWN")
    assert len(await asked(shopify)) <= 2, "a second time only with a renewed token"


async def test_the_shop_is_free_only_when_it_was_asked(owner: Person, shopify: ShopifyStandIn) -> None:
    store_id = await connected(owner, shopify)
    await shopify.fault(shop=SHOP, place="graphql", match="AppUninstall", kind="slow", seconds=1.0)
    answer = await owner.http.request("DELETE", f"/api/stores/{store_id}", json={"confirmName": SHOP})
    assert await run_erasures(owner.house, owner.tenant_id) == 1
    # What could undo a new connection is over by the time there can be one.
    erasure = (await owner.http.get(f"/api/erasures/{answer.json()['id']}")).json()
    assert (erasure["status"], erasure["farewells"][0]["status"]) == ("DONE", "DONE")


async def test_an_answer_nobody_waits_for_any_more_holds_up_nothing(
    owner: Person, shopify: ShopifyStandIn, superuser: asyncpg.Connection
) -> None:
    store_id = await connected(owner, shopify)
    answer = await owner.http.request("DELETE", f"/api/stores/{store_id}", json={"confirmName": SHOP})
    await owner.house.wired.services.get(Farewells).settled()
    as_left_by_a_killed_process = "UPDATE erasures SET rooms = replace(rooms::text, 'DONE', 'WAITING')::jsonb WHERE id = $1"
    await superuser.execute(as_left_by_a_killed_process, UUID(answer.json()["id"]))
    with clock.at(now() + timedelta(seconds=16)):
        assert await run_erasures(owner.house, owner.tenant_id) == 1
    erasure = (await owner.http.get(f"/api/erasures/{answer.json()['id']}")).json()
    assert (erasure["status"], erasure["farewells"][0]["status"]) == ("DONE", "WAITING")


async def test_a_token_that_has_ended_is_renewed_for_it(owner: Person, shopify: ShopifyStandIn) -> None:
    store_id = await connected(owner, shopify)
    async with owner.house.db.tenant(owner.scope) as session:
        ended = text("UPDATE stores SET access_token_expires_at = :at")
        await session.execute(ended, {"at": now() - timedelta(minutes=1)})
    assert [said["status"] for said in (await disconnected(owner, store_id))["farewells"]] == ["DONE"]


async def test_a_merchants_own_app_is_left_alone(owner: Person, shopify: ShopifyStandIn) -> None:
    body = {"shop": AWKWARD_KWD, "accessToken": custom_app_token(AWKWARD_KWD)}
    store_id = (await owner.http.post("/api/stores", json=body)).json()["id"]
    assert (await disconnected(owner, store_id, AWKWARD_KWD))["farewells"] == []
    assert await asked(shopify) == []


async def test_with_the_tenant_every_shop_is_left(owner: Person, shopify: ShopifyStandIn) -> None:
    stores = {await connected(owner, shopify, shop) for shop in (AWKWARD_JPY, AWKWARD_KWD)}
    answer = await owner.http.request("DELETE", "/api/tenant", json={"confirmName": "Test tenant"})
    assert answer.status_code == 202, answer.text
    await owner.house.wired.services.get(Farewells).settled()
    await run_erasures(owner.house, owner.tenant_id)
    async with owner.house.db.tenant(owner.scope) as session:
        parts = (await session.execute(text("SELECT rooms FROM erasures"))).scalar_one()
    assert {part["farewell"]: part["status"] for part in parts if "farewell" in part} == dict.fromkeys(stores, "DONE")
    assert len(await asked(shopify)) == 2


async def test_what_is_undone_is_not_said(owner: Person, shopify: ShopifyStandIn) -> None:
    store_id = await connected(owner, shopify)
    answer = await owner.http.request("DELETE", f"/api/stores/{store_id}", json={"confirmName": "another"})
    assert answer.status_code == 422
    await owner.house.wired.services.get(Farewells).settled()
    assert await asked(shopify) == []


async def test_who_had_it_disconnected_is_known_when_all_else_is_erased(owner: Person, shopify: ShopifyStandIn) -> None:
    store_id = await connected(owner, shopify)
    erasure = await disconnected(owner, store_id)
    about = {"subjectType": "store", "subjectId": store_id}
    entries = {entry["action"]: entry for entry in (await owner.http.get("/api/audit", params=about)).json()["items"]}
    asked_for, connected_then = entries["store.disconnect_requested"], entries["store.connected"]
    assert asked_for["before"]["shop"] == SHOP
    assert asked_for["after"] == {"erasureId": erasure["id"]}
    assert connected_then["before"] is connected_then["after"] is None
    assert asked_for["actor"]["name"] == connected_then["actor"]["name"] != ""
