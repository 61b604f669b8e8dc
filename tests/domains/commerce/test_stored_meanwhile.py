"""A record that another writer stores between two statements of ours: it is locked before it is judged, so newer still wins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.records import MORNING, a_customer, a_product, an_order
from tests.support.stores import Shop, interrupted

RECORDS: dict[str, Callable[..., dict[str, Any]]] = {"orders": an_order, "customers": a_customer, "products": a_product}


def changed(version: int) -> datetime:
    return MORNING + timedelta(minutes=version)


@pytest.mark.parametrize("kind", RECORDS)
async def test_newer_wins_over_what_is_under_way(shop: Shop, kind: str) -> None:
    put, record = getattr(shop, kind), RECORDS[kind]
    later: list[asyncio.Task[Any]] = []

    async def the_oldest() -> None:
        # As a task: with a transaction of its own.
        await asyncio.create_task(put(record(7, version=changed(1))))

    async def the_newest() -> None:
        later.append(asyncio.create_task(put(record(7, version=changed(3)))))
        # It waits for us where it must; half a second is enough to go wrong in where it need not.
        await asyncio.wait(later, timeout=0.5)

    steps = {"INSERT INTO work_": the_oldest, f"UPDATE {kind} ": the_newest}
    with interrupted(shop, steps):
        await put(record(7, version=changed(2)))
        await asyncio.gather(*later)
    assert steps == {}
    stored = await shop.one(f"SELECT source_updated_at FROM {kind} WHERE store_id = :store")
    assert stored.source_updated_at == changed(3)
