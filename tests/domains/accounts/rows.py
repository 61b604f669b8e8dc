"""Rows of other rooms' tables, made from the tables alone: whatever a column needs, it gets something."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storekeep.entry.rooms import all_metadata
from storekeep.kit.ids import uuid7

_numbers = count(1)
_WORDS = {"type": "SHOPIFY", "status": "CONNECTED", "connected_via": "OAUTH", "currency": "GBP", "time_zone": "UTC"}


def a_row(table: Table, **given: Any) -> dict[str, Any]:
    """Values for every column of `table` that needs one, those of `given` among them."""
    row = dict(given)
    for column in table.columns:
        if column.name in row or column.computed is not None or column.nullable:
            continue
        row[column.name] = _something(column.name, column.type)
    return row


def _something(name: str, kind: Any) -> Any:
    if isinstance(kind, ARRAY | JSONB):
        return []
    made: dict[type, Any] = {
        UUID: uuid7(),
        int: next(_numbers),
        bool: False,
        datetime: datetime(2026, 1, 1, tzinfo=UTC),
        date: date(2026, 1, 1),
        Decimal: Decimal("1.00"),
        bytes: b"-",
        str: _WORDS.get(name, f"text {next(_numbers)}"),
    }
    return made[kind.python_type]


async def put(connection: AsyncConnection, table_name: str, **given: Any) -> UUID:
    """Insert such a row; its id."""
    return (await put_many(connection, table_name, [given]))[0]


async def put_many(connection: AsyncConnection, table_name: str, given: list[dict[str, Any]]) -> list[UUID]:
    """Insert such rows, one for each of `given`; their ids."""
    table = all_metadata().tables[table_name]
    rows = [a_row(table, **values) for values in given]
    if rows:
        await connection.execute(insert(table), rows)
    return [UUID(str(row["id"])) for row in rows]


async def put_store(connection: AsyncConnection, tenant_id: UUID) -> UUID:
    """A connected store of the tenant; its id."""
    store_id = await put(connection, "connections", tenant_id=tenant_id)
    await put(connection, "stores", tenant_id=tenant_id, id=store_id)
    return store_id
