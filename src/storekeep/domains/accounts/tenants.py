"""The tenant itself: its name, and its end."""

from __future__ import annotations

from uuid import UUID

from storekeep.domains.accounts import repository, sessions
from storekeep.domains.accounts.errors import NameMismatch, TenantDeleting, TenantNotFound
from storekeep.domains.accounts.events import TenantDeletionRequested, TenantRenamed
from storekeep.domains.accounts.types import TenantView
from storekeep.kit.clock import now
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, TenantReads, TenantSession


async def read(reads: TenantReads) -> TenantView:
    """The tenant. Raises TenantNotFound once it is gone."""
    tenant = await repository.read_tenant(reads)
    if tenant is None:
        raise TenantNotFound()
    return tenant


async def rename(session: TenantSession, name: str) -> TenantView:
    """Give the tenant another name; the one it has already changes and tells nothing. Raises TenantDeleting."""
    tenant = await repository.lock_tenant(session)
    if tenant.deleting_since is not None:
        raise TenantDeleting()
    if name == tenant.name:
        return TenantView(tenant.id, tenant.name, tenant.created_at, tenant.updated_at)
    before, tenant.name = tenant.name, name
    await session.flush()
    fact = TenantRenamed(
        actor=session.scope.actor, subjects=(("tenant", tenant.id),), before={"name": before}, after={"name": name}
    )
    await session.announce(fact)
    return TenantView(tenant.id, tenant.name, tenant.created_at, tenant.updated_at)


async def keep(session: TenantSession) -> None:
    """Nobody deletes the tenant until this transaction ends. Raises TenantDeleting, or TenantNotFound once it is gone."""
    deleting = await repository.keep_tenant(session)
    if deleting is None:
        raise TenantNotFound()
    if deleting:
        raise TenantDeleting()


async def request_deletion(db: Database, scope: Scope, *, confirm_name: str) -> UUID:
    """Lock the tenant for good, end every session in it, and ask for its erasure; the erasure's id.

    From here on nobody can sign in to it. Raises NameMismatch unless `confirm_name` is its name, TenantDeleting when asked twice.
    """
    erasure_id = uuid7()
    async with db.tenant(scope) as session:
        tenant = await repository.lock_tenant(session)
        if tenant.deleting_since is not None:
            raise TenantDeleting()
        if confirm_name.strip() != tenant.name.strip():
            raise NameMismatch(details={"field": "confirmName"})
        tenant.deleting_since = now()
        await session.flush()
        await session.announce(
            TenantDeletionRequested(
                actor=scope.actor,
                subjects=(("tenant", tenant.id),),
                before={"name": tenant.name},
                tenant_id=tenant.id,
                erasure_id=erasure_id,
            )
        )
    async with db.system("sessions live outside tenants") as system:
        await sessions.end_in_tenant(system, scope.tenant_id)
    return erasure_id


async def forget(db: Database, tenant_id: UUID) -> int:
    """Delete the tenant's row, and with it whatever rooms left; people who belonged to it alone are forgotten, too.

    The last step of an erasure, after every room's `erase`; doing it twice is harmless, and killed in between, doing it again
    ends it: people go before the tenant, which says who they were. Returns how many rows of this room went. The job that calls it
    loses its own row with the tenant, so it is called outside the job's `transaction()`.
    """
    async with db.tenant(Scope(tenant_id)) as session:
        people = [member.user_id for member in await repository.list_members(session)]
    async with db.system("sessions and people live outside tenants") as system:
        ended = await sessions.end_in_tenant(system, tenant_id)
        forgotten = await repository.delete_users_of_tenant_alone(system, tenant_id, people)
    async with db.tenant(Scope(tenant_id)) as session:
        tenants = await repository.delete_tenant(session)
    return tenants + len(people) + ended + forgotten
