"""A session shows one tenant and nothing of any other, whatever is asked with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from fastapi.routing import APIRoute
from hypothesis import given, settings
from hypothesis import strategies as st

from storekeep.domains.accounts.guard import permissions_of
from storekeep.domains.accounts.public import Role
from storekeep.entry.rooms import ROOMS
from storekeep.kit.ids import uuid7
from tests.support.accounts import House, Person

ROOMS_HERE = ("accounts", "audit", "operations")
READS = sorted(
    route.path
    for room in ROOMS
    if room.name in ROOMS_HERE
    for router in room.routers
    for route in router.routes
    if isinstance(route, APIRoute) and permissions_of(route) and "GET" in route.methods and route.path != "/api/live"
)


@dataclass(frozen=True, slots=True)
class Twin:
    """A tenant whose every text carries its own mark."""

    mark: str
    people: tuple[Person, ...]


@pytest.fixture(scope="session")
async def twins(house: House) -> list[Twin]:
    made = []
    for _ in range(2):
        mark = uuid7().hex
        owner = await house.new_owner(f"Owner {mark}", f"Tenant {mark}")
        others = [await owner.invite(role, f"{role} {mark}") for role in (Role.ADMIN, Role.AGENT, Role.VIEWER)]
        made.append(Twin(mark, (owner, *others)))
        await owner.http.patch("/api/tenant", json={"name": f"Renamed {mark}"})
    return made


# Feature: shopify-multi-tenant-dashboard, Property 29: *For any* request with a valid session token, the system should only return data for the tenant associated with that session.
@settings(max_examples=150, deadline=None)
@given(data=st.data(), extra=st.text("abcdefgh0123456789-", max_size=12))
async def test_a_session_returns_data_of_its_own_tenant_alone(
    house: House, twins: list[Twin], data: st.DataObject, extra: str
) -> None:
    mine, theirs = data.draw(st.permutations(twins))
    person = data.draw(st.sampled_from(mine.people))
    path = data.draw(st.sampled_from(READS))
    foreign = data.draw(st.sampled_from(theirs.people))
    path = re.sub(r"\{[^}]+\}", str(foreign.member_id), path)
    query: dict[str, str] = {}
    if path == "/api/audit":
        about = {"subjectType": "member", "subjectId": str(foreign.member_id)}
        query = data.draw(st.sampled_from([{}, {"actorId": str(foreign.member_id)}, about]))
    # What no route knows is refused, and moves nobody into another tenant either.
    unknown = data.draw(st.sampled_from([{}, {}, {}, {"tenantId": str(foreign.tenant_id)}, {"nothing": extra}]))
    answer = await person.http.get(path, params=query | unknown, headers={"x-tenant-id": str(foreign.tenant_id)})
    assert answer.status_code == 422 if unknown else answer.status_code in (200, 403, 404), answer.text
    for secret in (theirs.mark, str(foreign.tenant_id), *(str(p.member_id) for p in theirs.people)):
        assert secret not in answer.text
    if answer.status_code == 200 and path in ("/api/tenant", "/api/members", "/api/auth/session"):
        assert mine.mark in answer.text
    if answer.status_code == 200 and ("actorId" in query or "subjectId" in query) and path == "/api/audit":
        assert answer.json()["items"] == []
