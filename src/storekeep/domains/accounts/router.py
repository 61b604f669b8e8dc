"""HTTP face of accounts: signing in and out, sessions, the profile, the tenant and its members."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from storekeep.domains.accounts import members, repository, tenants
from storekeep.domains.accounts.devices import LIFETIME as DEVICE_LIFETIME
from storekeep.domains.accounts.devices import DeviceCookie
from storekeep.domains.accounts.errors import (
    EmailTaken,
    InvalidCredentials,
    LastOwner,
    MemberNotFound,
    NameMismatch,
    NoTenant,
    OwnerOnly,
    SignInBusy,
    TenantDeleting,
    TenantNotFound,
    TooManyAttempts,
    WrongPassword,
)
from storekeep.domains.accounts.guard import (
    Needs,
    Permission,
    Reading,
    SignedInAs,
    Transaction,
    client_of,
    public_router,
    tenant_router,
)
from storekeep.domains.accounts.schemas import (
    LoginInput,
    LoginSessionRead,
    MemberRead,
    PasswordInput,
    ProfileInput,
    RoleInput,
    SessionRead,
    SignUpInput,
    SwitchInput,
    TenantDeletionInput,
    TenantDeletionRead,
    TenantInput,
    TenantRead,
)
from storekeep.domains.accounts.signing_in import SignIn
from storekeep.domains.accounts.types import Identity, SignedIn
from storekeep.kit.clock import now
from storekeep.kit.paging import InvalidCursor, decode_cursor, encode_cursor
from storekeep.kit.scope import Scope
from storekeep.kit.text import email_norm
from storekeep.runtime.database import Database, TenantReading, TenantSession
from storekeep.runtime.web.cookies import SessionCookie
from storekeep.runtime.web.params import Paging, PathId, services_of, wired
from storekeep.runtime.web.routes import refusals
from storekeep.runtime.web.schemas import ListRead

_TAGS = ["accounts"]
entrance = public_router(
    prefix="/api/auth", tags=_TAGS, reason="Whoever signs up or in has no session yet; both are throttled and same-origin."
)
own = tenant_router(prefix="/api/auth", tags=_TAGS)
tenant = tenant_router(prefix="/api/tenant", tags=_TAGS)
people = tenant_router(prefix="/api/members", tags=_TAGS)

_MEMBER_REFUSED = refusals(MemberNotFound, OwnerOnly, LastOwner, TenantDeleting)
Wired = Annotated[SignIn, wired(SignIn)]
Me = Annotated[Identity, SignedInAs(Permission.PROFILE_OWN)]


def _welcome(request: Request, response: Response, signed_in: SignedIn) -> SessionRead:
    """Hand the browser its token, and remember the device."""
    services = services_of(request)
    left = signed_in.identity.expires_at - now()
    services.get(SessionCookie).set(response, signed_in.token, max(1, int(left.total_seconds())))
    account = email_norm(signed_in.identity.user.email) or ""
    device = services.get(SignIn).devices.issue(account)
    services.get(DeviceCookie).set(response, device, int(DEVICE_LIFETIME.total_seconds()))
    return SessionRead.of(signed_in.identity, signed_in.memberships)


def _token(request: Request) -> str | None:
    return services_of(request).get(SessionCookie).read(request)


def _device(request: Request) -> str | None:
    return services_of(request).get(DeviceCookie).read(request)


@entrance.post("/signup", status_code=201, summary="Sign up", responses=refusals(EmailTaken, TooManyAttempts, SignInBusy))
async def sign_up(body: SignUpInput, request: Request, response: Response, sign_in: Wired) -> SessionRead:
    """Make a person and a tenant of which they are the owner, and sign them in. A session the browser still held ends."""
    signed_in = await sign_in.sign_up(
        email=body.email,
        password=body.password,
        name=body.name,
        tenant_name=body.tenant_name,
        client=client_of(request),
        old_token=_token(request),
    )
    return _welcome(request, response, signed_in)


@entrance.post("/login", summary="Sign in", responses=refusals(InvalidCredentials, NoTenant, TooManyAttempts, SignInBusy))
async def log_in(body: LoginInput, request: Request, response: Response, sign_in: Wired) -> SessionRead:
    """Sign in. Whether the address or the password was wrong is never said. A session the browser still held ends."""
    signed_in = await sign_in.log_in(
        username=body.username,
        password=body.password,
        client=client_of(request),
        device_token=_device(request),
        old_token=_token(request),
    )
    return _welcome(request, response, signed_in)


@own.post("/logout", status_code=204, summary="Sign out")
async def log_out(request: Request, response: Response, me: Me, sign_in: Wired) -> None:
    """Sign out: the cookie and what it stood for are worth nothing from now on."""
    await sign_in.log_out(me, client_of(request))
    services_of(request).get(SessionCookie).clear(response)


@own.get("/session", summary="Who is signed in")
async def read_session(me: Me, sign_in: Wired) -> SessionRead:
    """The person, the tenant they look at, and what they may do there."""
    return SessionRead.of(me, await sign_in.memberships(me.user.id))


@own.post("/switch", summary="Turn to another tenant", responses=refusals(TenantNotFound))
async def switch_tenant(body: SwitchInput, request: Request, response: Response, me: Me, sign_in: Wired) -> SessionRead:
    """Look at another tenant of the same person, under a new token. A tenant of others is not found."""
    signed_in = await sign_in.switch(me, _token(request) or "", body.tenant_id, client_of(request))
    return _welcome(request, response, signed_in)


@own.post(
    "/password",
    status_code=204,
    summary="Change the password",
    responses=refusals(WrongPassword, TooManyAttempts, SignInBusy),
)
async def change_password(body: PasswordInput, request: Request, response: Response, me: Me, sign_in: Wired) -> None:
    """Change the password. All other sessions of the person end; this one goes on under a new token."""
    signed_in = await sign_in.change_password(
        me,
        _token(request) or "",
        current=body.current_password,
        new=body.new_password,
        client=client_of(request),
        device_token=_device(request),
    )
    _welcome(request, response, signed_in)


@own.patch("/profile", summary="Change the profile")
async def change_profile(body: ProfileInput, request: Request, me: Me, sign_in: Wired) -> SessionRead:
    """Change the person's name, which all their tenants show."""
    renamed = await sign_in.rename(me, body.name, client_of(request))
    return SessionRead.of(renamed, await sign_in.memberships(me.user.id))


