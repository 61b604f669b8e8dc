"""T61: every route, as every role, with a request that is valid: it succeeds exactly where the table of permissions says so."""

from __future__ import annotations

from storekeep.domains.accounts.permissions import roles_with
from storekeep.domains.accounts.public import Role
from tests.contract.asking import address, faults, listed, said
from tests.contract.conftest import release_shops
from tests.contract.doors import Door
from tests.contract.driving import drive
from tests.contract.samples import SAMPLES, path_of
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.support.world import World

DENIED = "PERMISSION_DENIED"


async def test_whoever_may_not_is_refused_and_changes_nothing(
    world: World, shopify: ShopifyStandIn, every_door: list[Door], free_shops: None
) -> None:
    """With everything of their own tenant and nothing wrong but the role: 403 that names the permission, and not a byte moved."""
    wrong, refused = [], 0
    for door in every_door:
        for role in [role for role in Role if not door.admits(role)]:
            # Only an owner can go to Shopify at all; where the browser is sent back with, is enough to be refused.
            made = await SAMPLES[door.key](world.a, world.a.owner, shopify) if door.key in SAMPLES else None
            before = await world.digest(world.a)
            path = address(door, path_of(door, world.a, made))
            params, body = (made.params, made.body) if made else ({}, None)
            answer = await world.a.people[role].http.request(door.method, path, params=params, json=body)
            refused += 1
            error = answer.json()["error"]
            wanted = {str(permission) for permission in door.permissions if role not in roles_with(permission)}
            if (answer.status_code, error["code"]) != (403, DENIED) or error["details"].get("permission") not in wanted:
                wrong.append(f"{role} {door.key}: {said(answer)}")
            if await world.digest(world.a) != before:
                wrong.append(f"{role} {door.key}: was refused and changed something")
            wrong += [f"{role} {door.key}: {fault}" for fault in faults(answer)]
    assert not wrong, listed(wrong)
    assert refused > 20


async def test_whoever_may_succeeds(world: World, shopify: ShopifyStandIn, every_door: list[Door], free_shops: None) -> None:
    wrong = []
    for door in every_door:
        for role in [role for role in Role if door.permissions and door.admits(role)]:
            if door.key in SAMPLES:
                if role is Role.OWNER:
                    continue  # the census of audit entries does that
                answer = (await drive(world, shopify, door, role, await world.guest((Role.OWNER, role)))).answer
            elif door.streams:
                continue  # the sweep listens
            else:
                params = {"shop": "somebody.myshopify.com"} if "shop" in {p.name for p in door.params} else {}
                answer = await world.a.people[role].http.get(address(door, path_of(door, world.a)), params=params)
            if answer.is_error:
                wrong.append(f"{role} {door.key}: {said(answer)}")
    await release_shops(world)
    assert not wrong, listed(wrong)
