"""Orders that Shopify no longer shows us are not taken for deleted, whenever it stopped; and its clock says when a run began."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from storekeep.domains.commerce.sync import store_sync
from storekeep.domains.commerce.types import Resource
from storekeep.domains.connections.public import get_store
from storekeep.kit import clock
from storekeep.kit.scope import Scope
from storekeep.sandbox.config import AWKWARD
from tests.domains.commerce.test_awkward_shops import assert_equal_to_source
from tests.support.installs import SCOPES
from tests.support.shopify_world import Desk

SCOPES_ASKED = "AccessScopes"


async def manners(desk: Desk, **how: Any) -> None:
    """How the shop treats us from now on."""
    await desk.control("POST", "manners", {"shop": AWKWARD, **how})


async def stored(desk: Desk, scope: Scope, store_id: UUID, *, older_than_days: int = 0) -> int:
    """How many orders created before so many days are stored."""
    shop = await desk.shop(scope, store_id)
    old = f"source_created_at < now() - interval '{older_than_days} days'"
    return int((await shop.one(f"SELECT count(*) AS n FROM orders WHERE store_id = :store AND {old}")).n)


@pytest.fixture
async def copied(desk: Desk, scope: Scope) -> UUID:
    """A store whose whole history is stored."""
    store_id = await desk.connect(scope, AWKWARD)
    await desk.work(scope)
    return store_id


@pytest.mark.parametrize("full", [False, True])
async def test_a_run_resumed_weeks_later_removes_nothing_that_aged_out_meanwhile(
    desk: Desk, scope: Scope, copied: UUID, full: bool
) -> None:
    before = await stored(desk, scope, copied)
    lost_meanwhile = await stored(desk, scope, copied, older_than_days=60) - await stored(desk, scope, copied, older_than_days=78)
    assert lost_meanwhile > 0, "nothing aged out"
    await manners(desk, history=False)
    try:
        run_id = await desk.ask(scope, copied, full=full)
        async with desk.db.tenant(scope) as session:
            began = text("UPDATE sync_runs SET started_at = now() - interval '20 days' WHERE id = :id")
            await session.execute(began, {"id": run_id})
        await desk.work(scope)
    finally:
        await manners(desk, history=True)
    facts = await desk.run_of(scope, copied)
    assert (facts.run.id, facts.run.status) == (run_id, "SUCCEEDED")
    assert facts.resources[1].removed == 0
    assert await stored(desk, scope, copied) == before


@pytest.mark.parametrize("full", [False, True])
async def test_the_scope_for_all_orders_taken_away_while_orders_are_read_removes_none(
    desk: Desk, scope: Scope, copied: UUID, full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await stored(desk, scope, copied)
    copy = store_sync._copy

    async def taken_away_first(reading: Any, resource: Resource) -> None:
        if resource is Resource.ORDERS:
            await manners(desk, history=False)
        await copy(reading, resource)

    monkeypatch.setattr(store_sync, "_copy", taken_away_first)
    try:
        facts = await desk.sync(scope, copied, full=full)
    finally:
        await manners(desk, history=True)
    assert (facts.run.status, facts.resources[1].removed) == ("SUCCEEDED", 0)
    assert await stored(desk, scope, copied) == before


async def test_what_was_deleted_within_reach_still_goes(desk: Desk, scope: Scope, copied: UUID) -> None:
    await manners(desk, history=False)
    try:
        (newest,) = await (await desk.shop(scope, copied)).rows(
            "SELECT shopify_id FROM orders WHERE store_id = :store AND cancelled_at IS NOT NULL"
            " ORDER BY source_created_at DESC LIMIT 1"
        )
        before = await stored(desk, scope, copied)
        await desk.edit(AWKWARD, "delete_order", id=newest.shopify_id)
        facts = await desk.sync(scope, copied)
    finally:
        await manners(desk, history=True)
    assert (facts.run.status, facts.resources[1].removed) == ("SUCCEEDED", 1)
    assert await stored(desk, scope, copied) == before - 1


async def test_a_clock_ahead_of_shopifys_loses_no_change(desk: Desk, scope: Scope) -> None:
    ahead = clock.now() + timedelta(minutes=25)
    store_id = await desk.connect(scope, AWKWARD)
    with clock.at(ahead):
        await desk.work(scope)
    await desk.edit(AWKWARD, "update_product")
    await desk.edit(AWKWARD, "update_order")
    await desk.edit(AWKWARD, "cancel_order")
    with clock.at(ahead + timedelta(minutes=1)):
        facts = await desk.sync(scope, store_id)
    assert (facts.run.kind, facts.run.status) == ("DELTA", "SUCCEEDED")
    await assert_equal_to_source(desk, scope, store_id, AWKWARD)


async def known_from(desk: Desk, scope: Scope, store_id: UUID) -> datetime | None:
    async with desk.db.tenant(scope) as session:
        return (await get_store(session, store_id)).orders_known_from


@pytest.fixture
async def shortened(desk: Desk, scope: Scope) -> AsyncIterator[UUID]:
    """A store whose older orders were hidden from its first reading on; the shop hides them until a test says otherwise."""
    await manners(desk, history=False)
    store_id = await desk.connect(scope, AWKWARD, scopes=tuple(name for name in SCOPES if name != "read_all_orders"))
    await desk.work(scope)
    yield store_id
    await manners(desk, history=True)


async def test_orders_hidden_at_first_are_missing_until_a_full_read_shows_them(desk: Desk, scope: Scope, shortened: UUID) -> None:
    known = await known_from(desk, scope, shortened)
    assert known is not None
    assert abs(clock.now() - timedelta(days=59) - known) < timedelta(minutes=5)
    before = await stored(desk, scope, shortened)
    await manners(desk, history=True)
    # The run that learns of it compares only what it can know; what changed nowhere is not read page by page.
    facts = await desk.sync(scope, shortened)
    assert (facts.run.kind, facts.run.status) == ("DELTA", "SUCCEEDED")
    assert await stored(desk, scope, shortened) == before
    assert await known_from(desk, scope, shortened) == known
    facts = await desk.sync(scope, shortened)
    assert (facts.run.kind, facts.run.status) == ("RESYNC", "SUCCEEDED")
    assert await known_from(desk, scope, shortened) is None
    await assert_equal_to_source(desk, scope, shortened, AWKWARD)
    assert (await desk.sync(scope, shortened)).run.kind == "DELTA"


async def test_a_reconnection_that_shows_all_orders_reads_everything(desk: Desk, scope: Scope, shortened: UUID) -> None:
    await manners(desk, history=True)
    assert await desk.connect(scope, AWKWARD) == shortened
    await desk.work(scope)
    facts = await desk.run_of(scope, shortened)
    assert (facts.run.kind, facts.run.trigger, facts.run.status) == ("RESYNC", "CONNECT", "SUCCEEDED")
    assert await known_from(desk, scope, shortened) is None


async def test_what_was_read_once_stays_known_when_it_is_hidden(desk: Desk, scope: Scope, copied: UUID) -> None:
    await manners(desk, history=False)
    try:
        for full in (False, True):
            assert (await desk.sync(scope, copied, full=full)).run.status == "SUCCEEDED"
            assert await known_from(desk, scope, copied) is None
    finally:
        await manners(desk, history=True)


@pytest.mark.parametrize("full", [False, True])
async def test_orders_hidden_again_before_a_store_was_read_again_are_missing(
    desk: Desk, scope: Scope, shortened: UUID, full: bool
) -> None:
    known = clock.now() - timedelta(days=200)
    async with desk.db.tenant(scope) as session:
        await session.execute(text("UPDATE stores SET orders_known_from = :known"), {"known": known})
    await desk.sync(scope, shortened, full=full)
    assert await known_from(desk, scope, shortened) == known
    async with desk.db.tenant(scope) as session:
        await session.execute(text("UPDATE sync_cursors SET high_water = now() - interval '61 days'"))
    assert (await desk.sync(scope, shortened, full=full)).run.status == "SUCCEEDED"
    moved = await known_from(desk, scope, shortened)
    assert moved is not None
    assert abs(clock.now() - timedelta(days=59) - moved) < timedelta(minutes=5)
