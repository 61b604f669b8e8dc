"""Every statement of accounts. System sessions see users, sessions and who belongs where; tenant sessions their own members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storekeep.domains.accounts.models import Member, Tenant, User, UserSession
from storekeep.domains.accounts.types import (
    Identity,
    Membership,
    MemberView,
    Role,
    SessionView,
    TenantView,
    UserView,
)
from storekeep.kit.clock import now
from storekeep.runtime.database import SystemSession, TenantReads, TenantSession
from storekeep.runtime.database.session import rowcount

# Everything a request needs to know of who makes it, in one statement. A tenant being deleted has no members any more.
IDENTITY_BY_TOKEN = (
    select(
        UserSession.id.label("session_id"),
        UserSession.expires_at,
        UserSession.last_seen_at,
        User.id.label("user_id"),
        User.email,
        User.name,
        Tenant.id.label("tenant_id"),
        Tenant.name.label("tenant_name"),
        Member.id.label("member_id"),
        Member.role,
    )
    .join(User, User.id == UserSession.user_id)
    .join(Tenant, (Tenant.id == UserSession.active_tenant_id) & Tenant.deleting_since.is_(None))
    .join(Member, (Member.tenant_id == Tenant.id) & (Member.user_id == User.id))
    .where(UserSession.token_hash == bindparam("token_hash"))
)


def identity_of(row: Mapping[str, Any]) -> Identity:
    """The identity in a row of IDENTITY_BY_TOKEN."""
    membership = Membership(row["tenant_id"], row["tenant_name"], row["member_id"], Role(row["role"]))
    user = UserView(row["user_id"], row["email"], row["name"])
    return Identity(row["session_id"], user, membership, row["expires_at"])


# --- users -------------------------------------------------------------------------------------------------------------------


async def find_login(session: SystemSession, email_norm: str) -> tuple[UserView, str] | None:
    """The person of that normalised address, with their password hash."""
    query = select(User.id, User.email, User.name, User.password_hash).where(User.email_norm == email_norm)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (UserView(row.id, row.email, row.name), row.password_hash)


async def password_hash_of(session: SystemSession, user_id: UUID, *, keep: bool = False) -> str | None:
    """The stored hash of a person's password; with `keep`, nobody can change it until the transaction ends."""
    query = select(User.password_hash).where(User.id == user_id)
    return (await session.execute(query.with_for_update(read=True) if keep else query)).scalar_one_or_none()


async def add_user(session: SystemSession, *, user_id: UUID, email: str, email_norm: str, name: str, password_hash: str) -> bool:
    """Insert a person; False when the address is taken."""
    values = {"id": user_id, "email": email, "email_norm": email_norm, "name": name, "password_hash": password_hash}
    statement = insert(User).values(created_at=now(), updated_at=now(), **values).on_conflict_do_nothing()
    return rowcount(await session.execute(statement)) == 1


async def set_password_hash(session: SystemSession, user_id: UUID, password_hash: str, *, instead_of: str | None = None) -> bool:
    """Store another hash; with `instead_of`, only while that one is still the stored one. False when nothing was changed."""
    statement = update(User).where(User.id == user_id).values(password_hash=password_hash, updated_at=now())
    if instead_of is not None:
        statement = statement.where(User.password_hash == instead_of)
    return rowcount(await session.execute(statement.execution_options(synchronize_session=False))) == 1


async def set_user_name(session: SystemSession, user_id: UUID, name: str) -> None:
    """Store another name."""
    statement = update(User).where(User.id == user_id).values(name=name, updated_at=now())
    await session.execute(statement.execution_options(synchronize_session=False))


