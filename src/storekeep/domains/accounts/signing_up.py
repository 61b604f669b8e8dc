"""A tenant and its first owner, made together; and further members of a tenant that exists."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from storekeep.domains.accounts import repository
from storekeep.domains.accounts.errors import AlreadyMember, EmailTaken
from storekeep.domains.accounts.events import MemberAdded, TenantCreated
from storekeep.domains.accounts.models import Member, Tenant
from storekeep.domains.accounts.passwords import Passwords
from storekeep.domains.accounts.types import AccountCreated, Role
from storekeep.kit.clock import now
from storekeep.kit.errors import InvalidInput
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import SYSTEM_ACTOR, Actor, ActorKind, Scope
from storekeep.kit.text import email_norm
from storekeep.runtime.database import Database

# Whose tenant was not made by then will not get it: a crash came in between.
_UNFINISHED = timedelta(seconds=5)


async def create_account(
    db: Database, passwords: Passwords, *, email: str, password: str, name: str, tenant_name: str, request_id: str = ""
) -> AccountCreated:
    """A person, a tenant, and the person as its owner. Raises EmailTaken.

    Two transactions, for a person belongs to no tenant: the person first, under the unique address; when the tenant then
    cannot be made, the person is taken back. A crash in between leaves a person without tenant, whom signing up again replaces
    and the sweep removes.
    """
    normal = _normal(email)
    made = AccountCreated(tenant_id=uuid7(), user_id=uuid7(), member_id=uuid7())
    # Hashed before the address is looked up: a taken one costs the same time.
    hashed = await passwords.hash(password)
    async with db.system("a new person, before they have a tenant") as session:
        await repository.delete_users_without_tenant(session, email_norm=normal, made_before=now() - _UNFINISHED)
        if not await repository.add_user(
            session, user_id=made.user_id, email=email.strip(), email_norm=normal, name=name, password_hash=hashed
        ):
            raise EmailTaken()
    actor = Actor(ActorKind.MEMBER, made.member_id, name)
    try:
        async with db.tenant(Scope(made.tenant_id, actor, user_id=made.user_id, request_id=request_id)) as tenant:
            tenant.add(Tenant(id=made.tenant_id, name=tenant_name))
            await tenant.flush()
            tenant.add(Member(id=made.member_id, user_id=made.user_id, role=Role.OWNER))
            await tenant.flush()
            await tenant.announce(
                TenantCreated(
                    actor=actor,
                    subjects=(("tenant", made.tenant_id), ("member", made.member_id)),
                    after={"name": tenant_name, "owner": email.strip()},
                )
            )
    except BaseException:
        async with db.system("take back a person whose tenant could not be made") as session:
            await repository.delete_users_without_tenant(session, among=[made.user_id])
        raise
    return made


async def add_member(
    db: Database,
    passwords: Passwords,
    *,
    tenant_id: UUID,
    email: str,
    role: Role,
    name: str | None = None,
    password: str | None = None,
    actor: Actor = SYSTEM_ACTOR,
) -> UUID:
    """Make a person a member; the member's id. A person of that address who exists keeps their name and password.

    Raises InvalidInput when nobody has the address and name or password is missing, AlreadyMember when they are one.
    """
    normal = _normal(email)
    async with db.system("look a person up by their address") as session:
        found = await repository.find_login(session, normal)
    if found is not None:
        user_id = found[0].id
    else:
        if name is None or password is None:
            raise InvalidInput("Nobody has this e-mail address; give a name and a password.", details={"field": "email"})
        user_id = uuid7()
        hashed = await passwords.hash(password)
        async with db.system("a new person, before they have a tenant") as session:
            if not await repository.add_user(
                session, user_id=user_id, email=email.strip(), email_norm=normal, name=name, password_hash=hashed
            ):
                raise EmailTaken()
    member_id = uuid7()
    async with db.tenant(Scope(tenant_id, actor)) as tenant:
        if not await repository.insert_member(tenant, member_id=member_id, user_id=user_id, role=role):
            raise AlreadyMember()
        await tenant.announce(
            MemberAdded(actor=actor, subjects=(("member", member_id),), after={"email": email.strip(), "role": str(role)})
        )
    return member_id


def _normal(email: str) -> str:
    normal = email_norm(email)
    if normal is None:
        raise InvalidInput("An e-mail address is needed.", details={"field": "email"})
    return normal
