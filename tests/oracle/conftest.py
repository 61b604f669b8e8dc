"""Fixtures of the oracle's tests: an owner whose stores are copied from a running stand-in by the product's own jobs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from storekeep.domains.commerce.sync.limits import SyncLimits
from storekeep.entry.rooms import job_kinds
from storekeep.runtime.http import make_client
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from tests.domains.commerce.shopify_world import Desk, _forget, _stand_in, _superuser, wire  # noqa: F401 (fixtures)
from tests.oracle import raw
from tests.oracle.answers import Tenant
from tests.sandbox.driver import Driver
from tests.support.accounts import House, Person

# Stored ids are the product's own; the dump knows Shopify's.
_IDS = text("SELECT id, shopify_id FROM customers UNION ALL SELECT id, shopify_id FROM products")


@dataclass(slots=True)
class Copied:
    """An owner, their stores by domain, and the hands to change the shops and copy what changed."""

    owner: Person
    desk: Desk
    stores: dict[str, UUID] = field(default_factory=dict)

    async def copy(self, shop: str, *, full: bool = False) -> None:
        """Connect the shop, or read what changed in it; with `full` everything again."""
        if shop not in self.stores:
            self.stores[shop] = await self.desk.connect(self.owner.scope, shop)
            await self.desk.work(self.owner.scope)
        else:
            await self.desk.sync(self.owner.scope, self.stores[shop], full=full)
        facts = await self.desk.run_of(self.owner.scope, self.stores[shop])
        assert facts.run.status == "SUCCEEDED", (facts.run.error, [row.errors for row in facts.resources])
        assert all(row.failed == 0 for row in facts.resources)

    async def tenant(self) -> Tenant:
        """The second opinion on what the shops hold now."""
        dumps = [raw.read(map(json.dumps, await self.desk.raw(shop))) for shop in self.stores]
        return Tenant(dumps)

    async def read(self, path: str, shop: str | None = None, **params: Any) -> Any:
        """The JSON of a GET about one store, or all of them."""
        given = {key.rstrip("_"): str(value) for key, value in params.items() if value is not None}
        if shop is not None:
            given["storeId"] = str(self.stores[shop])
        response = await self.owner.http.get(f"/api/{path}", params=given)
        assert response.status_code == 200, response.text
        return response.json()

    async def shopify_ids(self) -> dict[str, str]:
        """Shopify's ids of stored customers and products, by ours."""
        async with self.owner.house.db.tenant(self.owner.scope) as session:
            return {str(row.id): str(row.shopify_id) for row in await session.execute(_IDS)}


@pytest.fixture(scope="module")
async def copied(
    house: House,
    redis_url: str,
    _stand_in: Driver,  # noqa: F811
    _superuser: asyncpg.Connection,  # noqa: F811
) -> AsyncIterator[Copied]:
    """An owner without stores yet; shops belong to nobody before and after."""
    redis, http = Redis.from_url(redis_url), make_client()
    await _forget(_superuser)
    services = wire(house.db, redis, http, f"{_stand_in.root}/shopify/{{shop}}", SyncLimits())
    desk = Desk(house.db, services, _stand_in, JobRunner(house.db, services, job_kinds(), RunnerTimes()))
    yield Copied(await house.new_owner(), desk)
    await _forget(_superuser)
    await http.aclose()
    await redis.aclose()
