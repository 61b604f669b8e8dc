"""The guard: no data without a permission, one transaction that is true before the answer leaves, refusals that help."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import text

from storekeep import domains
from storekeep.domains.accounts.guard import (
    Needs,
    Permission,
    SignedInAs,
    Transaction,
    permissions_of,
    public_reason_of,
    public_router,
    scope_if_signed_in,
    tenant_router,
)
from storekeep.domains.accounts.public import Role
from storekeep.domains.accounts.types import Identity
from storekeep.entry.api.app import create_app
from storekeep.kit.errors import Conflict
from storekeep.kit.scope import Scope
from storekeep.runtime.database import TenantSession
from storekeep.runtime.manifest import Room
from tests.support.accounts import PAGE, House, Person

router = tenant_router(prefix="/api/things", tags=["things"])
open_router = public_router(prefix="/api/open", tags=["things"], reason="a test says so")


@router.post("/{name}")
async def rename(name: str, session: Annotated[TenantSession, Transaction(Permission.TENANT_WRITE)]) -> str:
    await session.execute(text("UPDATE tenants SET name = :name"), {"name": name})
    if name == "refused":
        raise Conflict("no")
    return name


@router.get("/mine")
async def mine(
    scope: Annotated[Scope, Needs(Permission.ORDER_READ)],
    session: Annotated[TenantSession, Transaction(Permission.TENANT_READ)],
    me: Annotated[Identity, SignedInAs(Permission.PROFILE_OWN)],
) -> dict[str, str]:
    name = (await session.execute(text("SELECT string_agg(name, ',') FROM tenants"))).scalar_one()
    assert scope == session.scope
    return {"tenant": name, "actor": scope.actor.name, "me": me.user.name}


@router.get("/owners")
async def owners_only(scope: Annotated[Scope, Needs(Permission.TENANT_DELETE)]) -> str:
    return "yes"


@open_router.get("/who")
async def who(request: Request) -> dict[str, bool]:
    scope = await scope_if_signed_in(request)
    return {"known": scope is not None, "mayDelete": scope is not None and Permission.TENANT_DELETE in scope.permissions}


@pytest.fixture(scope="module")
def app(house: House) -> FastAPI:
    return create_app(house.wired.services, [Room(name="things", routers=(router, open_router))], house.wired.config)


def browser(app: FastAPI, person: Person | None = None, address: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 123))
    cookies = person.http.cookies if person else None
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=PAGE, cookies=cookies)


async def name_of(person: Person) -> str:
    async with person.house.db.tenant(person.scope) as session:
        return str((await session.execute(text("SELECT name FROM tenants"))).scalar_one())


async def test_the_transaction_is_committed_before_the_answer_leaves(app: FastAPI, owner: Person) -> None:
    seen: list[str] = []

    async def watching(scope, receive, send):  # type: ignore[no-untyped-def]
        async def told(message):  # type: ignore[no-untyped-def]
            seen.append(await name_of(owner))
            await send(message)

        await app(scope, receive, told if scope["type"] == "http" else send)

    transport = httpx.ASGITransport(watching)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=PAGE, cookies=owner.http.cookies
    ) as page:
        assert (await page.post("/api/things/written")).status_code == 200
    assert seen[0] == "written"


async def test_what_a_refused_request_wrote_is_gone(app: FastAPI, owner: Person) -> None:
    async with browser(app, owner) as page:
        assert (await page.post("/api/things/refused")).status_code == 409
    assert await name_of(owner) == "Test tenant"


async def test_all_three_kinds_of_dependency_speak_of_one_person_and_count_once(app: FastAPI, owner: Person) -> None:
    async with browser(app, owner) as page:
        answers = [await page.get("/api/things/mine") for _ in range(2)]
    assert answers[0].json() == {"tenant": "Test tenant", "actor": owner.name, "me": owner.name}
    left = [int(answer.headers["ratelimit"].split("r=")[1].split(";")[0]) for answer in answers]
    assert left[0] - left[1] == 1


async def test_a_refusal_names_the_permission_who_holds_it_and_who_can_grant_it(app: FastAPI, owner: Person) -> None:
    agent = await owner.invite(Role.AGENT)
    await owner.invite(Role.ADMIN, "Anna Admin")
    async with browser(app, agent) as page:
        written = await page.post("/api/things/x")
        owners = await page.get("/api/things/owners")
    assert written.status_code == owners.status_code == 403
    assert written.json()["error"]["code"] == "PERMISSION_DENIED"
    assert written.json()["error"]["details"] == {
        "permission": "tenant:write",
        "roles": ["owner", "admin"],
        "grantors": [{"name": "Olive Owner", "role": "owner"}, {"name": "Anna Admin", "role": "admin"}],
    }
    assert owners.json()["error"]["details"]["grantors"] == [{"name": "Olive Owner", "role": "owner"}]


async def test_a_public_route_may_look_who_is_there(app: FastAPI, owner: Person) -> None:
    viewer = await owner.invite(Role.VIEWER)
    found = []
    for person in (None, viewer, owner):
        async with browser(app, person) as page:
            found.append((await page.get("/api/open/who")).json())
    assert found == [
        {"known": False, "mayDelete": False},
        {"known": True, "mayDelete": False},
        {"known": True, "mayDelete": True},
    ]


async def test_tokens_cannot_be_tried_without_end(app: FastAPI) -> None:
    async with browser(app, address="203.0.113.7") as page:  # of which nothing was counted before
        page.cookies.set("storekeep_session", "x" * 43)
        first = await page.get("/api/things/mine")
        second = await page.get("/api/things/mine")
    assert (first.status_code, second.status_code) == (401, 401)
    left = [int(answer.headers["ratelimit"].split("r=")[1].split(";")[0]) for answer in (first, second)]
    assert left[0] - left[1] >= 1


def test_a_tenants_route_without_a_permission_cannot_be_made() -> None:
    bare = tenant_router(prefix="/api/bare", tags=["bare"])
    with pytest.raises(TypeError, match="names its permission"):

        @bare.get("")
        async def anything() -> str:
            return "everything"


def test_the_census_can_tell_routes_apart() -> None:
    assert {str(p) for route in router.routes for p in permissions_of(route)} == {
        "order:read", "profile:own", "tenant:delete", "tenant:read", "tenant:write",
    }  # fmt: skip
    assert [public_reason_of(route) for route in open_router.routes] == ["a test says so"]
    assert all(public_reason_of(route) is None for route in router.routes)


def test_rooms_get_their_routers_from_the_guard_alone() -> None:
    rooms = Path(domains.__file__).parent
    makers = {
        str(source.relative_to(rooms))
        for source in rooms.rglob("*.py")
        if re.search(r"\b(APIRouter|strict_router)\(|add_api_route\(", source.read_text())
    }
    # A door for webhooks has no session; what admits its callers is their signature.
    assert {name for name in makers if not name.endswith("/hooks.py")} == {"accounts/guard.py"}


async def test_a_page_of_another_session_is_refused_before_it_reads_or_changes_anything(house: House, owner: Person) -> None:
    """All tabs of a browser share one cookie; a page says whose it is."""
    own = {"x-page-of": f"{owner.user_id}/{owner.tenant_id}"}
    other = await house.new_owner()
    assert (await owner.http.get("/api/tenant", headers=own)).status_code == 200
    for told in (f"{owner.user_id}/{other.tenant_id}", f"{other.user_id}/{owner.tenant_id}", "nonsense"):
        stale = {"x-page-of": told}
        for answer in (
            await owner.http.get("/api/tenant", headers=stale),
            await owner.http.patch("/api/tenant", headers=stale, json={"name": "Renamed by a stale page"}),
            await owner.http.get("/api/live", params={"pageOf": told}),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "SESSION_CHANGED")
    assert (await owner.http.get("/api/tenant")).json()["name"] != "Renamed by a stale page"
