"""Property 33 through the door: deleted by its typed name, nothing of a tenant is left anywhere, and the others are whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from storekeep.domains.connections.public import Farewells
from storekeep.entry.rooms import all_metadata, job_kinds
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from storekeep.runtime.live import LiveNews
from storekeep.sandbox.config import AWKWARD_JPY, custom_app_token
from tests.contract.asking import address
from tests.contract.doors import Door
from tests.contract.samples import path_of
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.support.accounts import PASSWORD
from tests.support.world import Furnished, World

# Counters of what people ask for; they hold numbers, and end within these seconds by themselves.
COUNTERS_S = 120


async def work(world: World, tenant_id: UUID) -> None:
    """Run the tenant's jobs that are due until none is left."""
    runner = JobRunner(world.house.db, world.house.wired.services, job_kinds(), RunnerTimes())
    ready = "SELECT id FROM jobs WHERE tenant_id = $1 AND state = 'ready' AND run_at <= now()"
    for _ in range(60):
        rows = await world.superuser.fetch(ready, tenant_id)
        if not rows:
            return
        for row in rows:
            await runner.run(tenant_id, row["id"])
    raise AssertionError("the jobs do not end")


async def lived_in(world: World, every_door: list[Door]) -> Furnished:
    """A tenant in which everything has been looked at, a shop copied, somebody listened, and somebody knocked in vain."""
    guest = await world.guest()
    token = {"shop": AWKWARD_JPY, "accessToken": custom_app_token(AWKWARD_JPY)}
    store = await guest.owner.http.post("/api/stores", json=token)
    assert store.status_code == 201, store.text
    await work(world, guest.owner.tenant_id)
    for door in every_door:
        if not door.unsafe and not door.streams and door.permissions and door.path != "/api/shopify/callback":
            params = {"shop": "somebody.myshopify.com"} if "shopify" in door.path else {}
            await guest.owner.http.get(address(door, path_of(door, guest)), params=params)
    await world.house.wired.services.get(LiveNews).publish(
        guest.owner.tenant_id, "data.changed", {"note": guest.mark}, permission=None
    )
    async with world.house.browser() as page:
        wrong = {"username": guest.owner.email, "password": "not the password"}
        assert (await page.post("/api/auth/login", json=wrong)).status_code == 401
    return guest


def marks_of(guest: Furnished) -> list[str]:
    """Whatever would tell of the tenant: its mark, its ids, its people's."""
    people = [uid for person in guest.people.values() for uid in (person.user_id, person.member_id)]
    return [guest.mark, *map(str, {*guest.ids.values(), *people})]


async def left_in_tables(world: World, marks: list[str]) -> dict[str, list[str]]:
    """Rows of any table that name one of these, by table."""
    patterns = [f"%{mark}%" for mark in marks]
    found = {}
    for table in all_metadata().sorted_tables:
        query = f"SELECT to_jsonb(x)::text AS row FROM {table.name} x WHERE to_jsonb(x)::text LIKE ANY ($1)"
        rows = [row["row"] for row in await world.superuser.fetch(query, patterns)]
        if rows:
            found[table.name] = rows
    return found


async def left_in_redis(world: World, marks: list[str]) -> list[str]:
    """Keys that name one of these, or hold something that does."""
    redis: Any = world.house.wired.redis
    found = []
    async for key in redis.scan_iter():
        kind = (await redis.type(key)).decode()
        held = await redis.get(key) if kind == "string" else await redis.xrange(key) if kind == "stream" else b""
        if any(mark in f"{key!r} {held!r}" for mark in marks) and not 0 < await redis.ttl(key) <= COUNTERS_S:
            found.append(f"{key!r} {await redis.ttl(key)}")
    return found


async def test_nothing_of_a_deleted_tenant_is_left(
    world: World, shopify: ShopifyStandIn, every_door: list[Door], free_shops: None
) -> None:
    guest, bystander = await lived_in(world, every_door), await world.digest(world.b)
    marks, http = marks_of(guest), guest.owner.http
    before = await left_in_tables(world, marks)
    assert set(before) >= {"tenants", "users", "orders", "customers", "products", "stores", "audit_entries", "sales_days", "jobs"}
    assert await left_in_redis(world, marks)

    for name in ("", guest.texts["tenant"].upper(), guest.texts["tenant"] + "!"):
        answer = await http.request("DELETE", "/api/tenant", json={"confirmName": name})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_NAME_MISMATCH")
    for role, person in guest.people.items():
        if role != "owner":
            refused = await person.http.request("DELETE", "/api/tenant", json={"confirmName": guest.texts["tenant"]})
            assert refused.status_code == 403
    assert (await http.get("/api/orders")).json()["items"]

    answer = await http.request("DELETE", "/api/tenant", json={"confirmName": guest.texts["tenant"]})
    assert answer.status_code == 202, answer.text
    assert [(await person.http.get("/api/orders")).status_code for person in guest.people.values()] == [401, 401]
    await work(world, guest.owner.tenant_id)
    await world.house.wired.services.get(Farewells).settled()

    left = await left_in_tables(world, marks)
    proofs = left.pop("erasures")
    assert left == {}
    # The proof says which tenant was erased and how many rows of each room, and names nobody.
    assert not [proof for proof in proofs if guest.mark in proof or str(guest.owner.user_id) in proof]
    assert sum(answer.json()["erasureId"] in proof for proof in proofs) == 1
    assert await world.superuser.fetchval(
        "SELECT bool_and(finished_at IS NOT NULL) FROM erasures WHERE erased_tenant_id = $1", guest.owner.tenant_id
    )
    assert await left_in_redis(world, marks) == []
    assert await world.digest(world.b) == bystander

    async with world.house.browser() as page:
        again = await page.post("/api/auth/login", json={"username": guest.owner.email, "password": PASSWORD})
        assert again.status_code == 401
        account = {"email": guest.owner.email, "password": PASSWORD, "name": "Back", "tenantName": guest.texts["tenant"]}
        assert (await page.post("/api/auth/signup", json=account)).status_code == 201
        assert (await page.get("/api/orders")).json()["items"] == []
    taken = await world.a.owner.http.post("/api/stores", json={"shop": AWKWARD_JPY, "accessToken": custom_app_token(AWKWARD_JPY)})
    assert taken.status_code == 201, "the shop is free for others"


async def test_figures_of_a_store_that_was_erased_are_not_shown_again(
    world: World, shopify: ShopifyStandIn, free_shops: None
) -> None:
    """What the cache keeps of it goes with it."""
    guest = await world.guest()
    http, store = guest.owner.http, guest.ids["store"]
    shown = (await http.get("/api/analytics/summary")).json()
    assert (await http.get("/api/analytics/summary", params={"storeId": str(store)})).status_code == 200
    answer = await http.request("DELETE", f"/api/stores/{store}", json={"confirmName": guest.texts["shop"]})
    assert answer.status_code == 202
    await work(world, guest.owner.tenant_id)
    left = (await http.get("/api/analytics/summary")).json()
    assert left["totalOrders"] < shown["totalOrders"]
    assert (await http.get("/api/analytics/summary", params={"storeId": str(store)})).status_code == 404
