"""The door of every room: who is asking, whether they may, and the one tenant they get.

A route names a permission and gets a `Scope` (`Needs`), reads (`Reading`) or an open transaction (`Transaction`); no permission
named, no data.
Routers come from `tenant_router` or, with a reason, `public_router`; a tenant route without a permission fails at import.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.dependencies.models import Dependant
from starlette.routing import BaseRoute

from storekeep.domains.accounts import repository, sessions
from storekeep.domains.accounts.errors import AuthRequired, SessionChanged, SessionExpired
from storekeep.domains.accounts.permissions import Permission, grantors_of, roles_with
from storekeep.domains.accounts.signing_in import scope_of
from storekeep.domains.accounts.types import Client, Identity
from storekeep.kit.errors import Forbidden
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, TenantReading, TenantSession
from storekeep.runtime.web.cookies import SessionCookie
from storekeep.runtime.web.exchange import request_id_of
from storekeep.runtime.web.limits import RateClass, RequestLimits, address_of
from storekeep.runtime.web.params import services_of
from storekeep.runtime.web.routes import StrictRoute, strict_router

__all__ = [
    "Needs",
    "Permission",
    "Reading",
    "SignedInAs",
    "Transaction",
    "client_of",
    "permissions_of",
    "public_reason_of",
    "public_router",
    "scope_if_signed_in",
    "tenant_router",
]

_IDENTITY = "storekeep.identity"
_TRANSACTIONS = "storekeep.transactions"
_GRANTORS_SHOWN = 3
# What our page sends with every request: whose it is, "user id/tenant id". Streams cannot send headers and say it in their query.
PAGE_OF = "x-page-of"
_ANONYMOUS_TIMES = 60  # many people may share an address


class _Check:
    """The dependency behind Needs: authenticates, counts the request, checks the permission, answers the scope."""

    def __init__(self, permission: Permission, *, live: bool) -> None:
        self.permission = permission
        self._live = live

    async def __call__(self, request: Request) -> Scope:
        identity = await _admitted(request, live=self._live)
        scope = scope_of(identity, request_id_of(request))
        if self.permission not in scope.permissions:
            raise await _denied(services_of(request).get(Database), scope, self.permission)
        return scope


class _OpenTransaction(_Check):
    """The dependency behind Transaction: the same, and a transaction around the route."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission, live=False)

    async def __call__(self, request: Request) -> TenantSession:  # type: ignore[override]
        transactions: AsyncExitStack = request.scope[_TRANSACTIONS]
        scope = await super().__call__(request)
        return await transactions.enter_async_context(services_of(request).get(Database).tenant(scope))


class _OnlyReads(_Check):
    """The dependency behind Reading: the same, answering reads of the tenant."""

    async def __call__(self, request: Request) -> TenantReading:  # type: ignore[override]
        scope = await super().__call__(request)
        return services_of(request).get(Database).reading(scope)


class _WhoAsks(_Check):
    """The dependency behind SignedInAs: the same, answering the identity."""

    async def __call__(self, request: Request) -> Identity:  # type: ignore[override]
        await super().__call__(request)
        return await _admitted(request)


def Needs(permission: Permission, *, live: bool = False) -> Any:  # noqa: N802 (reads as a word at the route)
    """`scope: Annotated[Scope, Needs(Permission.ORDER_READ)]`: the scope of a member who may do this.

    Raises AUTH_REQUIRED, AUTH_SESSION_EXPIRED, RATE_LIMITED or PERMISSION_DENIED. `live` counts the request in the class of
    streams, presence and drafts.
    """
    return Depends(_Check(permission, live=live))


def Transaction(permission: Permission) -> Any:  # noqa: N802
    """`session: Annotated[TenantSession, Transaction(Permission.STORE_WRITE)]`: a transaction of the member's tenant.

    It commits when the route returned and before the response leaves, and rolls back when the route raised; so whoever reads
    the answer can read what it speaks of. Its `scope` says who acts.
    """
    return Depends(_OpenTransaction(permission))


def Reading(permission: Permission) -> Any:  # noqa: N802
    """`reads: Annotated[TenantReading, Reading(Permission.TENANT_READ)]`: for routes that ask one thing of the member's tenant.

    Each query is a transaction of its own that can only read, at a third of a Transaction's cost.
    """
    return Depends(_OnlyReads(permission, live=False))


def SignedInAs(permission: Permission) -> Any:  # noqa: N802
    """`identity: Annotated[Identity, SignedInAs(Permission.PROFILE_OWN)]`: for routes about the person rather than the tenant."""
    return Depends(_WhoAsks(permission, live=False))


