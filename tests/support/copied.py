"""pytest plugin: an owner whose stores were copied from the stand-in Shopify by the product's own jobs, and the figures they see.

The shipped quarter is copied once for all tests that only look at it; `tests/support/sharing_out.py` decides their order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from storekeep.domains.commerce.sync.runs import RunFacts
from storekeep.runtime.cache import TenantCache
from storekeep.sandbox.config import ONLINE_RETAIL
from tests.sandbox.driver import Driver
from tests.support.accounts import House, Person
from tests.support.shopify_world import Desk, house_desk


@dataclass(slots=True)
class Copied:
    """An owner, their stores by domain, and the hands to change the shops and copy what changed."""

    owner: Person
    desk: Desk
    stores: dict[str, UUID] = field(default_factory=dict)

    async def copy(self, shop: str, *, full: bool = False) -> RunFacts:
        """Connect the shop, or read what changed in it; with `full` everything again. Nothing may fail."""
        if shop not in self.stores:
            self.stores[shop] = await self.desk.connect(self.owner.scope, shop)
            await self.desk.work(self.owner.scope)
        else:
            await self.desk.sync(self.owner.scope, self.stores[shop], full=full)
        facts = await self.desk.run_of(self.owner.scope, self.stores[shop])
        assert facts.run.status == "SUCCEEDED", (facts.run.error, [row.errors for row in facts.resources], self.desk.waits)
        assert all(row.failed == 0 for row in facts.resources)
        return facts

    async def read(self, path: str, shop: str | None = None, **params: Any) -> Any:
        """The JSON of a GET about one store, or all of them; parameters that are None are left out."""
        given = {key.rstrip("_"): str(value) for key, value in params.items() if value is not None}
        if shop is not None:
            given["storeId"] = str(self.stores[shop])
        response = await self.owner.http.get(path, params=given)
        assert response.status_code == 200, response.text
        return response.json()

    async def value(self, statement: str) -> Any:
        """One value out of the tenant's own rows."""
        async with self.owner.house.db.tenant(self.owner.scope) as session:
            return (await session.execute(text(statement))).scalar_one()

    async def forget(self) -> None:
        """Drop what the cache keeps of the tenant."""
        await self.owner.house.wired.services.get(TenantCache).drop(self.owner.tenant_id)


@pytest.fixture(scope="session")
async def quarter(house: House, redis_url: str, stand_in: Driver, superuser: asyncpg.Connection) -> AsyncIterator[Copied]:
    """An owner whose store is a copy of the shipped quarter."""
    async with house_desk(house, redis_url, stand_in, superuser) as desk:
        await desk.control("POST", "reset", {"shop": ONLINE_RETAIL})
        made = Copied(await house.new_owner(), desk)
        await made.copy(ONLINE_RETAIL)
        yield made
