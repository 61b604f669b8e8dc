"""What other rooms and the doors may ask of accounts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from redis.asyncio import Redis

from storekeep.domains.accounts import repository, signing_up, tenants
from storekeep.domains.accounts.devices import DeviceCookie, Devices
from storekeep.domains.accounts.errors import SessionChanged, TenantDeleting, TenantNotFound
from storekeep.domains.accounts.passwords import DEFAULT_ROUNDS, Passwords
from storekeep.domains.accounts.permissions import ROLE_PERMISSIONS, Permission, roles_with
from storekeep.domains.accounts.signing_in import SignIn
from storekeep.domains.accounts.throttle import Throttle, ThrottleLimits
from storekeep.domains.accounts.types import AccountCreated, MemberView, Role, TenantView
from storekeep.kit.text import email_norm
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.services import Services
from storekeep.runtime.web.config import WebConfig

__all__ = [
    "ROLE_PERMISSIONS",
    "AccountCreated",
    "MemberView",
    "Permission",
    "Role",
    "SessionChanged",
    "SignIn",
    "TenantDeleting",
    "TenantNotFound",
    "TenantView",
    "ThrottleLimits",
    "add_member",
    "create_account",
    "find_user_id",
    "forget_tenant",
    "keep_tenant",
    "list_members",
    "member_names",
    "provide_accounts",
    "read_tenant",
    "roles_with",
]


def provide_accounts(
    services: Services,
    *,
    session_secret: str,
    session_secret_previous: str | None = None,
    password_rounds: int = DEFAULT_ROUNDS,
    limits: ThrottleLimits | None = None,
) -> None:
    """Register what accounts needs; `services` must hold Database, Redis and WebConfig already.

    The secrets are SESSION_SECRET and SESSION_SECRET_PREVIOUS. Tests lower `password_rounds` (bcrypt's cost) and the limits.
    """
    passwords = Passwords(session_secret, session_secret_previous, rounds=password_rounds)
    devices = Devices(session_secret, session_secret_previous)
    throttle = Throttle(services.get(Redis), limits)
    services.provide(Passwords, passwords)
    services.provide(DeviceCookie, DeviceCookie(services.get(WebConfig)))
    services.provide(SignIn, SignIn(services.get(Database), passwords, throttle, devices))


async def create_account(services: Services, *, email: str, password: str, name: str, tenant_name: str) -> AccountCreated:
    """Make a person, a tenant, and the person its owner. Raises EmailTaken when somebody has the address."""
    return await signing_up.create_account(
        services.get(Database), services.get(Passwords), email=email, password=password, name=name, tenant_name=tenant_name
    )


async def add_member(
    services: Services, *, tenant_id: UUID, email: str, role: Role, name: str | None = None, password: str | None = None
) -> UUID:
    """Make a person a member of a tenant that exists; the member's id.

    A person of that address who exists already keeps their name and password; a new one needs both (else InvalidInput).
    """
    return await signing_up.add_member(
        services.get(Database), services.get(Passwords), tenant_id=tenant_id, email=email, role=role, name=name, password=password
    )


async def find_user_id(services: Services, email: str) -> UUID | None:
    """The person who signs in with this address, if there is one."""
    async with services.get(Database).system("look a person up by their address") as session:
        found = await repository.find_login(session, email_norm(email) or "")
    return found[0].id if found else None


async def keep_tenant(session: TenantSession) -> None:
    """Nobody deletes the tenant until this transaction ends. Raises TenantDeleting, or TenantNotFound once it is gone."""
    await tenants.keep(session)


async def read_tenant(session: TenantSession) -> TenantView:
    """The session's tenant. Raises TenantNotFound once it is gone."""
    return await tenants.read(session)


async def list_members(session: TenantSession) -> list[MemberView]:
    """The tenant's members, first joined first."""
    return await repository.list_members(session)


async def member_names(session: TenantSession, member_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names by member id; who is a member no longer is left out."""
    wanted = list(dict.fromkeys(member_ids))
    if not wanted:
        return {}
    return {member.id: member.name for member in await repository.members_by_id(session, wanted)}


async def forget_tenant(db: Database, tenant_id: UUID) -> int:
    """The last step of a tenant's erasure: its row goes, everything that hangs on it, and people who belonged to it alone.

    Returns how many rows of accounts went; 0 when it was done before. Call it outside a job's `transaction()`: the job's own
    row goes with the tenant.
    """
    return await tenants.forget(db, tenant_id)