@own.get("/sessions", summary="List my sessions")
async def list_own_sessions(me: Me, sign_in: Wired) -> ListRead[LoginSessionRead]:
    """Every living session of the person, the one used last first."""
    items = [
        LoginSessionRead(
            id=s.id,
            created_at=s.created_at,
            last_seen_at=s.last_seen_at,
            expires_at=s.expires_at,
            ip=s.ip,
            user_agent=s.user_agent,
            current=s.id == me.session_id,
        )
        for s in await sign_in.list_sessions(me.user.id)
    ]
    return ListRead(items=items, next_cursor=None)


@own.delete("/sessions", status_code=204, summary="End my other sessions")
async def end_other_sessions(request: Request, me: Me, sign_in: Wired) -> None:
    """End every session of the person but this one."""
    await sign_in.end_other_sessions(me, client_of(request))


@own.delete("/sessions/{session_id}", status_code=204, summary="End a session")
async def end_session(session_id: PathId, request: Request, response: Response, me: Me, sign_in: Wired) -> None:
    """End one of the person's sessions. Ending this very one signs out."""
    await sign_in.end_session(me, session_id, client_of(request))
    if session_id == me.session_id:
        services_of(request).get(SessionCookie).clear(response)


@tenant.get("", summary="Read the tenant")
async def read_tenant(reads: Annotated[TenantReading, Reading(Permission.TENANT_READ)]) -> TenantRead:
    """The tenant's name and dates."""
    return TenantRead.model_validate(await tenants.read(reads))


@tenant.patch("", summary="Rename the tenant", responses=refusals(TenantDeleting))
async def rename_tenant(body: TenantInput, session: Annotated[TenantSession, Transaction(Permission.TENANT_WRITE)]) -> TenantRead:
    """Give the tenant another name."""
    return TenantRead.model_validate(await tenants.rename(session, body.name))


@tenant.delete("", status_code=202, summary="Delete the tenant", responses=refusals(NameMismatch, TenantDeleting))
async def delete_tenant(
    body: TenantDeletionInput,
    request: Request,
    response: Response,
    scope: Annotated[Scope, Needs(Permission.TENANT_DELETE)],
    db: Annotated[Database, wired(Database)],
) -> TenantDeletionRead:
    """Erase the tenant and everything in it, for good. Asks for its name; every session in it ends at once."""
    erasure_id = await tenants.request_deletion(db, scope, confirm_name=body.confirm_name)
    services_of(request).get(SessionCookie).clear(response)
    return TenantDeletionRead(erasure_id=erasure_id)


@people.get("", summary="List members")
async def list_members(reads: Annotated[TenantReading, Reading(Permission.MEMBER_READ)], paging: Paging) -> ListRead[MemberRead]:
    """The people of the tenant, whoever joined first first."""
    after = _member_after(paging.cursor)
    found = await repository.list_members(reads, after=after, limit=paging.limit + 1)
    items = [MemberRead.model_validate(member) for member in found[: paging.limit]]
    more = len(found) > paging.limit
    return ListRead(items=items, next_cursor=encode_cursor("joined", [str(items[-1].id)]) if more else None)


@people.patch(
    "/{member_id}", summary="Change a member's role", responses=refusals(MemberNotFound, OwnerOnly, LastOwner, TenantDeleting)
)
async def change_member_role(
    member_id: PathId,
    body: RoleInput,
    session: Annotated[TenantSession, Transaction(Permission.MEMBER_WRITE)],
    me: Annotated[Identity, SignedInAs(Permission.MEMBER_WRITE)],
) -> MemberRead:
    """Give a member another role. Only owners make or change owners; the last owner stays one."""
    changed = await members.change_role(session, member_id, body.role, by=me.membership.role)
    return MemberRead.model_validate(changed)


@people.delete(
    "/{member_id}",
    status_code=204,
    summary="Remove a member",
    responses=refusals(MemberNotFound, OwnerOnly, LastOwner, TenantDeleting),
)
async def remove_member(
    member_id: PathId,
    scope: Annotated[Scope, Needs(Permission.MEMBER_WRITE)],
    me: Annotated[Identity, SignedInAs(Permission.MEMBER_WRITE)],
    db: Annotated[Database, wired(Database)],
) -> None:
    """Take a person out of the tenant; their sessions in it end at once. The last owner cannot be removed."""
    await members.remove(db, scope, member_id, by=me.membership.role)


def _member_after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return UUID(str(decode_cursor(cursor, "joined", 1)[0]))
    except ValueError:
        raise InvalidCursor() from None


routers = (entrance, own, tenant, people)
