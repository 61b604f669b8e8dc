"""Stores, connections and erasures over HTTP: what each role may do, and that nothing of another tenant is ever there."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from storekeep.domains.accounts.public import Role
from storekeep.domains.connections.public import EraseRooms, ensure_store_active
from storekeep.domains.connections.register import register_store
from storekeep.entry.rooms import ROOMS, job_kinds
from storekeep.kit import clock
from storekeep.kit.ids import uuid7
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from tests.domains.connections.installs import an_install, new_shop
from tests.support.accounts import House, Person

NewOwner = Callable[..., Awaitable[Person]]


async def add_store(person: Person, **changes: Any) -> str:
    house = person.house
    async with house.db.tenant(person.scope) as session:
        made = await register_store(session, house.wired.services.get(TokenCipher), an_install(**changes))
    return str(made.store_id)


async def run_erasures(house: House, tenant_id: UUID, rooms: EraseRooms | None = None) -> int:
    """Run the tenant's waiting erasure jobs as a worker would."""
    house.wired.services.provide(EraseRooms, rooms or EraseRooms(ROOMS))
    runner = JobRunner(house.db, house.wired.services, job_kinds(), RunnerTimes())
    async with house.db.system("find jobs in a test") as system:
        waiting = "SELECT id FROM jobs WHERE tenant_id = :tenant AND kind = 'connections.erase' AND state = 'ready'"
        jobs = (await system.execute(text(waiting), {"tenant": tenant_id})).scalars().all()
    return sum([await runner.run(tenant_id, job_id) for job_id in jobs])


