"""Driving an unsafe door with its valid sample, in a tenant that is nobody's loss."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from storekeep.domains.accounts.public import Role
from tests.contract.asking import address
from tests.contract.conftest import release_shops
from tests.contract.doors import Door
from tests.contract.samples import SAMPLES, Sample, path_of
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.support.accounts import Person
from tests.support.world import Furnished, World

# These connect the stand-in's shop, which belongs to one tenant at a time.
AT_SHOPIFY = ("POST /api/stores", "GET /api/shopify/callback", "POST /api/orders/{order_id}/refresh")


@dataclass(frozen=True, slots=True)
class Driven:
    """What was asked, by whom, and what came of it."""

    answer: httpx.Response
    sample: Sample
    tenant: Furnished
    person: Person


async def drive(
    world: World, shopify: ShopifyStandIn, door: Door, role: Role = Role.OWNER, tenant: Furnished | None = None
) -> Driven:
    """Use the door as it is meant to be used, in a fresh tenant unless one is given."""
    if door.key in AT_SHOPIFY:
        await release_shops(world)
    tenant = tenant or await world.guest()
    person = tenant.people[role]
    made = await SAMPLES[door.key](tenant, person, shopify)
    http = world.house.browser() if made.public else person.http
    answer = await http.request(door.method, address(door, path_of(door, tenant, made)), params=made.params, json=made.body)
    if made.public:
        await http.aclose()
    return Driven(answer, made, tenant, person)
