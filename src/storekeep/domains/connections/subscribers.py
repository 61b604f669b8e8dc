"""What connections hears: a tenant asks to be deleted, and connections owns erasure."""

from __future__ import annotations

from storekeep.domains.accounts.events import TenantDeletionRequested
from storekeep.domains.connections.erasure_requests import request_tenant_erasure
from storekeep.domains.connections.jobs import enqueue_erasure
from storekeep.runtime.database import TenantSession
from storekeep.runtime.events import Subscriber


async def begin_tenant_erasure(session: TenantSession, event: TenantDeletionRequested) -> None:
    """Stop the tenant's connections and write the job that erases it, in the transaction that locks the tenant."""
    if await request_tenant_erasure(session, event.erasure_id):
        await enqueue_erasure(session, event.erasure_id)


SUBSCRIBERS = (Subscriber(TenantDeletionRequested, begin_tenant_erasure),)
