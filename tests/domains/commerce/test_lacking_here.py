"""What the source has and we have not is read again, although nothing about it changed: a delta ends with equal counts."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from storekeep.domains.commerce.sync import vanished
from storekeep.kit.scope import Scope
from storekeep.sandbox.config import AWKWARD_KWD
from tests.domains.commerce.test_awkward_shops import assert_equal_to_source
from tests.support.shopify_world import Desk

_LOSE = "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE store_id = :store ORDER BY source_created_at LIMIT :n)"


async def lose(desk: Desk, scope: Scope, **tables: int) -> None:
    """Lose so many of the oldest rows, as a hand in the database would."""
    async with desk.db.tenant(scope) as session:
        store_id = (await session.execute(text("SELECT id FROM stores"))).scalar_one()
        for table, count in tables.items():
            await session.execute(text(_LOSE.format(table=table)), {"store": store_id, "n": count})


async def test_a_delta_brings_it_back(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await desk.work(scope)
    await lose(desk, scope, orders=2, products=1)
    facts = await desk.sync(scope, store_id)
    assert (facts.run.kind, facts.run.status, facts.run.error) == ("DELTA", "SUCCEEDED", None)
    await assert_equal_to_source(desk, scope, store_id, AWKWARD_KWD)
    before = len(await desk.requests(operation="OrderIds", shop=AWKWARD_KWD))
    await desk.sync(scope, store_id)
    assert len(await desk.requests(operation="OrderIds", shop=AWKWARD_KWD)) == before, "looked for what is not lacking"


async def test_too_much_of_it_fails_the_resource_and_the_mark_stays(
    desk: Desk, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await desk.work(scope)
    monkeypatch.setattr(vanished, "_MAX_LACKING", 0)
    await lose(desk, scope, orders=1)
    async with desk.db.tenant(scope) as session:
        marks = text("SELECT high_water FROM sync_cursors WHERE resource = 'orders'")
        before = (await session.execute(marks)).scalar_one()
    facts = await desk.sync(scope, store_id)
    assert (facts.run.status, facts.run.error and facts.run.error["code"]) == ("PARTIAL", "SYNC_COUNT_MISMATCH")
    async with desk.db.tenant(scope) as session:
        assert (await session.execute(marks)).scalar_one() == before
    await desk.sync(scope, store_id, full=True)
    await assert_equal_to_source(desk, scope, store_id, AWKWARD_KWD)
