"""Members: who may change whom, and the owner who always remains."""

from __future__ import annotations

import asyncio

import pytest

from storekeep.domains.accounts.errors import AlreadyMember
from storekeep.domains.accounts.public import Role, add_member, find_user_id
from storekeep.kit.errors import InvalidInput
from storekeep.kit.ids import uuid7
from tests.support.accounts import PASSWORD, House, Person


async def change(person: Person, member: Person, role: str) -> tuple[int, str]:
    answer = await person.http.patch(f"/api/members/{member.member_id}", json={"role": role})
    body = answer.json()
    return answer.status_code, body["role"] if answer.status_code == 200 else body["error"]["code"]


async def remove(person: Person, member: Person) -> int:
    return (await person.http.delete(f"/api/members/{member.member_id}")).status_code


async def test_members_are_listed_in_the_order_they_joined_page_by_page(owner: Person) -> None:
    viewer = await owner.invite(Role.VIEWER, "Vera")
    agent = await owner.invite(Role.AGENT, "Anton")
    first = (await viewer.http.get("/api/members", params={"limit": 2})).json()
    rest = (await viewer.http.get("/api/members", params={"limit": 2, "cursor": first["nextCursor"]})).json()
    assert rest["nextCursor"] is None
    found = first["items"] + rest["items"]
    assert [(m["id"], m["name"], m["role"]) for m in found] == [
        (str(owner.member_id), "Olive Owner", "owner"),
        (str(viewer.member_id), "Vera", "viewer"),
        (str(agent.member_id), "Anton", "agent"),
    ]
    assert found[2]["email"] == agent.email
    assert "passwordHash" not in str(found)
    for cursor in ("x", "WyJqb2luZWQiLCJ4Il0"):
        answer = await viewer.http.get("/api/members", params={"cursor": cursor})
        assert answer.json()["error"]["code"] == "VALIDATION_INVALID_CURSOR"


async def test_a_new_role_holds_from_the_next_request_on(owner: Person) -> None:
    viewer = await owner.invite(Role.VIEWER)
    assert (await viewer.http.get("/api/audit")).status_code == 403
    assert await change(owner, viewer, "admin") == (200, "admin")
    assert (await viewer.http.get("/api/audit")).status_code == 200
    assert (await viewer.http.get("/api/auth/session")).json()["role"] == "admin"


async def test_only_owners_make_change_or_remove_owners(owner: Person) -> None:
    admin, second, viewer = [await owner.invite(role) for role in (Role.ADMIN, Role.OWNER, Role.VIEWER)]
    assert await change(admin, viewer, "owner") == (403, "PERMISSION_DENIED")
    assert await change(admin, second, "viewer") == (403, "PERMISSION_DENIED")
    assert await remove(admin, second) == 403
    assert await change(admin, viewer, "agent") == (200, "agent")
    assert await change(owner, viewer, "owner") == (200, "owner")
    assert await remove(owner, second) == 204


async def test_the_last_owner_can_neither_step_down_nor_leave(owner: Person) -> None:
    await owner.invite(Role.ADMIN)
    assert await change(owner, owner, "admin") == (409, "MEMBER_LAST_OWNER")
    assert await remove(owner, owner) == 409
    assert await change(owner, owner, "owner") == (200, "owner")


@pytest.mark.parametrize("way", ["demote", "remove"])
async def test_of_a_hundred_tries_at_once_one_owner_is_left(owner: Person, way: str) -> None:
    second = await owner.invite(Role.OWNER)
    pairs = [(owner, owner), (owner, second), (second, second), (second, owner)]

    async def attempt(number: int) -> int:
        person, member = pairs[number % 4]
        return (await change(person, member, "admin"))[0] if way == "demote" else await remove(person, member)

    outcomes = await asyncio.gather(*(attempt(number) for number in range(100)))
    assert set(outcomes) <= {200, 204, 401, 403, 404, 409, 503}
    owners = [m for m in (await _anyone(owner, second)).json()["items"] if m["role"] == "owner"]
    assert len(owners) == 1


async def _anyone(*people: Person):  # type: ignore[no-untyped-def]
    for person in people:
        answer = await person.http.get("/api/members")
        if answer.status_code == 200:
            return answer
    pytest.fail("nobody is left")


async def test_a_removed_member_is_out_at_once_and_forgotten_when_they_belong_nowhere(house: House, owner: Person) -> None:
    viewer = await owner.invite(Role.VIEWER)
    assert await remove(owner, viewer) == 204
    answer = await viewer.http.get("/api/auth/session")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "AUTH_SESSION_EXPIRED")
    assert await find_user_id(house.wired.services, viewer.email) is None
    assert await remove(owner, viewer) == 404


async def test_a_removed_member_of_two_tenants_keeps_the_other(house: House, owner: Person) -> None:
    elsewhere = await house.new_owner(tenant_name="Elsewhere")
    await add_member(house.wired.services, tenant_id=owner.tenant_id, email=elsewhere.email, role=Role.ADMIN)
    there = next(m for m in (await owner.http.get("/api/members")).json()["items"] if m["email"] == elsewhere.email)
    assert (await owner.http.delete(f"/api/members/{there['id']}")).status_code == 204
    assert (await elsewhere.http.get("/api/tenant")).json()["name"] == "Elsewhere"


async def test_anothers_members_do_not_exist(house: House, owner: Person) -> None:
    foreign = await house.new_owner()
    assert await change(owner, foreign, "viewer") == (404, "NOT_FOUND")
    assert await remove(owner, foreign) == 404
    answer = await owner.http.patch("/api/members/not-an-id", json={"role": "viewer"})
    assert answer.status_code == 404


async def test_adding_members_from_code(house: House, owner: Person) -> None:
    services = house.wired.services
    email = f"{uuid7().hex}@new.test"
    with pytest.raises(InvalidInput):
        await add_member(services, tenant_id=owner.tenant_id, email=email, role=Role.AGENT)
    await add_member(services, tenant_id=owner.tenant_id, email=email, role=Role.AGENT, name="New", password=PASSWORD)
    with pytest.raises(AlreadyMember):
        await add_member(services, tenant_id=owner.tenant_id, email=email, role=Role.AGENT)
