"""The permission table, as written down and as every route of the product keeps it."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from storekeep.domains.accounts.guard import permissions_of, public_reason_of
from storekeep.domains.accounts.permissions import ROLE_PERMISSIONS, Permission, grantors_of, roles_with
from storekeep.domains.accounts.public import Role
from storekeep.entry.rooms import ROOMS
from storekeep.kit.ids import uuid7
from tests.support.accounts import House, Person

W, A, G, V = Role.OWNER, Role.ADMIN, Role.AGENT, Role.VIEWER
TABLE = {
    "analytics:read": {W, A, G, V},
    "audit:read": {W, A},
    "customer:read": {W, A, G, V},
    "job:read": {W, A},
    "job:write": {W, A},
    "member:read": {W, A, G, V},
    "member:write": {W, A},
    "order:read": {W, A, G, V},
    "order:refresh": {W, A, G},
    "product:read": {W, A, G, V},
    "profile:own": {W, A, G, V},
    "store:delete": {W, A},
    "store:read": {W, A, G, V},
    "store:write": {W, A},
    "sync:run": {W, A, G},
    "tenant:delete": {W},
    "tenant:read": {W, A, G, V},
    "tenant:write": {W, A},
}
ROUTES = [route for room in ROOMS for router in room.routers for route in router.routes]


def test_the_table_is_the_one_agreed() -> None:
    assert {str(permission): set(roles_with(permission)) for permission in Permission} == TABLE
    assert list(Permission) == sorted(Permission)


def test_each_role_holds_all_that_the_next_one_holds() -> None:
    held = [ROLE_PERMISSIONS[role] for role in Role]
    assert all(more > less for more, less in pairwise(held))


def test_who_can_grant_what() -> None:
    assert grantors_of(Permission.TENANT_DELETE) == (W,)
    assert grantors_of(Permission.STORE_WRITE) == (W, A)


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{'/'.join(sorted(r.methods))} {r.path}")
def test_every_route_demands_a_permission_or_says_why_not(route: BaseRoute) -> None:
    assert permissions_of(route) or public_reason_of(route) or _signed(route)


def _signed(route: BaseRoute) -> bool:
    # Webhooks carry no session; their signature is what admits them, and their own tests prove that.
    return isinstance(route, APIRoute) and route.path.startswith("/webhooks/")


async def test_every_route_keeps_the_table_for_every_role(house: House, owner: Person) -> None:
    people = {W: owner} | {role: await owner.invite(role) for role in (A, G, V)}
    asked = 0
    for route in ROUTES:
        demanded = permissions_of(route)
        if not demanded:
            continue
        assert isinstance(route, APIRoute)
        path = re.sub(r"\{[^}]+\}", str(uuid7()), route.path)
        for role, person in people.items():
            allowed = demanded <= ROLE_PERMISSIONS[role]
            if allowed and _ends_the_session(route):
                continue
            for method in route.methods:
                asked += 1
                if _streams(route) and allowed:
                    continue
                answer = await person.http.request(method, path)
                denied = answer.status_code == 403 and answer.json()["error"]["code"] == "PERMISSION_DENIED"
                assert denied is not allowed, f"{role} {method} {route.path}: {answer.status_code} {answer.text}"
                assert answer.status_code != 500, f"{role} {method} {route.path}: {answer.text}"
                if denied:
                    assert answer.json()["error"]["details"]["permission"] in demanded - set(ROLE_PERMISSIONS[role])
    assert asked > 4 * 15
    async with house.browser() as stranger:
        for route in ROUTES:
            if permissions_of(route) and isinstance(route, APIRoute):
                path = re.sub(r"\{[^}]+\}", str(uuid7()), route.path)
                for method in route.methods:
                    answer = await stranger.request(method, path)
                    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "AUTH_REQUIRED"), route.path


def _ends_the_session(route: APIRoute) -> bool:
    return route.path == "/api/auth/logout"


def _streams(route: APIRoute) -> bool:
    return route.path == "/api/live"
