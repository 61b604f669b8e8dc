"""The API: every room's routes in one app, inside one shell, with health, metrics, documentation and the SPA beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from storekeep.entry.api.docs import docs_routes
from storekeep.entry.api.health import Check, health_routes
from storekeep.entry.api.meta import meta_router
from storekeep.entry.api.openapi import build_openapi
from storekeep.runtime.live import LiveHub
from storekeep.runtime.services import Services
from storekeep.runtime.telemetry import Metrics
from storekeep.runtime.web.config import WebConfig
from storekeep.runtime.web.dispatch import Dispatch
from storekeep.runtime.web.routes import StrictRoute
from storekeep.runtime.web.shell import BodyLimits, Shell
from storekeep.runtime.web.static import Spa, belongs_to_api
from storekeep.runtime.web.tracing import TraceRequests

Resources = Callable[[], AbstractAsyncContextManager[None]]


class RoomFace(Protocol):
    """What the API needs of a room's manifest."""

    @property
    def name(self) -> str:
        """The room's name."""

    @property
    def routers(self) -> Sequence[APIRouter]:
        """Its routers, each flat."""


class Api(FastAPI):
    """FastAPI without the layers that tell errors and limit bodies: the shell does both, for every route alike."""

    def build_middleware_stack(self) -> ASGIApp:
        """The layers around the routes, innermost last: those of `add_middleware`, and the one form fields need."""
        app: ASGIApp = AsyncExitStackMiddleware(self.router)
        for layer, arguments, options in reversed(self.user_middleware):
            app = layer(app, *arguments, **options)
        return app


def create_app(
    services: Services,
    rooms: Sequence[RoomFace],
    config: WebConfig,
    *,
    checks: Mapping[str, Check] | None = None,
    resources: Resources | None = None,
) -> FastAPI:
    """The app of this process.

    `services` holds what routes ask for, Metrics and LiveHub among it (`entry.web_services.provide_web`); `checks` are what
    /readyz asks, by name; `resources` is entered before the first request and left after the last (pools, clients).
    Raises ValueError when a room's routes break the house rules: a bare route, a foreign prefix, an operation id used twice.
    """
    app = Api(
        title="Storekeep",
        version=config.version,
        description="A Shopify merchant's stores, orders, customers and figures. Errors share one shape; lists share one paging.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(services, resources),
        telemetry=TelemetryConfig(tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False),
    )
    app.state.services = services
    routes = [*_flat(rooms), *meta_router(config).routes, *health_routes(checks or {}, services.get(Metrics)), *docs_routes(app)]
    _check_ids(routes)
    app.router.routes[:] = routes
    spa = Spa(config.spa_dir) if config.spa_dir is not None else None
    # The one place where a request finds its route; FastAPI's own search costs more than most requests.
    app.router.middleware_stack = Dispatch(routes, app.router.app, spa)
    app.add_middleware(Shell, config=config, metrics=services.get(Metrics), body_limits=_body_limits(routes))
    if config.tracing:
        app.add_middleware(TraceRequests)
    app.openapi = lambda: build_openapi(app, config)  # type: ignore[method-assign]
    return app


def _flat(rooms: Sequence[RoomFace]) -> list[BaseRoute]:
    routes: list[BaseRoute] = []
    for room in rooms:
        for router in room.routers:
            for route in router.routes:
                if not isinstance(route, StrictRoute):
                    raise ValueError(f"{room.name}: {route!r} must come from strict_router, and routers must be flat")
                if not belongs_to_api(route.path):
                    raise ValueError(f"{room.name}: {route.path} is neither under /api/ nor under /webhooks/")
                routes.append(route)
    return routes


def _check_ids(routes: Sequence[BaseRoute]) -> None:
    seen: dict[str, str] = {}
    for route in routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            other = seen.setdefault(route.unique_id, route.path)
            if other != route.path:
                raise ValueError(f"operation id {route.unique_id} names both {other} and {route.path}")


def _body_limits(routes: Sequence[BaseRoute]) -> BodyLimits:
    return [
        (route.path_regex, route.max_body_size)
        for route in routes
        if isinstance(route, APIRoute) and route.max_body_size is not None
    ]


def _lifespan(services: Services, resources: Resources | None) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if resources is not None:
                await stack.enter_async_context(resources())
            hub = services.get(LiveHub)
            hub.start()
            stack.push_async_callback(hub.stop)
            yield

    return lifespan
