"""Stores of any size, made inside the database: two tenants side by side, one of 20 thousand orders and one of many."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import asyncpg

SMALL = UUID("01900000-0000-7000-8000-000000000001")
LARGE = UUID("01900000-0000-7000-8000-000000000002")
SMALL_ORDERS = 20_000
_SQL = Path(__file__).with_name("big_store.sql").read_text()


async def fill(dsn: str, large_orders: int) -> None:
    """Both tenants with their orders and figures; a few minutes for two million."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
        for tenant, orders in ((SMALL, SMALL_ORDERS), (LARGE, large_orders)):
            await connection.execute("SELECT set_config('bench.tenant', $1, false)", str(tenant))
            await connection.execute("SELECT set_config('bench.orders', $1, false)", str(orders))
            await connection.execute(_SQL, timeout=3600)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
