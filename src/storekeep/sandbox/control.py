"""The control door: faults, the request log, raw state and edits, for tests and demonstrations on this machine only."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from storekeep.kit import clock
from storekeep.sandbox.config import DEMO_STORE, SHOPS, custom_app_token
from storekeep.sandbox.shopify.edits import ACTIONS, Editor, Nothing
from storekeep.sandbox.shopify.raw import dump, one
from storekeep.sandbox.shopify.shop import Manners, Shop
from storekeep.sandbox.world import World

Handler = Callable[[World, Request, dict[str, Any]], Awaitable[Any]]
KEY_HEADER = "x-sandbox-control"
_MANNERS = TypeAdapter(Manners)
_LOOPBACK = {"127.0.0.1", "::1"}


class _Wrong(Exception):
    """The control request cannot be done; the message says why."""


def _allowed(world: World, request: Request) -> bool:
    key = world.config.control_key
    given = request.headers.get(KEY_HEADER, "")
    local = request.client is not None and request.client.host in _LOOPBACK
    return bool(key) and local and hmac.compare_digest(key.encode(), given.encode())


def _route(world: World, path: str, method: str, handler: Handler) -> Route:
    async def handle(request: Request) -> Response:
        if not _allowed(world, request):
            return JSONResponse({"error": "not found"}, 404)
        raw = await request.body()
        try:
            body = orjson.loads(raw) if raw else {}
            answer = await handler(world, request, body)
        except (_Wrong, Nothing, ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 422)
        return answer if isinstance(answer, Response) else Response(orjson.dumps(answer), media_type="application/json")

    return Route(f"/control/{path}", handle, methods=[method])


def _shop(world: World, body: dict[str, Any]) -> Shop:
    if body.get("shop") not in SHOPS:
        raise _Wrong(f"shop is one of {', '.join(SHOPS)}")
    return world.shop(body["shop"])


async def _faults(world: World, request: Request, body: dict[str, Any]) -> Any:
    return [asdict(f) for f in world.faults.all()]


async def _add_fault(world: World, request: Request, body: dict[str, Any]) -> Any:
    return asdict(world.faults.add(body))


async def _clear_faults(world: World, request: Request, body: dict[str, Any]) -> Any:
    world.faults.clear()
    return {}


async def _requests(world: World, request: Request, body: dict[str, Any]) -> Any:
    query = request.query_params
    return world.log.find(query.get("shop"), query.get("kind"), query.get("operation"), int(query.get("since", "0")))


async def _clear_requests(world: World, request: Request, body: dict[str, Any]) -> Any:
    world.log.clear()
    return {}


async def _shops(world: World, request: Request, body: dict[str, Any]) -> Any:
    return [{"shop": s, "customAppToken": custom_app_token(s)} for s in SHOPS]


async def _tokens(world: World, request: Request, body: dict[str, Any]) -> Any:
    lifetime = body.get("lifetime")
    grant = world.tokens.make(body["shop"], list(body["scopes"]), None if lifetime is None else int(lifetime))
    return {"accessToken": grant.access, "scopes": grant.scopes}


async def _expire(world: World, request: Request, body: dict[str, Any]) -> Any:
    return {"expired": world.tokens.expire(body["shop"])}


async def _uninstall(world: World, request: Request, body: dict[str, Any]) -> Any:
    return {"revoked": world.tokens.revoke(body["shop"])}


async def _manners(world: World, request: Request, body: dict[str, Any]) -> Any:
    manners = _shop(world, body).manners
    wanted = {key: value for key, value in body.items() if key != "shop"}
    for key in wanted:
        if not hasattr(manners, key):
            raise _Wrong(f"no setting {key}")
    try:
        _MANNERS.validate_json(orjson.dumps(asdict(manners) | wanted), strict=True)
    except ValidationError as error:
        raise _Wrong("; ".join(f"{wrong['loc'][0]}: {wrong['msg']}" for wrong in error.errors())) from None
    for key, value in wanted.items():
        setattr(manners, key, value)
    return asdict(manners)


async def _reset(world: World, request: Request, body: dict[str, Any]) -> Any:
    """`{shop}` puts one shop back, its tokens left alone; without a shop everything goes back to the first day."""
    if "shop" in body:
        await world.reset(body["shop"])
    else:
        await world.reset_all()
    return {}


async def _raw(world: World, request: Request, body: dict[str, Any]) -> Any:
    """The whole shop as JSON lines; with `?kind=order&id=1` one row, or null."""
    store = _shop(world, request.path_params).store
    if "id" in request.query_params:
        if not request.query_params["id"].isdecimal():
            raise _Wrong("id is a number")
        return Response(one(store, request.query_params.get("kind", "order"), int(request.query_params["id"])) or b"null")
    return StreamingResponse(dump(store), media_type="application/jsonl")


async def _edit(world: World, request: Request, body: dict[str, Any]) -> Any:
    """`{shop, action, id?, count?, seed?, at?}`; action `random` picks by itself. Answers what was done, one entry a change."""
    shop = _shop(world, body)
    now = int(clock.now().timestamp())
    at = int(datetime.fromisoformat(body["at"]).timestamp()) if body.get("at") else None
    editor = Editor(shop, int(body.get("seed", shop.store.version)), now, at)
    action, id = body["action"], body.get("id")
    if action != "random" and action not in ACTIONS:
        raise _Wrong(f"no action {action}; there are {', '.join(ACTIONS)} and random")
    done = []
    for _ in range(int(body.get("count", 1))):
        done.append(editor.anything() if action == "random" else editor.do(action, None if id is None else int(id)))
    return done


async def _shopper(world: World, request: Request, body: dict[str, Any]) -> Any:
    """`{shop?, every?, seed?}` starts the shopper (demo-store, every 20 s); `{stop: true}` stops it."""
    if body.get("stop"):
        await world.shopper.stop()
    else:
        shop = world.shop(body.get("shop", DEMO_STORE))
        await world.shopper.start(shop, float(body.get("every", 20)), int(body.get("seed", 1)))
    return {"running": world.shopper.running, "shop": world.shopper.shop, "placed": world.shopper.placed}


def control_routes(world: World) -> list[Route]:
    """The routes of the control door. Without a control key in the configuration every one answers 404."""
    table: list[tuple[str, str, Handler]] = [
        ("faults", "GET", _faults),
        ("faults", "POST", _add_fault),
        ("faults", "DELETE", _clear_faults),
        ("requests", "GET", _requests),
        ("requests", "DELETE", _clear_requests),
        ("shops", "GET", _shops),
        ("tokens", "POST", _tokens),
        ("expire-tokens", "POST", _expire),
        ("uninstall", "POST", _uninstall),
        ("manners", "POST", _manners),
        ("reset", "POST", _reset),
        ("raw/{shop}", "GET", _raw),
        ("edit", "POST", _edit),
        ("shopper", "POST", _shopper),
    ]
    return [_route(world, *entry) for entry in table]