async def delete_users_without_tenant(
    session: SystemSession,
    *,
    among: Sequence[UUID] | None = None,
    email_norm: str | None = None,
    made_before: datetime | None = None,
) -> int:
    """Delete people who are members nowhere: those of `among`, or of an address, or all, made before a moment if one is given.

    Their sessions go with them.
    """
    belongs = exists().where(Member.user_id == User.id)
    statement = delete(User).where(~belongs)
    if among is not None:
        statement = statement.where(User.id.in_(among))
    if email_norm is not None:
        statement = statement.where(User.email_norm == email_norm)
    if made_before is not None:
        statement = statement.where(User.created_at < made_before)
    return rowcount(await session.execute(statement.execution_options(synchronize_session=False)))


async def delete_users_of_tenant_alone(session: SystemSession, tenant_id: UUID, people: Sequence[UUID]) -> int:
    """Delete those of `people` who belong to no other tenant; their sessions and their place in this one go with them."""
    elsewhere = exists().where(Member.user_id == User.id, Member.tenant_id != tenant_id)
    statement = delete(User).where(User.id.in_(people), ~elsewhere)
    return rowcount(await session.execute(statement.execution_options(synchronize_session=False)))


async def memberships_of(session: SystemSession, user_id: UUID) -> list[Membership]:
    """The tenants a person belongs to, the one they looked at last first; tenants being deleted left out."""
    seen = select(UserSession.active_tenant_id.label("tenant_id"), func.max(UserSession.last_seen_at).label("at"))
    seen_at = seen.where(UserSession.user_id == user_id).group_by(UserSession.active_tenant_id).subquery()
    query = (
        select(Tenant.id, Tenant.name, Member.id.label("member_id"), Member.role)
        .join(Member, Member.tenant_id == Tenant.id)
        .outerjoin(seen_at, seen_at.c.tenant_id == Tenant.id)
        .where(Member.user_id == user_id, Tenant.deleting_since.is_(None))
        .order_by(seen_at.c.at.desc().nulls_last(), Member.created_at, Member.id)
    )
    return [Membership(row.id, row.name, row.member_id, Role(row.role)) for row in await session.execute(query)]


# --- sessions ----------------------------------------------------------------------------------------------------------------


async def add_session(session: SystemSession, row: UserSession) -> None:
    """Insert a session."""
    session.add(row)
    await session.flush()


async def touch_session(session: SystemSession, session_id: UUID, *, unless_since: timedelta) -> None:
    """Note that the session was used, unless that was noted within `unless_since`."""
    moment = now()
    statement = update(UserSession).where(UserSession.id == session_id, UserSession.last_seen_at < moment - unless_since)
    await session.execute(statement.values(last_seen_at=moment).execution_options(synchronize_session=False))


async def replace_token(session: SystemSession, session_id: UUID, old_hash: bytes, **values: Any) -> bool:
    """Give the session another token (and whatever else `values` hold) if it still has the old one."""
    statement = update(UserSession).where(UserSession.id == session_id, UserSession.token_hash == old_hash)
    return rowcount(await session.execute(statement.values(**values).execution_options(synchronize_session=False))) == 1


async def list_sessions(session: SystemSession, user_id: UUID) -> list[SessionView]:
    """A person's living sessions, the one used last first."""
    query = (
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > now())
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    rows = (await session.execute(query)).scalars()
    return [SessionView(s.id, s.created_at, s.last_seen_at, s.expires_at, s.ip, s.user_agent) for s in rows]


async def delete_sessions(session: SystemSession, *conditions: Any) -> int:
    """Delete the sessions that meet all `conditions`; at least one is needed."""
    if not conditions:
        raise ValueError("deleting every session of everybody is never meant")
    return rowcount(await session.execute(delete(UserSession).where(*conditions).execution_options(synchronize_session=False)))


# --- the tenant and its members -------------------------------------------------------------------------------------------------


async def lock_tenant(session: TenantSession) -> Tenant:
    """The tenant's row, locked until the transaction ends: whoever changes owners or deletes the tenant holds it.

    Its key stays free, for every new row of the tenant looks at it: whoever writes an audit entry would wait for us, we for them.
    """
    locked = select(Tenant).where(Tenant.id == session.tenant_id).with_for_update(key_share=True)
    query = locked.execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one()