async def test_stores_are_listed_page_by_page(house: House, owner: Person) -> None:
    ids = [await add_store(owner) for _ in range(5)]
    seen, cursor = [], None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await owner.http.get("/api/stores", params=params)).json()
        seen += [store["id"] for store in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == ids
    connections = (await owner.http.get("/api/connections", params={"limit": "100"})).json()
    assert [(c["id"], c["type"], c["status"]) for c in connections["items"]] == [(i, "SHOPIFY", "CONNECTED") for i in ids]
    for path in ("/api/stores", "/api/connections"):
        wrong = await owner.http.get(path, params={"cursor": "nonsense"})
        assert wrong.json()["error"]["code"] == "VALIDATION_INVALID_CURSOR"


async def test_a_store_reads_as_the_contract_says(house: House, owner: Person) -> None:
    shop = new_shop()
    store = (await owner.http.get(f"/api/stores/{await add_store(owner, shop=shop)}")).json()
    assert set(store) == {
        *("id", "shop", "name", "currency", "timeZone", "status", "statusReason", "connectedVia", "scopes", "historyLimited"),
        *("syncIntervalMinutes", "syncPaused", "lastSyncAt", "lastSyncStatus", "nextSyncAt", "createdAt", "counts"),
    }
    assert (store["shop"], store["currency"], store["timeZone"]) == (shop, "EUR", "Europe/Vienna")
    assert store["counts"] == {"customers": 0, "orders": 0, "products": 0}
    assert store["createdAt"].endswith("Z")


async def test_the_schedule_is_changed_paused_and_resumed(house: House, owner: Person) -> None:
    path = f"/api/stores/{await add_store(owner)}"

    async def change(**body: Any) -> Any:
        answer = await owner.http.patch(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    hourly = await change(syncIntervalMinutes=60)
    wait = datetime.fromisoformat(hourly["nextSyncAt"]) - clock.now()
    assert timedelta(minutes=50) < wait < timedelta(minutes=70)
    paused = await change(syncPaused=True)
    assert (paused["syncIntervalMinutes"], paused["syncPaused"], paused["nextSyncAt"]) == (60, True, None)
    assert (await change(syncPaused=False))["nextSyncAt"] is not None
    entries = (await owner.http.get("/api/audit", params={"action": "store.schedule_changed"})).json()["items"]
    assert [(entry["before"]["syncPaused"], entry["after"]["syncPaused"]) for entry in entries] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert entries[-1]["actor"]["name"] == owner.name
    for body in ({"syncIntervalMinutes": 0}, {"syncIntervalMinutes": 1441}, {"syncIntervalMinutes": 1.5}, {"status": "PAUSED"}):
        assert (await owner.http.patch(path, json=body)).status_code == 422, body


async def test_changing_nothing_is_recorded_as_nothing(house: House, owner: Person) -> None:
    path = f"/api/stores/{await add_store(owner)}"
    assert (await owner.http.patch(path, json={})).status_code == 200
    assert (await owner.http.patch(path, json={"syncPaused": False})).status_code == 200
    assert (await owner.http.get("/api/audit", params={"action": "store.schedule_changed"})).json()["items"] == []


@pytest.mark.parametrize(("role", "reads", "writes"), [(Role.VIEWER, 200, 403), (Role.AGENT, 200, 403), (Role.ADMIN, 200, 200)])
async def test_roles(house: House, owner: Person, role: Role, reads: int, writes: int) -> None:
    shop = new_shop()
    store_id = await add_store(owner, shop=shop)
    person = await owner.invite(role)
    for path in ("/api/stores", f"/api/stores/{store_id}", "/api/connections"):
        assert (await person.http.get(path)).status_code == reads
    assert (await person.http.patch(f"/api/stores/{store_id}", json={"syncPaused": True})).status_code == writes
    gone = await person.http.request("DELETE", f"/api/stores/{store_id}", json={"confirmName": shop})
    assert gone.status_code == (202 if writes == 200 else 403)


async def test_another_tenants_things_are_not_found(house: House, owner: Person, new_owner: NewOwner) -> None:
    shop = new_shop()
    store_id = await add_store(owner, shop=shop)
    stranger = await new_owner()
    erasure = (await owner.http.request("DELETE", f"/api/stores/{store_id}", json={"confirmName": shop})).json()
    attempts = [
        ("GET", f"/api/stores/{store_id}", None, "STORE_NOT_FOUND"),
        ("PATCH", f"/api/stores/{store_id}", {"syncPaused": True}, "STORE_NOT_FOUND"),
        ("DELETE", f"/api/stores/{store_id}", {"confirmName": shop}, "STORE_NOT_FOUND"),
        ("GET", f"/api/stores/{uuid7()}", None, "STORE_NOT_FOUND"),
        ("GET", f"/api/erasures/{erasure['id']}", None, "NOT_FOUND"),
        ("GET", "/api/stores/not-an-id", None, "NOT_FOUND"),
    ]
    for method, path, body, code in attempts:
        answer = await stranger.http.request(method, path, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, code), path
    assert (await stranger.http.get("/api/stores")).json() == {"items": [], "nextCursor": None}


async def test_a_store_is_disconnected_and_its_erasure_followed_to_its_end(house: House, owner: Person) -> None:
    shop = new_shop()
    store_id = await add_store(owner, shop=shop)
    path = f"/api/stores/{store_id}"
    wrong = await owner.http.request("DELETE", path, json={"confirmName": "yes"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "VALIDATION_NAME_MISMATCH")
    answer = await owner.http.request("DELETE", path, json={"confirmName": shop})
    assert answer.status_code == 202, answer.text
    erasure = answer.json()
    assert (erasure["subject"], erasure["subjectId"], erasure["status"]) == ("store", store_id, "RUNNING")
    again = await owner.http.request("DELETE", path, json={"confirmName": shop})
    assert again.json()["id"] == erasure["id"]
    assert (await owner.http.get(path)).json()["status"] == "DISCONNECTING"
    assert (await owner.http.patch(path, json={"syncPaused": True})).json()["error"]["code"] == "STORE_DISCONNECTING"

    assert await run_erasures(house, owner.tenant_id) == 1
    done = (await owner.http.get(f"/api/erasures/{erasure['id']}")).json()
    assert done["status"] == "DONE"
    assert done["finishedAt"] is not None
    assert {part["status"] for part in done["rooms"]} == {"DONE"}
    assert {part["room"] for part in done["rooms"]} >= {"connections", "audit"}
    assert (await owner.http.get(path)).status_code == 404
    assert (await owner.http.get("/api/connections")).json()["items"] == []
    entries = (await owner.http.get("/api/audit")).json()["items"]
    # Who had it disconnected is the tenant's to know; all else of the shop is gone.
    assert [entry["action"] for entry in entries if shop in json.dumps(entry)] == ["store.disconnect_requested"]


async def test_a_tenant_that_is_deleted_is_erased_whole(house: House, owner: Person, new_owner: NewOwner) -> None:
    neighbour = await new_owner()
    stays = await add_store(neighbour)
    store_id = UUID(await add_store(owner))
    tenant = (await owner.http.get("/api/tenant")).json()
    answer = await owner.http.request("DELETE", "/api/tenant", json={"confirmName": tenant["name"]})
    assert answer.status_code == 202, answer.text
    async with house.db.tenant(owner.scope) as session:
        with pytest.raises(Exception, match="STORE_DISCONNECTING"):
            await ensure_store_active(session, store_id)
    assert await run_erasures(house, owner.tenant_id) == 1
    async with house.db.tenant(owner.scope) as session:
        finished = "SELECT subject_kind, finished_at IS NOT NULL AS finished FROM erasures"
        assert [tuple(row) for row in await session.execute(text(finished))] == [("tenant", True)]
        for table in ("tenants", "members", "connections", "stores", "shop_directory", "audit_entries", "jobs"):
            assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0, table
    assert (await owner.http.get("/api/stores")).status_code == 401
    assert (await neighbour.http.get(f"/api/stores/{stays}")).json()["status"] == "CONNECTED"
