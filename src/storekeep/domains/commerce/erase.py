"""Forgetting a store, or all of a tenant's: in batches that each fit a transaction, children with their parents."""

from __future__ import annotations

from sqlalchemy import text

from storekeep.runtime.database import TenantSession
from storekeep.runtime.database.session import rowcount
from storekeep.runtime.manifest import ErasureSubject

# ruff: noqa: S608 (every name put together here is one of our own)

# First what is shown in sums, so that no figure of what is half gone is ever seen; orders before the customers they name. Rows of
# tables not named go with the rows they belong to.
_TABLES = {
    "sales_days": 5_000,
    "orders": 1_000,
    "customers": 2_000,
    "products": 2_000,
    "sync_runs": 500,
    "sync_cursors": 500,
    "store_calendars": 500,
}


async def erase(session: TenantSession, subject: ErasureSubject) -> int:
    """Delete one batch of what is held of the subject; how many rows, 0 when nothing is left."""
    mine = "AND store_id = :store" if subject.kind == "store" else ""
    key = {"tenant": session.tenant_id, "store": subject.id} if mine else {"tenant": session.tenant_id}
    for table, batch in _TABLES.items():
        statement = text(
            f"DELETE FROM {table} WHERE tenant_id = :tenant AND id IN"
            f" (SELECT id FROM {table} WHERE tenant_id = :tenant {mine} ORDER BY id LIMIT {batch})"
        )
        count = rowcount(await session.execute(statement, key))
        if count:
            return count
    return 0
