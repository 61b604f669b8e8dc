"""T50, lock six: every route, as every role, asked for another tenant's things: not found, nothing shown, nothing changed."""

from __future__ import annotations

from collections.abc import Callable

from starlette.routing import Route

from storekeep.domains.accounts.public import Role
from storekeep.entry.rooms import all_metadata
from tests.contract.asking import address, faults, listed
from tests.contract.doors import Door, formats
from tests.contract.samples import CHANGES_BY_GET, IDS, SAMPLES, WORDS, path_of
from tests.contract.sweeping import Sweep, leaked
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.support.world import CODES, World, allowed, tenant_tables

# Everything that answers a stranger. Whatever is not here demands a permission.
PUBLIC = {
    "POST /api/auth/signup": "whoever signs up has no session yet",
    "POST /api/auth/login": "whoever signs in has no session yet",
    "GET /api/meta": "what the sign-in page must know",
    "GET /healthz": "asked by supervisors",
    "GET /readyz": "asked by supervisors; says which part is away, never where it is",
    "GET /metrics": "asked by Prometheus; counts by route and status, no tenant in it",
    "GET /openapi.json": "the contract is public",
    "GET /docs": "the contract is public",
    "GET /docs/start.js": "the contract is public",
    "GET /docs/{name}": "the contract is public",
}


def test_every_door_demands_a_permission_or_is_on_the_list(every_door: list[Door]) -> None:
    assert {door.key for door in every_door if not door.permissions} == set(PUBLIC)
    for door in every_door:
        if not door.permissions and door.path.startswith(("/api/auth", "/webhooks/")):
            assert door.reason, f"{door.key}: a room's public router says why"
    assert len(every_door) > 45


def test_every_route_of_the_app_is_among_the_doors(world: World, every_door: list[Door]) -> None:
    assert all(isinstance(route, Route) for route in world.house.app.router.routes)
    assert {door.path for door in every_door} == {route.path for route in world.house.app.router.routes}
    assert [door.key for door in every_door if not door.described] == []


def test_every_parameter_has_something_to_be_asked_for(every_door: list[Door]) -> None:
    unnamed = []
    for door in every_door:
        if not door.permissions:
            continue
        for param in door.params:
            if param.name not in IDS.get(param.place, {}) and (param.place == "path" or param.name not in WORDS):
                unnamed.append(f"{door.key}: {param.place} {param.name}")
            if "uuid" in formats(param.schema) and param.name not in IDS[param.place]:
                unnamed.append(f"{door.key}: {param.name} is an id, so samples.IDS must say whose")
        for name, schema in door.fields().items():
            if "uuid" in formats(schema) and name not in IDS["body"]:
                unnamed.append(f"{door.key}: field {name} is an id, so samples.IDS must say whose")
    assert unnamed == [], "give them something of a tenant in tests/contract/samples.py"


def test_every_unsafe_door_has_a_sample(every_door: list[Door]) -> None:
    wanted = {door.key for door in every_door if door.unsafe} | set(CHANGES_BY_GET)
    assert wanted == set(SAMPLES), "give it a valid request in tests/contract/samples.py"


async def test_both_tenants_are_complete_and_every_text_of_theirs_is_marked(world: World) -> None:
    """Without this the sweep could pass for want of anything to see."""
    for table in map(all_metadata().tables.__getitem__, tenant_tables()):
        for tenant in (world.a, world.b):
            rows = await world.superuser.fetch(f"SELECT * FROM {table.name} WHERE tenant_id = $1", tenant.owner.tenant_id)
            assert rows, f"{table.name}: the world has none; write some in tests/support/world.py"
            for column in table.columns:
                if str(column.type) not in ("TEXT", "TEXT[]", "JSONB") or column.name in CODES or allowed(column):
                    continue
                values = [str(row[column.name]) for row in rows if row[column.name] is not None]
                marked = [value for value in values if tenant.mark in value]
                assert marked or column.name in UNMARKED.get(table.name, ()), f"{table.name}.{column.name}: {values[:2]}"


UNMARKED = {
    "audit_entries": ("request_id",),  # given by the shell
}


async def test_a_is_shown_its_own(world: World, every_door: list[Door]) -> None:
    """The same requests with A's own things are answered, so that the sweep's refusals mean something."""
    silent = []
    for door in every_door:
        if not door.permissions or door.unsafe or door.streams or door.key in CHANGES_BY_GET:
            continue
        params = {} if "shop" not in {p.name for p in door.params} else {"shop": "somebody.myshopify.com"}
        answer = await world.a.owner.http.get(address(door, path_of(door, world.a)), params=params)
        assert answer.status_code in (200, 302), f"{door.key}: {answer.text}"
        assert faults(answer) == []
        assert leaked(answer, world.b) == []
        if not leaked(answer, world.a):
            silent.append(door.key)
    # Figures and words about figures carry no name.
    assert [key for key in silent if not key.startswith(("GET /api/analytics/", "GET /api/shopify/"))] == []


async def test_nothing_of_b_is_shown_to_or_changed_by_anybody_of_a(
    world: World, shopify: ShopifyStandIn, every_door: list[Door], record_property: Callable[[str, object], None]
) -> None:
    guarded = [door for door in every_door if door.permissions and door.key not in CHANGES_BY_GET]
    sweep = await Sweep(world, shopify).over(guarded)
    assert not sweep.findings, listed(sweep.findings)
    assert sweep.covered == {door.key for door in guarded}
    record_property("twin tenants", f"{sweep.asked} requests, {len(sweep.covered)} of {len(guarded)} routes, {len(Role)} roles")


async def test_the_public_doors_show_nothing_of_b(world: World, every_door: list[Door]) -> None:
    async with world.house.browser() as stranger:
        for door in every_door:
            if door.permissions or door.unsafe:
                continue
            answer = await stranger.get(address(door, {"name": "swagger-ui.css"}))
            assert answer.status_code in (200, 503), answer.text
            assert leaked(answer, world.b) == leaked(answer, world.a) == []
        wrong = {"username": world.b.owner.email, "password": "not the password"}
        answer = await stranger.post("/api/auth/login", json=wrong)
        unknown = await stranger.post("/api/auth/login", json=wrong | {"username": "nobody@world.test"})
        assert (answer.status_code, answer.json()["error"]) == (401, unknown.json()["error"])
