"""The kinds of job that copy a store."""

from __future__ import annotations

from uuid import UUID

from storekeep.domains.commerce.sync.store_sync import sync_store
from storekeep.runtime.jobs import JobContext, JobKind, Payload


class SyncArgs(Payload):
    """Which run of which store."""

    run_id: UUID
    store_id: UUID


async def run_sync(context: JobContext, payload: SyncArgs) -> None:
    """Carry a run on. Twice is harmless: what is loaded is marked so in the transaction that loaded it, and newer rows stay."""
    await sync_store(context, payload.run_id, payload.store_id)


# A large store takes hours; killed workers are ordinary in that time, and each attempt goes on where the last one stopped.
IMPORT = JobKind("commerce.import_store", SyncArgs, run_sync, timeout_s=6 * 3600, max_errors=5, max_crashes=10)
SYNC = JobKind("commerce.sync_store", SyncArgs, run_sync, timeout_s=3600, max_errors=5, max_crashes=3)
