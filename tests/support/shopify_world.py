"""pytest plugin: stores connected to the stand-in Shopify over HTTP, and a worker driven by hand.

`desk` connects shops and works through what is due, as a worker would, but when told to and with waiting times skipped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from storekeep.domains.commerce.calendars import Calendar
from storekeep.domains.commerce.sync import runs
from storekeep.domains.commerce.sync.limits import SyncLimits
from storekeep.domains.commerce.sync.requests import request_run
from storekeep.domains.commerce.sync.runs import RunFacts
from storekeep.domains.commerce.types import RunTrigger
from storekeep.domains.connections.public import StoreClients
from storekeep.domains.connections.register import register_store
from storekeep.entry.rooms import job_kinds
from storekeep.integrations.shopify.gateway import ShopifyGateway
from storekeep.kit.scope import Scope
from storekeep.runtime.breaker import Breakers
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import Database
from storekeep.runtime.http import Timeouts, make_client
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from storekeep.runtime.live import LiveNews
from storekeep.runtime.services import Services
from storekeep.sandbox.config import SHOPS
from tests.sandbox import driver
from tests.sandbox.driver import Driver
from tests.support.accounts import House
from tests.support.haste import quick_dice
from tests.support.installs import SCOPES, custom_app_install
from tests.support.stores import Shop

CIPHER_KEY = b"commerce tests: 32 bytes of key."


@dataclass(slots=True)
class Desk:
    """Everything a worker has, and short words for what it does."""

    db: Database
    services: Services
    shopify: Driver
    runner: JobRunner
    waits: list[dict[str, Any]] = field(default_factory=list)
    edited: set[str] = field(default_factory=set)

    async def connect(self, scope: Scope, shop: str, *, token: str | None = None, scopes: tuple[str, ...] = SCOPES) -> UUID:
        """Connect the shop as a custom app; its first run is then waiting. The store's id."""
        install = custom_app_install(shop, token=token, scopes=scopes)
        async with self.db.tenant(scope) as session:
            return (await register_store(session, self.services.get(TokenCipher), install)).store_id

    async def ask(self, scope: Scope, store_id: UUID, *, full: bool = False) -> UUID:
        """Ask for a run; its id."""
        async with self.db.tenant(scope) as session:
            return (await request_run(session, store_id, RunTrigger.MANUAL, full=full)).id

    async def work(self, scope: Scope, *, attempts: int = 40) -> int:
        """Run the tenant's jobs until none is ready, not waiting for times to come; how many attempts it took."""
        for attempt in range(attempts):
            async with self.db.tenant(scope) as session:
                ready = text("UPDATE jobs SET run_at = now() - interval '1 s' WHERE state = 'ready' RETURNING id, last_error")
                jobs = (await session.execute(ready)).all()
            if not jobs:
                return attempt
            self.waits += [job.last_error for job in jobs if job.last_error]
            for job in jobs:
                await self.runner.run(scope.tenant_id, job.id)
        raise AssertionError(f"not done after {attempts} attempts: {self.waits}")

    async def run_of(self, scope: Scope, store_id: UUID) -> RunFacts:
        """The store's newest run."""
        async with self.db.tenant(scope) as session:
            newest = text("SELECT id FROM sync_runs WHERE store_id = :store ORDER BY created_at DESC, id DESC LIMIT 1")
            run_id = (await session.execute(newest, {"store": store_id})).scalar_one()
            return await runs.read_run(session, run_id)

    async def sync(self, scope: Scope, store_id: UUID, *, full: bool = False) -> RunFacts:
        """Ask for a run and work it off."""
        await self.ask(scope, store_id, full=full)
        await self.work(scope)
        return await self.run_of(scope, store_id)

    async def shop(self, scope: Scope, store_id: UUID) -> Shop:
        """The store as the other tests see one."""
        async with self.db.tenant(scope) as session:
            row = (
                await session.execute(
                    text("SELECT time_zone, currency FROM store_calendars WHERE store_id = :store"), {"store": store_id}
                )
            ).one()
        return Shop(self.db, scope, Calendar(store_id, row.time_zone, row.currency))

    async def control(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Use the stand-in's control door."""
        return await asyncio.to_thread(self.shopify.control, method, path, body, **more)

    async def fault(self, **spec: Any) -> None:
        """Let Shopify misbehave."""
        await asyncio.to_thread(self.shopify.fault, **spec)

    async def edit(self, shop: str, action: str, **more: Any) -> list[dict[str, Any]]:
        """Change something in the shop, as a merchant or shopper would."""
        self.edited.add(shop)
        done: list[dict[str, Any]] = await self.control("POST", "edit", {"shop": shop, "action": action, **more})
        return done

    async def put_back(self) -> None:
        """Undo all edits: a delta reads what changed minutes ago too, and the next test may use the same shop."""
        while self.edited:
            await self.control("POST", "reset", {"shop": self.edited.pop()})

    async def raw(self, shop: str) -> list[dict[str, Any]]:
        """The raw state of a shop."""
        return await asyncio.to_thread(self.shopify.raw, shop)

    async def requests(self, **query: str) -> list[dict[str, Any]]:
        """What Shopify was asked."""
        found: list[dict[str, Any]] = await self.control("GET", "requests", params=query)
        return found


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """Shopify, as one process for all tests of a worker; a desk puts back the shops it edited."""
    with driver.running(driver.config(tmp_path_factory.mktemp("commerce-shopify"))) as running:
        yield running


async def forget_shops(superuser: asyncpg.Connection) -> None:
    """The stand-in's shops belong to no tenant again."""
    gone = await superuser.fetch("DELETE FROM shop_directory WHERE shop = ANY ($1) RETURNING store_id", list(SHOPS))
    ids = [row["store_id"] for row in gone]
    for table in ("sales_days", "orders", "customers", "products", "sync_runs"):
        await superuser.execute(f"DELETE FROM {table} WHERE store_id = ANY ($1)", ids)
    await superuser.execute("DELETE FROM connections WHERE id = ANY ($1)", ids)


def wire(db: Database, redis: Redis, http: Any, base_url: str, limits: SyncLimits) -> Services:
    """The services of a worker that reaches Shopify at `base_url`."""
    services = Services()
    services.provide(Database, db)
    services.provide(Redis, redis)
    services.provide(TokenCipher, TokenCipher(CIPHER_KEY))
    gateway = ShopifyGateway(
        http,
        redis,
        Breakers(redis, prefix="commerce-tests"),
        api_key=driver.KEY,
        api_secret=driver.SECRET,
        scopes=SCOPES,
        base_url=base_url,
        timeouts=Timeouts(),
        dice=quick_dice,
    )
    services.provide(ShopifyGateway, gateway)
    services.provide(StoreClients, StoreClients(db, services.get(TokenCipher), gateway))
    services.provide(LiveNews, LiveNews(redis))
    services.provide(TenantCache, TenantCache(redis))
    services.provide(SyncLimits, limits)
    return services


@pytest.fixture
async def new_desk(
    db: Database, redis_url: str, stand_in: Driver, superuser: asyncpg.Connection
) -> AsyncIterator[Callable[..., Awaitable[Desk]]]:
    """Makes a desk with the limits given; shops are free before and after, faults are gone, shops as at first."""
    redis, http = Redis.from_url(redis_url), make_client()
    await redis.flushdb()
    await forget_shops(superuser)
    stand_in.control("DELETE", "requests")
    stand_in.control("DELETE", "faults")
    made: list[Desk] = []

    async def make(**limits: Any) -> Desk:
        services = wire(db, redis, http, f"{stand_in.root}/shopify/{{shop}}", SyncLimits(**limits))
        runner = JobRunner(db, services, job_kinds(), RunnerTimes(lease_s=60, heartbeat_s=10))
        made.append(Desk(db, services, stand_in, runner))
        return made[-1]

    yield make
    stand_in.control("DELETE", "faults")
    for desk in made:
        await desk.put_back()
    await forget_shops(superuser)
    await http.aclose()
    await redis.aclose()


@asynccontextmanager
async def house_desk(house: House, redis_url: str, stand_in: Driver, superuser: asyncpg.Connection) -> AsyncIterator[Desk]:
    """A desk that works for the tenants of the house; shops belong to nobody before and after."""
    redis, http = Redis.from_url(redis_url), make_client()
    await forget_shops(superuser)
    services = wire(house.db, redis, http, f"{stand_in.root}/shopify/{{shop}}", SyncLimits())
    desk = Desk(house.db, services, stand_in, JobRunner(house.db, services, job_kinds(), RunnerTimes()))
    try:
        yield desk
    finally:
        await desk.put_back()
        await forget_shops(superuser)
        await http.aclose()
        await redis.aclose()


@pytest.fixture
async def desk(new_desk: Callable[..., Awaitable[Desk]]) -> Desk:
    """A desk with the ordinary limits."""
    return await new_desk()
