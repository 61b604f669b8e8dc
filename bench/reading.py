"""Whether reads stay as fast when a store grows a hundredfold: the summary, and pages of a list."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import text

from bench.big_store import LARGE, SMALL, fill
from bench.databases import kept
from bench.harness import Bench, Figure, at_least, at_most, benchmark, in_turn
from storekeep.domains.commerce.browse.orders import OrderFilter, list_orders
from storekeep.domains.insights.periods import summary
from storekeep.domains.insights.question import ask
from storekeep.entry.rooms import event_bus
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, DatabaseConfig, TenantSession

LARGE_ORDERS = 2_000_000
CALLS = 60
_RAW = text(
    "SELECT count(*), sum(total_price), count(DISTINCT customer_id) FROM orders WHERE tenant_id = :tenant AND currency = 'GBP'"
)


async def _p95(db: Database, tenant: UUID, read: Callable[[TenantSession], Awaitable[object]], calls: int = CALLS) -> float:
    """The 95th percentile of `calls` reads, each in a transaction of its own, in milliseconds."""
    taken = []
    for _ in range(calls):
        began = time.perf_counter()
        async with db.tenant(Scope(tenant)) as session:
            await read(session)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


async def _open(bench: Bench) -> Database:
    urls = await kept(bench.superuser_dsn, f"bench_reading_{LARGE_ORDERS}", lambda dsn: fill(dsn, LARGE_ORDERS))
    return Database(DatabaseConfig(urls.runtime, urls.system), event_bus())


async def _read_summary(session: TenantSession) -> None:
    await summary(session, await ask(session))


@benchmark("summary")
async def summary_scaling(bench: Bench) -> list[Figure]:
    """GET /api/analytics/summary's own work, without the cache, at 20 thousand and at 2 million orders, and the raw aggregate."""
    db = await _open(bench)

    async def raw(session: TenantSession) -> None:
        await session.execute(_RAW, {"tenant": LARGE})

    try:
        large, small = await in_turn(lambda: _p95(db, LARGE, _read_summary), lambda: _p95(db, SMALL, _read_summary))
        aggregate = statistics.median([await _p95(db, LARGE, raw, calls=3) for _ in range(3)])
    finally:
        await db.close()
    return [
        at_most("summary p95 at 2 M orders", large, "ms", "at 20 k orders", small, 1.5),
        at_least("raw aggregate at 2 M orders", aggregate, "ms", "summary p95", large, 50),
    ]


@benchmark("list")
async def list_scaling(bench: Bench) -> list[Figure]:
    """A page of orders far down the list, by keyset, at both sizes."""
    db = await _open(bench)

    async def cursor_at(tenant: UUID) -> str:
        async with db.tenant(Scope(tenant)) as session:
            cursor = None
            for _ in range(20):
                found = await list_orders(session, OrderFilter(), sort_name="-createdAt", limit=100, cursor=cursor)
                cursor = found.next_cursor
        assert cursor is not None
        return cursor

    cursors = {tenant: await cursor_at(tenant) for tenant in (SMALL, LARGE)}

    def reader(tenant: UUID) -> Callable[[TenantSession], Awaitable[object]]:
        return lambda session: list_orders(session, OrderFilter(), sort_name="-createdAt", limit=50, cursor=cursors[tenant])

    try:
        large, small = await in_turn(lambda: _p95(db, LARGE, reader(LARGE)), lambda: _p95(db, SMALL, reader(SMALL)))
    finally:
        await db.close()
    return [at_most("orders page p95 at 2 M orders", large, "ms", "at 20 k orders", small, 1.5)]
