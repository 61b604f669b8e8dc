"""The sandbox as a server: the ASGI application and the command that runs it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from storekeep.kit import clock
from storekeep.sandbox import faulty
from storekeep.sandbox.config import App, SandboxConfig
from storekeep.sandbox.control import control_routes
from storekeep.sandbox.shopify import engine, graphql_http, oauth
from storekeep.sandbox.world import World

ShopDoor = Callable[[World, str, Request], Awaitable[Response]]


class _Gate:
    """Outermost layer: hands the connection itself to the faults, and learns the port the sandbox is reached at."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["sandbox.transport"] = getattr(getattr(send, "__self__", None), "transport", None)
            server = scope.get("server")
            if server and server[1]:
                self._world.files.port = server[1]
        await self._app(scope, receive, send)


def _oauth_route(world: World, path: str, kind: str, door: ShopDoor, methods: list[str]) -> Route:
    async def handle(request: Request) -> Response:
        domain = request.path_params["shop"].lower()
        entry = world.log.add(
            at=clock.now().isoformat(), kind=kind, shop=domain, path=request.url.path, operation=request.method, status=None
        )
        if not world.has(domain):
            response: Response = PlainTextResponse("Not Found", 404)
        else:
            fault = world.faults.strike("oauth", domain, f"{kind} {request.url.path}")
            entry["fault"] = fault.kind if fault else None

            async def produce() -> Response:
                return await door(world, domain, request)

            response = await faulty.answer(fault, request, produce)
        entry["status"] = response.status_code
        return response

    return Route(f"/shopify/{{shop}}/admin/{path}", handle, methods=methods)


def _graphql_route(world: World) -> Route:
    async def handle(request: Request) -> Response:
        domain = request.path_params["shop"].lower()
        return await graphql_http.endpoint(world, domain, request.path_params["version"], request)

    return Route("/shopify/{shop}/admin/api/{version}/graphql.json", handle, methods=["POST"])


def _files_route(world: World) -> Route:
    async def handle(request: Request) -> Response:
        name = request.path_params["name"]
        shop = name.split(".myshopify.com-")[0] + ".myshopify.com"
        entry = world.log.add(
            at=clock.now().isoformat(), kind="file", shop=shop, path=request.url.path, operation=name, status=None
        )
        fault = world.faults.strike("file", shop, name)
        entry["fault"] = fault.kind if fault else None

        async def produce() -> Response:
            return _file(world, name, request, whole=fault is not None)

        response = await faulty.answer(fault, request, produce)
        entry["status"] = response.status_code
        return response

    return Route("/files/{name}", handle, methods=["GET"])


def _file(world: World, name: str, request: Request, whole: bool) -> Response:
    """The result file; refused when the request carries a token, which must never leave for another host."""
    if "x-shopify-access-token" in request.headers or "authorization" in request.headers:
        return PlainTextResponse("An access token was sent to the file host. Refused.", 400)
    query = request.query_params
    if not world.files.allows(name, query.get("expires", ""), query.get("signature", "")):
        return PlainTextResponse("AccessDenied", 403)
    path = world.files.path(name)
    if not path.exists():
        return PlainTextResponse("NoSuchKey", 404)
    if whole:
        return Response(path.read_bytes(), media_type="application/jsonl")
    return FileResponse(path, media_type="application/jsonl")


async def _warm_up(alone: bool) -> None:
    await asyncio.to_thread(engine.schema)
    if alone:
        gc.collect()
        gc.freeze()  # the schema is half a million objects that never die: no collection need look at them again


def create_app(config: SandboxConfig, *, alone: bool = False) -> ASGIApp:
    """The ASGI application of one sandbox. It answers at once; shops are opened on first need.

    `alone`: the process is the sandbox's own, so that its memory may be arranged for it.
    """
    world = World(config)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        warming = asyncio.create_task(_warm_up(alone))  # the first question waits for it, the port does not
        yield
        await warming
        await world.close()

    async def alive(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    routes = [
        Route("/healthz", alive),
        _graphql_route(world),
        _oauth_route(world, "oauth/authorize", "consent", oauth.authorize, ["GET", "POST"]),
        _oauth_route(world, "oauth/access_token", "oauth", oauth.access_token, ["POST"]),
        _oauth_route(world, "oauth/access_scopes.json", "scopes", oauth.access_scopes, ["GET"]),
        _files_route(world),
        *control_routes(world),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.world = world
    return _Gate(app, world)


def serve(config: SandboxConfig) -> None:
    """Runs the sandbox until it is told to stop (SIGINT or SIGTERM)."""
    uvicorn.run(
        create_app(config, alone=True),
        host=config.host,
        port=config.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="storekeep sandbox", description="Stand-ins for the outside services, over real HTTP.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--state-dir", type=Path, required=True, help="where tokens, edits and result files are kept")
    parser.add_argument("--full-data", type=Path, help="online_retail.csv.gz; without it the shipped quarter is served")
    parser.add_argument("--multiply", type=int, default=1, help="serve online-retail this many times over")
    parser.add_argument("--api-key", default="storekeep-dev-key")
    parser.add_argument("--api-secret", default="storekeep-dev-secret")
    parser.add_argument("--redirect-uri", action="append", help="may be given more than once; * stands for a port")
    parser.add_argument("--control-key", default="", help="opens /control on loopback; shut without it")
    parser.add_argument("--token-lifetime", type=int, default=3600, help="seconds")
    return parser


def config_from(argv: Sequence[str] | None) -> SandboxConfig:
    """The configuration that command-line arguments describe. Exits with a message on wrong ones."""
    given = _parser().parse_args(argv)
    app = App(given.api_key, given.api_secret)
    if given.redirect_uri:
        app = App(given.api_key, given.api_secret, redirect_uris=tuple(given.redirect_uri))
    return SandboxConfig(
        state_dir=given.state_dir,
        host=given.host,
        port=given.port,
        apps=(app,),
        control_key=given.control_key,
        full_data=given.full_data,
        multiply=given.multiply,
        access_token_lifetime=given.token_lifetime,
    )


def main(argv: Sequence[str] | None = None) -> None:
    """The command: reads arguments, runs the sandbox."""
    serve(config_from(argv))


if __name__ == "__main__":
    main()