async def keep_tenant(session: TenantSession) -> bool | None:
    """Whether the tenant is being deleted, None when it is gone; it stays so until the transaction ends."""
    query = select(Tenant.deleting_since.is_not(None)).where(Tenant.id == session.tenant_id).with_for_update(read=True)
    return (await session.execute(query)).scalar_one_or_none()


_TENANT = select(Tenant.id, Tenant.name, Tenant.created_at, Tenant.updated_at).where(Tenant.id == bindparam("tenant_id"))


async def read_tenant(reads: TenantReads) -> TenantView | None:
    """The tenant."""
    rows = await reads.rows(_TENANT, {"tenant_id": reads.tenant_id})
    return TenantView(*rows[0]) if rows else None


def _members() -> Any:
    # Named columns: the password hash is not for a tenant's eyes, and the database refuses it.
    return select(Member.id, Member.user_id, Member.role, Member.created_at, User.email, User.name).join(
        User, User.id == Member.user_id
    )


def _member_view(row: Any) -> MemberView:
    return MemberView(row.id, row.user_id, row.email, row.name, Role(row.role), row.created_at)


async def list_members(reads: TenantReads, *, after: UUID | None = None, limit: int | None = None) -> list[MemberView]:
    """The tenant's members, first joined first; those after the member `after`, at most `limit`."""
    query = _members().where(Member.tenant_id == reads.tenant_id).order_by(Member.id).limit(limit)
    if after is not None:
        query = query.where(Member.id > after)
    return [_member_view(row) for row in await reads.rows(query)]


async def find_member(session: TenantSession, member_id: UUID) -> MemberView | None:
    """One member."""
    query = _members().where(Member.tenant_id == session.tenant_id, Member.id == member_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _member_view(row)


async def members_by_id(session: TenantSession, ids: Sequence[UUID]) -> list[MemberView]:
    """Those of the members that (still) exist."""
    query = _members().where(Member.tenant_id == session.tenant_id, Member.id.in_(ids))
    return [_member_view(row) for row in await session.execute(query)]


async def members_with(session: TenantSession, roles: Sequence[Role], *, limit: int) -> list[MemberView]:
    """The first members who hold one of the roles."""
    query = _members().where(Member.tenant_id == session.tenant_id, Member.role.in_(roles)).order_by(Member.id).limit(limit)
    return [_member_view(row) for row in await session.execute(query)]


async def count_owners(session: TenantSession) -> int:
    """How many owners the tenant has; true until the transaction ends while the tenant is locked."""
    query = select(func.count()).select_from(Member).where(Member.tenant_id == session.tenant_id, Member.role == Role.OWNER)
    return (await session.execute(query)).scalar_one()


async def insert_member(session: TenantSession, *, member_id: UUID, user_id: UUID, role: Role) -> bool:
    """Insert a member; False when the person is one already."""
    values = {"tenant_id": session.tenant_id, "id": member_id, "user_id": user_id, "role": role}
    statement = insert(Member).values(created_at=now(), updated_at=now(), **values).on_conflict_do_nothing()
    return rowcount(await session.execute(statement)) == 1


async def set_role(session: TenantSession, member_id: UUID, role: Role) -> None:
    """Store another role."""
    statement = update(Member).where(Member.tenant_id == session.tenant_id, Member.id == member_id)
    await session.execute(statement.values(role=role, updated_at=now()).execution_options(synchronize_session=False))


async def delete_member(session: TenantSession, member_id: UUID) -> None:
    """Remove a member."""
    statement = delete(Member).where(Member.tenant_id == session.tenant_id, Member.id == member_id)
    await session.execute(statement.execution_options(synchronize_session=False))


async def delete_tenant(session: TenantSession) -> int:
    """Delete the tenant's row, and by its foreign keys everything that is still its own. 0 when it was gone already."""
    statement = delete(Tenant).where(Tenant.id == session.tenant_id)
    return rowcount(await session.execute(statement.execution_options(synchronize_session=False)))
