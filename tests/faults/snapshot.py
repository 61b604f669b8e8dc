"""The oracle: everything a tenant has in the tables of copying, without what differs from run to run by its nature.

Our own ids become what they stand for, so that two databases filled apart can be compared; times of writing are left out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from storekeep.domains.commerce.room import room

Snapshot = dict[str, list[str]]
_RUNS = ("sync_runs", "sync_resources", "sync_windows", "sync_cursors")
_OWN = {"id", "tenant_id", "created_at", "updated_at"}
TABLES = sorted({model.__tablename__ for model in room.models} - set(_RUNS))
# A delta goes on at the newest second of the last page stored: what is read again is unchanged. A window is never read again.
_RESOURCES = """
    SELECT r.kind, r.trigger, r.status AS run_status, r.error, r.setbacks, r.finished_at IS NOT NULL AS ended, s.resource,
        s.status, s.expected, s.written, s.failed, s.removed, s.errors,
        s.read - CASE WHEN r.kind = 'DELTA' THEN s.unchanged ELSE 0 END AS read,
        CASE WHEN s.cursor = date_trunc('second', r.source_started_at) THEN 'the beginning' ELSE s.cursor::text END AS mark
    FROM sync_runs r JOIN sync_resources s ON s.run_id = r.id ORDER BY r.created_at, r.id, s.resource
"""
_CURSORS = """
    SELECT c.store_id, c.resource, CASE WHEN c.high_water = (SELECT date_trunc('second', max(source_started_at)) FROM sync_runs)
        THEN 'the beginning' ELSE c.high_water::text END AS mark FROM sync_cursors c ORDER BY 1, 2
"""
_WINDOWS = """
    SELECT w.resource, w.position, w.expected, w.attempts, w.loaded_at IS NOT NULL AS loaded
    FROM sync_windows w ORDER BY (SELECT created_at FROM sync_runs r WHERE r.id = w.run_id), w.resource, w.position
"""
_STORES = "SELECT id, customers_count, orders_count, products_count, last_sync_status, sync_paused FROM stores ORDER BY id"
_JOBS = "SELECT kind, state, errors FROM jobs ORDER BY created_at, id"


async def snapshot(connection: asyncpg.Connection) -> Snapshot:
    """Every row of the database that copying writes, table by table, as sorted text."""
    rows = {table: await connection.fetch(f"SELECT * FROM {table}") for table in TABLES}
    meaning: dict[UUID, str] = {}
    for table, found in rows.items():
        meaning |= {row["id"]: f"{table} {row['shopify_id']}" for row in found if "shopify_id" in row and "id" in row}
    taken = {table: sorted(_told(row, meaning) for row in found) for table, found in rows.items()}
    for name, query in (("runs", _RESOURCES), ("cursors", _CURSORS), ("windows", _WINDOWS), ("stores", _STORES), ("jobs", _JOBS)):
        taken[name] = [_told(row, meaning, own=set()) for row in await connection.fetch(query)]
    return taken


def _told(row: asyncpg.Record, meaning: dict[UUID, str], own: set[str] = _OWN) -> str:
    return " | ".join(f"{name}={_value(value, meaning)}" for name, value in row.items() if name not in own)


def _value(value: Any, meaning: dict[UUID, str]) -> str:
    if isinstance(value, UUID):
        return meaning.get(value, str(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return repr(value)


def differences(expected: Snapshot, found: Snapshot) -> list[str]:
    """What is missing, doubled or other than expected, a line each."""
    wrong = []
    for table, rows in expected.items():
        if found[table] == rows:
            continue
        left = list(found[table])
        for row in rows:
            if row in left:
                left.remove(row)
            else:
                wrong.append(f"{table} lacks {row}")
        wrong += [f"{table} has {row}" for row in left]
    return wrong
