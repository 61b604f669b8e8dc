"""Whatever is changed through a route is on record: who did it, what was before, what is after."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from storekeep.domains.audit.public import AuditFilter, AuditRecord, list_entries, verify_chain
from storekeep.kit.scope import ActorKind, Scope
from storekeep.sandbox.config import AWKWARD_JPY, custom_app_token
from tests.contract.asking import faults, listed
from tests.contract.doors import Door
from tests.contract.driving import Driven, drive
from tests.contract.samples import CHANGES_BY_GET
from tests.contract.sweeping import leaked
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.support.accounts import PASSWORD
from tests.support.world import World


async def trail(world: World, tenant_id: UUID) -> list[AuditRecord]:
    """The newest entries of a tenant, read past its sessions, which may be over."""
    async with world.house.db.tenant(Scope(tenant_id)) as session:
        return (await list_entries(session, AuditFilter(), limit=20)).items


async def test_every_unsafe_route_leaves_an_entry(
    world: World, shopify: ShopifyStandIn, every_door: list[Door], free_shops: None
) -> None:
    missing = []
    for door in every_door:
        if not door.unsafe and door.key not in CHANGES_BY_GET:
            continue
        driven = await drive(world, shopify, door)
        answer = driven.answer
        assert answer.is_success or answer.is_redirect, f"{door.key}: its sample is not valid: {answer.text}"
        assert faults(answer) == []
        assert leaked(answer, world.b) == []
        tenant_id = _tenant_of(driven)
        entries = [entry for entry in await trail(world, tenant_id) if entry.request_id == answer.headers["x-request-id"]]
        missing += [f"{door.key}: {fault}" for fault in _faults(driven, entries)]
        async with world.house.db.tenant(Scope(tenant_id)) as session:
            assert (await verify_chain(session)).ok, door.key
    assert not missing, listed(missing)


async def test_an_order_that_is_found_gone_is_on_record(world: World, shopify: ShopifyStandIn, free_shops: None) -> None:
    """The one request that changes something and is refused all the same."""
    guest = await world.guest()
    body = {"shop": AWKWARD_JPY, "accessToken": custom_app_token(AWKWARD_JPY)}
    store = (await guest.owner.http.post("/api/stores", json=body)).json()
    order_id = await guest.order_at_shopify(UUID(store["id"]), 1)
    answer = await guest.owner.http.post(f"/api/orders/{order_id}/refresh")
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "ORDER_DELETED_AT_SOURCE")
    (entry,) = [e for e in await trail(world, guest.owner.tenant_id) if e.action == "order.removed"]
    assert entry.actor.id == guest.owner.member_id
    assert (entry.before is not None, entry.after) == (True, None)


def _tenant_of(driven: Driven) -> UUID:
    # Whoever signs up begins another tenant than the one that was made for the purpose.
    body: Any = driven.answer.json() if driven.answer.content else {}
    return UUID(body["tenant"]["id"]) if driven.sample.public else driven.tenant.owner.tenant_id


def _faults(driven: Driven, entries: list[AuditRecord]) -> list[str]:
    if not entries:
        return ["leaves no entry"]
    found = []
    for entry in entries:
        if entry.actor.kind is not ActorKind.MEMBER or entry.actor.id is None or not entry.actor.name:
            found.append(f"{entry.action} says no actor")
        if not driven.sample.public and entry.actor.id != driven.person.member_id:
            found.append(f"{entry.action} says another actor")
        if not entry.subjects:
            found.append(f"{entry.action} says not what it is about")
        words = f"{entry.before} {entry.after} {entry.summary}"
        if PASSWORD in words or "shpat_" in words:
            found.append(f"{entry.action} holds a secret")
    for side in ("before", "after"):
        if getattr(driven.sample, side) and not any(getattr(entry, side) for entry in entries):
            found.append(f"no entry says what was {side}: {[entry.action for entry in entries]}")
    if driven.sample.before and driven.sample.after and all(entry.before == entry.after for entry in entries):
        found.append("before and after are the same")
    return found
