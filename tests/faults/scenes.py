"""Scenes in which workers are killed: a database as it is while a sync job waits, and what it must be when the job is done."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
from redis.asyncio import Redis
from sqlalchemy import text

from storekeep.domains.commerce.sync.requests import request_run
from storekeep.domains.commerce.types import RunTrigger
from storekeep.domains.connections.register import register_store
from storekeep.entry.embedded.roles import RoleUrls, prepare_roles
from storekeep.entry.rooms import event_bus
from storekeep.entry.wiring import make_cipher
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, DatabaseConfig, TenantSession
from storekeep.sandbox.config import AWKWARD_JPY, AWKWARD_KWD
from tests.faults.nursery import settings_of
from tests.faults.snapshot import Snapshot, differences, snapshot
from tests.faults.workers import Nursery
from tests.sandbox.driver import Driver
from tests.support.database import build_schema
from tests.support.installs import custom_app_install
from tests.support.servers import Postgres

SYNC_KINDS = ("commerce.import_store", "commerce.sync_store")
# Small windows, so that every resource is read in several.
LIMITS = {"orders_window": 30, "customers_window": 8, "products_window": 8}
LEASE_S, LONG_LEASE_S = 1.0, 30.0
PATIENCE_S = 60.0


@dataclass(slots=True)
class Scene:
    """A waiting job in database `template`; the points its job passes when nobody is killed, and what there is then."""

    name: str
    template: str
    points: list[str] = field(default_factory=list)
    expected: Snapshot = field(default_factory=dict)


@dataclass(slots=True)
class Stage:
    """The servers, and the means to set scenes and play them."""

    postgres: Postgres
    redis_url: str
    shopify: Driver
    nursery: Nursery
    folder: Path
    seed: int
    prefix: str = field(default_factory=lambda: f"faults_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    scenes: dict[str, Scene] = field(default_factory=dict)
    stores: dict[str, tuple[Scope, UUID]] = field(default_factory=dict)

    # -- databases

    async def admin(self, statement: str) -> None:
        """Run a statement as the superuser, outside a transaction."""
        connection = await asyncpg.connect(self.postgres.superuser_dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def copy(self, template: str, name: str) -> None:
        """A database like another, to which nobody may be connected."""
        await self.admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await self.admin(f"CREATE DATABASE {name} TEMPLATE {template} OWNER storekeep_owner")

    async def urls(self, database: str) -> RoleUrls:
        """The roles' URLs of a database."""
        known = await prepare_roles(self.postgres.superuser_dsn, f"{self.prefix}_base")
        own = [urlsplit(url)._replace(path=f"/{database}").geturl() for url in (known.owner, known.runtime, known.system)]
        return RoleUrls(*own)

    @asynccontextmanager
    async def opened(self, database: str) -> AsyncIterator[Database]:
        """The product's database object on it."""
        urls = await self.urls(database)
        db = Database(DatabaseConfig(urls.runtime, urls.system, pool_size=4), event_bus())
        try:
            yield db
        finally:
            await db.close()

    # -- workers

    async def order(self, database: str, *, lease_s: float, **more: Any) -> dict[str, Any]:
        """What a worker on the database is started with."""
        urls = await self.urls(database)
        return {
            "database": urls.runtime,
            "system": urls.system,
            "redis": self.redis_url,
            "shopify": f"{self.shopify.root}/shopify/{{shop}}",
            "lease_s": lease_s,
            "limits": LIMITS,
            "log": str(self.folder / "workers.log"),
            **more,
        }

    async def finish(self, database: str, **more: Any) -> None:
        """Let a worker finish whatever waits in the database; then kill it."""
        pid = await self.nursery.start(await self.order(database, lease_s=LONG_LEASE_S, **more))
        connection = await asyncpg.connect(self.postgres.dsn(database))
        try:
            async with asyncio.timeout(PATIENCE_S):
                while await connection.fetchval("SELECT count(*) FROM jobs WHERE state IN ('ready', 'leased')"):
                    await asyncio.sleep(0.05)
        finally:
            await connection.close()
            await self.nursery.kill(pid)

    async def forget(self) -> None:
        """Wake-ups of another database's jobs, and all else Redis remembers, are gone."""
        redis = Redis.from_url(self.redis_url)
        await redis.flushdb()
        await redis.aclose()

    async def look(self, database: str) -> Snapshot:
        """What the database holds."""
        connection = await asyncpg.connect(self.postgres.dsn(database))
        try:
            return await snapshot(connection)
        finally:
            await connection.close()

    # -- scenes

    async def build(self) -> None:
        """The base: a shop copied and then changed, for the delta and the resync; another not yet connected."""
        base = f"{self.prefix}_base"
        await self.admin(f"DROP DATABASE IF EXISTS {base} WITH (FORCE)")
        await build_schema(await prepare_roles(self.postgres.superuser_dsn, base))
        await self.forget()
        async with self.opened(base) as db:
            await self._connect(db, AWKWARD_JPY)
        await self.finish(base)
        await asyncio.to_thread(self._live_a_day)
        await asyncio.sleep(1.1)  # what happens in the second in which a run begins is the next run's business

    def _live_a_day(self) -> None:
        """Changes of every kind, and deletions, which only a resync and the comparison of counts find."""
        dice = random.Random(self.seed)
        orders = ["update_order", "refund_order", "edit_order", "cancel_order", "create_order"]
        others = ["update_customer", "create_customer", "update_product", "create_product"]
        gone = ["delete_order", "delete_customer", "delete_product"]
        # Deletions first, so that what goes was copied; then orders enough for a delta of several pages.
        for action in [*gone, *orders * 3, *["update_order"] * 60, *others]:
            edit = {"shop": AWKWARD_JPY, "action": action, "seed": dice.randrange(10**6)}
            with suppress(AssertionError):  # nothing in the shop may be fit for it (any more)
                self.shopify.control("POST", "edit", edit)

    async def scene(self, name: str) -> Scene:
        """The scene of that name, set when it is asked for first: "initial", "delta" or "resync"."""
        if name not in self.scenes:
            scene = Scene(name, f"{self.prefix}_{name}")
            await self.copy(f"{self.prefix}_base", scene.template)
            async with self.opened(scene.template) as db:
                if name == "initial":
                    await self._connect(db, AWKWARD_KWD)
                else:
                    scope, store_id = self.stores[AWKWARD_JPY]
                    async with db.tenant(scope) as session:
                        await request_run(session, store_id, RunTrigger.MANUAL, full=name == "resync")
                        await _pause(session)
            await self._rehearse(scene)
            self.scenes[name] = scene
        return self.scenes[name]

    async def _rehearse(self, scene: Scene) -> None:
        """Play the scene once without a death."""
        record = self.folder / f"{scene.name}.points"
        database = f"{self.prefix}_play"
        await self.copy(scene.template, database)
        await self.forget()
        await self.finish(database, kinds=SYNC_KINDS, record=str(record))
        scene.points = record.read_text().splitlines()
        scene.expected = await self.look(database)

    async def play(self, scene: Scene, number: int) -> tuple[int, list[str]]:
        """Kill a worker right before its point `number`, let the next finish; how the first died, and what is wrong now."""
        database = f"{self.prefix}_play"
        await self.copy(scene.template, database)
        await self.forget()
        order = await self.order(database, lease_s=LEASE_S, kinds=SYNC_KINDS, kill_at=number)
        died = await self.nursery.death_of(await self.nursery.start(order))
        await self.finish(database)
        return died, differences(scene.expected, await self.look(database))

    async def _connect(self, db: Database, shop: str) -> None:
        scope = Scope(tenant_id=uuid7())
        settings = settings_of(await self.order(f"{self.prefix}_base", lease_s=LONG_LEASE_S))
        install = custom_app_install(shop)
        async with db.tenant(scope) as session:
            insert = "INSERT INTO tenants (id, name, created_at, updated_at) VALUES (:id, :name, now(), now())"
            await session.execute(text(insert), {"id": scope.tenant_id, "name": shop})
            made = await register_store(session, make_cipher(settings), install)
            await _pause(session)
        self.stores[shop] = (scope, made.store_id)


async def _pause(session: TenantSession) -> None:
    """No read but the one asked for."""
    await session.execute(text("UPDATE stores SET sync_paused = true"))
    await session.execute(text("UPDATE shop_directory SET sync_due_at = NULL"))
