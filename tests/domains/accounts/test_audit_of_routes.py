"""Every unsafe route of accounts leaves an entry that says who did it, what was before and what is after."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi.routing import APIRoute

from storekeep.domains.accounts.public import Role, add_member
from storekeep.domains.accounts.router import routers
from storekeep.domains.audit.public import AuditFilter, list_entries
from storekeep.kit.scope import Scope
from tests.support.accounts import PASSWORD, House, Person

UNSAFE = {
    f"{method} {route.path}"
    for router in routers
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods
    if method != "GET"
}


class Trail:
    """The audit trail of one tenant, read by somebody who may; `news` is what was added since it was last asked."""

    def __init__(self, reader: Person) -> None:
        self._reader = reader
        self._seen: set[str] = set()

    async def news(self) -> list[dict[str, Any]]:
        items = (await self._reader.http.get("/api/audit", params={"limit": 100})).json()["items"]
        fresh = [item for item in items if item["id"] not in self._seen]
        self._seen |= {item["id"] for item in fresh}
        return fresh


async def test_every_unsafe_route_is_recorded_with_actor_before_and_after(house: House) -> None:
    driven: set[str] = set()
    owner = await house.new_owner()
    trail = Trail(await owner.invite(Role.ADMIN))
    await trail.news()

    async def drive(person: Person, route: str, path: str = "", **body: Any) -> dict[str, Any]:
        driven.add(route)
        method, template = route.split(" ")
        answer = await person.http.request(method, path or template, json=body or None)
        assert answer.is_success, answer.text
        (entry,) = await trail.news()
        assert entry["actor"] == {"kind": "member", "id": str(person.member_id), "name": person.name}
        assert entry["requestId"] == answer.headers["x-request-id"]
        return entry

    entry = await drive(owner, "POST /api/auth/login", username=owner.email, password=PASSWORD)
    assert (entry["action"], entry["after"]) == ("session.logged_in", {"ip": "127.0.0.1", "userAgent": _agent(owner)})
    entry = await drive(owner, "PATCH /api/tenant", name="Renamed")
    assert (entry["action"], entry["before"], entry["after"]) == (
        "tenant.renamed",
        {"name": "Test tenant"},
        {"name": "Renamed"},
    )
    assert entry["subjects"] == [{"type": "tenant", "id": str(owner.tenant_id)}]
    entry = await drive(owner, "POST /api/auth/password", currentPassword=PASSWORD, newPassword="another password")
    assert entry["action"] == "profile.password_changed"
    assert "another password" not in str(entry)
    other = (await owner.http.get("/api/auth/sessions")).json()["items"][0]["id"]
    await _second_session(house, owner, "another password")
    await trail.news()
    entry = await drive(owner, "DELETE /api/auth/sessions")
    assert (entry["action"], len(entry["before"]["sessions"])) == ("session.revoked", 1)
    second = await _second_session(house, owner, "another password")
    await trail.news()
    entry = await drive(owner, "DELETE /api/auth/sessions/{session_id}", f"/api/auth/sessions/{second}")
    assert entry["before"] == {"sessions": [second]} != {"sessions": [other]}
    viewer = await owner.invite(Role.VIEWER)
    await trail.news()
    entry = await drive(owner, "PATCH /api/members/{member_id}", f"/api/members/{viewer.member_id}", role="agent")
    assert (entry["action"], entry["before"]["role"], entry["after"]["role"]) == ("member.role_changed", "viewer", "agent")
    entry = await drive(owner, "DELETE /api/members/{member_id}", f"/api/members/{viewer.member_id}")
    assert (entry["action"], entry["before"]["email"], entry["after"]) == ("member.removed", viewer.email, None)
    entry = await drive(owner, "PATCH /api/auth/profile", name="Olga")
    assert (entry["before"], entry["after"]) == ({"name": "Olive Owner"}, {"name": "Olga"})
    owner.name = "Olga"
    elsewhere = await house.new_owner(tenant_name="Elsewhere")
    await add_member(house.wired.services, tenant_id=elsewhere.tenant_id, email=owner.email, role=Role.VIEWER)
    entry = await drive(owner, "POST /api/auth/switch", tenantId=str(elsewhere.tenant_id))
    assert (entry["action"], entry["after"]) == ("session.left", None)
    entered = (await elsewhere.http.get("/api/audit", params={"action": "session.entered"})).json()["items"]
    assert [e["actor"]["name"] for e in entered] == ["Olga"]
    assert str(owner.tenant_id) not in str(entered)
    await owner.http.post("/api/auth/switch", json={"tenantId": str(owner.tenant_id)})
    await trail.news()
    entry = await drive(owner, "POST /api/auth/logout")
    assert entry["action"] == "session.logged_out"
    driven |= await _sign_up_and_deletion(house)
    assert driven == UNSAFE


async def _second_session(house: House, owner: Person, password: str) -> str:
    async with house.browser() as page:
        await page.post("/api/auth/login", json={"username": owner.email, "password": password})
        items = (await page.get("/api/auth/sessions")).json()["items"]
        return str(next(item["id"] for item in items if item["current"]))


async def _sign_up_and_deletion(house: House) -> set[str]:
    """These two begin and end a trail, so it is read from inside the tenant and past its sessions."""
    account = {"email": "trail@accounts.test", "password": PASSWORD, "name": "Tina", "tenantName": "Trail"}
    async with house.browser() as page:
        body = (await page.post("/api/auth/signup", json=account)).json()
        items = (await page.get("/api/audit")).json()["items"]
        assert [item["action"] for item in items] == ["session.signed_up", "tenant.created"]
        assert {item["actor"]["name"] for item in items} == {"Tina"}
        assert items[1]["after"] == {"name": "Trail", "owner": account["email"]}
        deleted = await page.request("DELETE", "/api/tenant", json={"confirmName": "Trail"})
        assert deleted.status_code == 202
    async with house.db.tenant(Scope(UUID(body["tenant"]["id"]))) as session:
        wanted = AuditFilter(action="tenant.deletion_requested")
        (entry,) = (await list_entries(session, wanted)).items
    assert (entry.actor.name, entry.before) == ("Tina", {"name": "Trail"})
    return {"POST /api/auth/signup", "DELETE /api/tenant"}


def _agent(person: Person) -> str:
    return str(person.http.headers["user-agent"])


async def test_what_did_not_happen_is_not_recorded(house: House) -> None:
    owner = await house.new_owner()
    trail = Trail(owner)
    await trail.news()
    await owner.http.post("/api/auth/password", json={"currentPassword": "not this", "newPassword": "another password"})
    await owner.http.delete(f"/api/auth/sessions/{owner.member_id}")
    await owner.http.patch(f"/api/members/{owner.member_id}", json={"role": "viewer"})
    await owner.http.request("DELETE", "/api/tenant", json={"confirmName": "wrong"})
    async with house.browser() as page:
        await page.post("/api/auth/login", json={"username": owner.email, "password": "wrong"})
    assert await trail.news() == []