async def scope_if_signed_in(request: Request) -> Scope | None:
    """The scope of the request's session at this moment, None without a living one: for public routes a browser returns to, and
    for streams, which ask again now and then."""
    try:
        return scope_of(await _identify(request), request_id_of(request))
    except (AuthRequired, SessionExpired):
        return None


def client_of(request: Request) -> Client:
    """Where the request comes from."""
    return Client(address_of(request), request.headers.get("user-agent", ""), request_id_of(request))


async def _admitted(request: Request, *, live: bool = False) -> Identity:
    """The identity behind the request, counted once against its user's limit however many dependencies ask."""
    known: Identity | None = request.scope.get(_IDENTITY)
    if known is not None:
        return known
    services = services_of(request)
    limits = services.get(RequestLimits)
    try:
        identity = await _identify(request)
    except (AuthRequired, SessionExpired):
        # Whoever has no session is counted by address. There is nothing to guess in a token, but each costs a statement.
        anonymous = RateClass("anonymous", limits.classes.api.quota * _ANONYMOUS_TIMES)
        await limits.spend(request, anonymous, address_of(request))
        raise
    await limits.spend(request, limits.classes.live if live else limits.classes.api, str(identity.user.id))
    _ensure_page_of(request.headers.get(PAGE_OF) or (request.query_params.get("pageOf") if live else None), identity)
    request.scope[_IDENTITY] = identity
    return identity


def _ensure_page_of(told: str | None, identity: Identity) -> None:
    """Raise SessionChanged where a page says whose it is, and it is not the session's.

    All tabs of a browser share a cookie: one of them turns to another account, and what the others show is not theirs any more.
    """
    if told is not None and told != f"{identity.user.id}/{identity.membership.tenant_id}":
        raise SessionChanged()


async def _identify(request: Request) -> Identity:
    services = services_of(request)
    token = services.get(SessionCookie).read(request)
    if token is None:
        raise AuthRequired()
    return await sessions.authenticate(services.get(Database), token)


async def _denied(db: Database, scope: Scope, permission: Permission) -> Forbidden:
    async with db.tenant(scope) as session:
        able = await repository.members_with(session, grantors_of(permission), limit=_GRANTORS_SHOWN)
    return Forbidden(
        details={
            "permission": str(permission),
            "roles": [str(role) for role in roles_with(permission)],
            "grantors": [{"name": member.name, "role": str(member.role)} for member in able],
        }
    )


class _GuardedRoute(StrictRoute):
    """A route that ends the transactions its dependencies opened: with the function, and before the response leaves."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, around which transactions are committed or rolled back."""
        handle = super().get_route_handler()
        if not any(isinstance(check, _OpenTransaction) for check in _checks_of(self.dependant)):
            return handle

        # Not by a dependency that yields: what the framework wraps around one takes longer than the transaction's own work.
        async def handle_in_transaction(request: Request) -> Response:
            async with AsyncExitStack() as transactions:
                request.scope[_TRANSACTIONS] = transactions
                return await handle(request)

        return handle_in_transaction


class _TenantRoute(_GuardedRoute):
    """A route that must name a permission."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if not permissions_of(self):
            raise TypeError(f"{path}: a tenant's route names its permission with Needs, Reading, Transaction or SignedInAs")


class _PublicRoute(_GuardedRoute):
    """A route that anybody may call."""

    because = ""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        options["openapi_extra"] = {"security": [], **(options.get("openapi_extra") or {})}
        super().__init__(path, endpoint, **options)


def tenant_router(*, prefix: str, tags: Sequence[str], **options: Any) -> APIRouter:
    """A router whose every route demands a permission."""
    router = strict_router(prefix=prefix, tags=tags, **options)
    router.route_class = _TenantRoute
    return router


def public_router(*, reason: str, prefix: str, tags: Sequence[str], **options: Any) -> APIRouter:
    """A router anybody may call; `reason` says why that is right, and the route census shows it."""
    router = strict_router(prefix=prefix, tags=tags, **options)
    router.route_class = type("PublicRoute", (_PublicRoute,), {"because": reason})
    return router


def permissions_of(route: BaseRoute) -> frozenset[Permission]:
    """The permissions a route demands; none for a public one."""
    dependant = getattr(route, "dependant", None)
    return frozenset(check.permission for check in _checks_of(dependant)) if isinstance(dependant, Dependant) else frozenset()


def public_reason_of(route: BaseRoute) -> str | None:
    """Why a route is public; None when it is not."""
    return route.because if isinstance(route, _PublicRoute) else None


def _checks_of(dependant: Dependant) -> list[_Check]:
    own = [dependant.call] if isinstance(dependant.call, _Check) else []
    return own + [check for child in dependant.dependencies for check in _checks_of(child)]
