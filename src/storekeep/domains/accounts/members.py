"""The people of a tenant: who they are, their roles, and their leaving. A tenant always keeps an owner."""

from __future__ import annotations

from uuid import UUID

from storekeep.domains.accounts import repository, sessions
from storekeep.domains.accounts.errors import LastOwner, MemberNotFound, OwnerOnly, TenantDeleting
from storekeep.domains.accounts.events import MemberRemoved, MemberRoleChanged
from storekeep.domains.accounts.types import MemberView, Role
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, TenantSession


async def change_role(session: TenantSession, member_id: UUID, role: Role, *, by: Role) -> MemberView:
    """Give a member another role, which holds from their next request on. `by` is the role of whoever asks.

    Raises MemberNotFound, OwnerOnly (making or changing owners), LastOwner or TenantDeleting.
    """
    member = await _locked(session, member_id)
    if by is not Role.OWNER and Role.OWNER in (member.role, role):
        raise OwnerOnly()
    if member.role is Role.OWNER and role is not Role.OWNER:
        await _keep_an_owner(session)
    await repository.set_role(session, member_id, role)
    await session.announce(
        MemberRoleChanged(
            actor=session.scope.actor,
            subjects=(("member", member_id),),
            before={"role": str(member.role), "name": member.name},
            after={"role": str(role), "name": member.name},
        )
    )
    return MemberView(member.id, member.user_id, member.email, member.name, role, member.created_at)


async def remove(db: Database, scope: Scope, member_id: UUID, *, by: Role) -> None:
    """Take a person out of the tenant: their sessions in it end, and who belongs to no tenant any more is forgotten.

    Raises MemberNotFound, OwnerOnly, LastOwner or TenantDeleting.
    """
    async with db.tenant(scope) as session:
        member = await _locked(session, member_id)
        if member.role is Role.OWNER:
            if by is not Role.OWNER:
                raise OwnerOnly()
            await _keep_an_owner(session)
        await repository.delete_member(session, member_id)
        await session.announce(
            MemberRemoved(
                actor=scope.actor,
                subjects=(("member", member_id),),
                before={"email": member.email, "name": member.name, "role": str(member.role)},
            )
        )
    # From the commit on no token of theirs opens this tenant; what follows only tidies up.
    async with db.system("sessions and people live outside tenants") as system:
        await sessions.end_in_tenant(system, scope.tenant_id, user_id=member.user_id)
        await repository.delete_users_without_tenant(system, among=[member.user_id])


async def _locked(session: TenantSession, member_id: UUID) -> MemberView:
    # One at a time for the whole tenant: two owners who demote each other must not both find the other still there.
    tenant = await repository.lock_tenant(session)
    if tenant.deleting_since is not None:
        raise TenantDeleting()
    member = await repository.find_member(session, member_id)
    if member is None:
        raise MemberNotFound()
    return member


async def _keep_an_owner(session: TenantSession) -> None:
    if await repository.count_owners(session) < 2:
        raise LastOwner()
