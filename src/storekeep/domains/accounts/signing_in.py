"""Signing in and out, turning to another tenant, changing the password: everything that gives or ends a session.

Users and sessions live outside tenants, the audit trail inside; so each deed spans two transactions. The tenant's is opened
first and announces the fact, the other does the deed and commits, then the first commits: a deed without its entry cannot
happen, and nobody waits for a tenant's connection while holding a system one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from storekeep.domains.accounts import repository, sessions
from storekeep.domains.accounts.devices import Devices
from storekeep.domains.accounts.errors import InvalidCredentials, NoTenant, SignInBusy, TenantNotFound, WrongPassword
from storekeep.domains.accounts.events import (
    AccountsEvent,
    LoggedIn,
    LoggedOut,
    PasswordChanged,
    ProfileChanged,
    SessionsEnded,
    SignedUp,
    TenantEntered,
    TenantLeft,
)
from storekeep.domains.accounts.passwords import Passwords
from storekeep.domains.accounts.permissions import ROLE_PERMISSIONS
from storekeep.domains.accounts.signing_up import create_account
from storekeep.domains.accounts.throttle import Throttle
from storekeep.domains.accounts.types import Client, Identity, Membership, SessionView, SignedIn, UserView
from storekeep.kit.clock import now
from storekeep.kit.errors import NotFound
from storekeep.kit.scope import Actor, ActorKind, Scope
from storekeep.kit.text import email_norm
from storekeep.runtime.database import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Whatever signing in needs, put together by wiring."""

    db: Database
    passwords: Passwords
    throttle: Throttle
    devices: Devices

    async def sign_up(
        self, *, email: str, password: str, name: str, tenant_name: str, client: Client, old_token: str | None = None
    ) -> SignedIn:
        """Make a person and their tenant, and sign them in; the session of `old_token`, which the browser held, ends.

        Raises EmailTaken or TooManyAttempts.
        """
        await self.throttle.admit_signup(client.ip)
        made = await create_account(
            self.db,
            self.passwords,
            email=email,
            password=password,
            name=name,
            tenant_name=tenant_name,
            request_id=client.request_id,
        )
        async with self.db.system("the tenants of a person who signs up") as session:
            memberships = await repository.memberships_of(session, made.user_id)
        user = UserView(made.user_id, email.strip(), name)
        await self.throttle.meet(_account(email), client.ip)
        return await self._begin(SignedUp, user, memberships, client, old_token=old_token)

    async def log_in(
        self, *, username: str, password: str, client: Client, device_token: str | None = None, old_token: str | None = None
    ) -> SignedIn:
        """Sign a person in, in the tenant they looked at last; the session of `old_token`, which the browser held, ends.

        Raises InvalidCredentials (the same in every case, after the same work), TooManyAttempts, SignInBusy or NoTenant.
        """
        account = _account(username)
        attempt = await self.throttle.admit(account, client.ip, self.devices.recognise(device_token, account))
        try:
            async with self.db.system("a login names a person, not a tenant") as session:
                found = await repository.find_login(session, account)
            matched = await self.passwords.matches(password, found[1] if found else None)
        except BaseException:
            self.throttle.abandoned(attempt)
            raise
        if found is None or not matched:
            await self.throttle.failed(attempt)
            log.info("login_failed", account=attempt.account[:12], network=attempt.network)
            raise InvalidCredentials()
        await self.throttle.succeeded(attempt)
        user, stored = found
        stored = await self._refreshed(user.id, password, stored)
        async with self.db.system("the tenants of a person who signs in") as session:
            memberships = await repository.memberships_of(session, user.id)
        return await self._begin(LoggedIn, user, memberships, client, verified=stored, old_token=old_token)

    async def log_out(self, identity: Identity, client: Client) -> None:
        """Sign out: end the login session the request came with."""
        scope = scope_of(identity, client.request_id)
        async with self.db.tenant(scope) as tenant:
            await tenant.announce(
                LoggedOut(actor=scope.actor, subjects=_me(identity), before={"session": str(identity.session_id)})
            )
            async with self.db.system("sessions live outside tenants") as session:
                await sessions.end(session, identity.user.id, identity.session_id)

    async def switch(self, identity: Identity, token: str, tenant_id: UUID, client: Client) -> SignedIn:
        """Turn this session to another tenant of the person, under a new token; its end does not move.

        Raises TenantNotFound for a tenant they do not belong to.
        """
        async with self.db.system("the tenants of a person who switches") as session:
            memberships = await repository.memberships_of(session, identity.user.id)
        wanted = next((m for m in memberships if m.tenant_id == tenant_id), None)
        if wanted is None:
            raise TenantNotFound()
        entered = Identity(identity.session_id, identity.user, wanted, identity.expires_at)
        # Each tenant learns that the person came or went; neither learns of the other.
        async with self.db.tenant(scope_of(identity, client.request_id)) as left:
            await left.announce(TenantLeft(actor=left.scope.actor, subjects=_me(identity)))
        async with self.db.tenant(scope_of(entered, client.request_id)) as tenant:
            await tenant.announce(TenantEntered(actor=tenant.scope.actor, subjects=_me(entered), after=_from(client)))
            async with self.db.system("sessions live outside tenants") as session:
                new = await sessions.renew_token(session, identity.session_id, token, tenant_id=tenant_id)
        return SignedIn(new, entered, tuple(memberships))

    async def change_password(
        self, identity: Identity, token: str, *, current: str, new: str, client: Client, device_token: str | None = None
    ) -> SignedIn:
        """Store another password, end the person's other sessions and give this one a new token and a full day.

        Raises WrongPassword, TooManyAttempts or SignInBusy.
        """
        account = _account(identity.user.email)
        attempt = await self.throttle.admit(account, client.ip, self.devices.recognise(device_token, account))
        try:
            async with self.db.system("a person's password is outside tenants") as session:
                stored = await repository.password_hash_of(session, identity.user.id)
            matched = await self.passwords.matches(current, stored)
        except BaseException:
            self.throttle.abandoned(attempt)
            raise
        if not matched:
            await self.throttle.failed(attempt)
            raise WrongPassword(details={"field": "currentPassword"})
        await self.throttle.succeeded(attempt)
        hashed = await self.passwords.hash(new)
        scope = scope_of(identity, client.request_id)
        expires_at = now() + sessions.LIFETIME
        async with self.db.tenant(scope) as tenant:
            await tenant.announce(PasswordChanged(actor=scope.actor, subjects=_me(identity), after=_from(client)))
            async with self.db.system("users and sessions live outside tenants") as session:
                if not await repository.set_password_hash(session, identity.user.id, hashed, instead_of=stored):
                    raise WrongPassword(details={"field": "currentPassword"})
                await sessions.end_others(session, identity.user.id, but=identity.session_id)
                fresh = await sessions.renew_token(session, identity.session_id, token, expires_at=expires_at)
        renewed = Identity(identity.session_id, identity.user, identity.membership, expires_at)
        return SignedIn(fresh, renewed, (identity.membership,))

    async def rename(self, identity: Identity, name: str, client: Client) -> Identity:
        """Store another name of the person, seen in all their tenants."""
        scope = scope_of(identity, client.request_id)
        async with self.db.tenant(scope) as tenant:
            fact = ProfileChanged(
                actor=scope.actor, subjects=_me(identity), before={"name": identity.user.name}, after={"name": name}
            )
            await tenant.announce(fact)
            async with self.db.system("people live outside tenants") as session:
                await repository.set_user_name(session, identity.user.id, name)
        user = UserView(identity.user.id, identity.user.email, name)
        return Identity(identity.session_id, user, identity.membership, identity.expires_at)

    async def end_session(self, identity: Identity, session_id: UUID, client: Client) -> None:
        """End one session of the person, this one or another. Raises NotFound."""
        scope = scope_of(identity, client.request_id)
        async with self.db.tenant(scope) as tenant:
            fact = SessionsEnded(actor=scope.actor, subjects=_me(identity), before={"sessions": [str(session_id)]})
            await tenant.announce(fact)
            async with self.db.system("sessions live outside tenants") as session:
                if not await sessions.end(session, identity.user.id, session_id):
                    raise NotFound()

    async def end_other_sessions(self, identity: Identity, client: Client) -> None:
        """End every session of the person but this one."""
        scope = scope_of(identity, client.request_id)
        async with self.db.system("sessions live outside tenants") as session:
            others = [str(s.id) for s in await repository.list_sessions(session, identity.user.id) if s.id != identity.session_id]
        async with self.db.tenant(scope) as tenant:
            await tenant.announce(SessionsEnded(actor=scope.actor, subjects=_me(identity), before={"sessions": others}))
            async with self.db.system("sessions live outside tenants") as session:
                await sessions.end_others(session, identity.user.id, but=identity.session_id)

    async def list_sessions(self, user_id: UUID) -> list[SessionView]:
        """A person's living sessions."""
        async with self.db.system("a person's sessions") as session:
            return await repository.list_sessions(session, user_id)

    async def memberships(self, user_id: UUID) -> tuple[Membership, ...]:
        """The tenants a person belongs to."""
        async with self.db.system("a person's tenants") as session:
            return tuple(await repository.memberships_of(session, user_id))

    async def _begin(
        self,
        fact: type[AccountsEvent],
        user: UserView,
        memberships: list[Membership],
        client: Client,
        *,
        verified: str | None = None,
        old_token: str | None = None,
    ) -> SignedIn:
        if not memberships:
            raise NoTenant()
        actor = Actor(ActorKind.MEMBER, memberships[0].member_id, user.name)
        scope = Scope(memberships[0].tenant_id, actor, user_id=user.id, request_id=client.request_id)
        async with self.db.tenant(scope) as tenant:
            subjects = (("member", memberships[0].member_id),)
            await tenant.announce(fact(actor=actor, subjects=subjects, after=_from(client)))
            async with self.db.system("sessions live outside tenants") as session:
                # A password changed while this one was being checked has ended every session, and must end this one too.
                if verified is not None and await repository.password_hash_of(session, user.id, keep=True) != verified:
                    raise InvalidCredentials()
                if old_token is not None:
                    await sessions.end_by_token(session, old_token)
                token, identity = await sessions.start(session, user, memberships[0], client)
        return SignedIn(token, identity, tuple(memberships))

    async def _refreshed(self, user_id: UUID, password: str, stored: str) -> str:
        """The hash now stored: made anew where the old one had an older pepper or cost less."""
        if not self.passwords.is_outdated(stored):
            return stored
        try:
            hashed = await self.passwords.hash(password)
        except SignInBusy:
            return stored  # the next sign-in will do
        async with self.db.system("a hash made with an older pepper or less work is made anew") as session:
            if await repository.set_password_hash(session, user_id, hashed, instead_of=stored):
                return hashed
            current = await repository.password_hash_of(session, user_id)
        # Somebody was faster: another sign-in doing the same, or a change of the password.
        return current if current and await self.passwords.matches(password, current) else stored


def scope_of(identity: Identity, request_id: str = "") -> Scope:
    """The scope in which a signed-in member acts."""
    membership = identity.membership
    return Scope(
        tenant_id=membership.tenant_id,
        actor=Actor(ActorKind.MEMBER, membership.member_id, identity.user.name),
        permissions=frozenset(map(str, ROLE_PERMISSIONS[membership.role])),
        user_id=identity.user.id,
        session_id=identity.session_id,
        request_id=request_id,
    )


async def sweep(db: Database) -> None:
    """Delete expired sessions, and people whom a crash during sign-up left without a tenant."""
    async with db.system("expired sessions and people without a tenant") as session:
        await sessions.sweep(session)
        await repository.delete_users_without_tenant(session, made_before=now() - timedelta(hours=1))


def _account(email: str) -> str:
    return email_norm(email) or ""


def _me(identity: Identity) -> tuple[tuple[str, UUID], ...]:
    return (("member", identity.membership.member_id),)


def _from(client: Client) -> dict[str, str]:
    return {"ip": client.ip, "userAgent": client.user_agent[:400]}
