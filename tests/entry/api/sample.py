"""A room with a field of every type and a route for every failure, and ways to serve it over real HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field, StringConstraints
from redis.asyncio import Redis
from sqlalchemy.exc import DBAPIError

from storekeep.entry.api.app import create_app
from storekeep.entry.api.health import Check
from storekeep.entry.api.server import ApiServer, make_server
from storekeep.entry.web_services import provide_web
from storekeep.kit.errors import AppError, Conflict, Kind, NotFound
from storekeep.kit.ids import uuid7
from storekeep.runtime.live import LiveHub
from storekeep.runtime.services import Services
from storekeep.runtime.web.config import MIB, WebConfig
from storekeep.runtime.web.cookies import SessionCookie
from storekeep.runtime.web.limits import RequestLimits
from storekeep.runtime.web.params import Day, Days, Id, Instant, Paging, PathId, wired
from storekeep.runtime.web.routes import refusals, strict_router
from storekeep.runtime.web.schemas import Amount, Currency, Input, ListRead, Moment, Name, Read
from storekeep.runtime.web.sse import EventStream

TENANT = uuid7()


class Colour(StrEnum):
    """A closed list."""

    RED = "red"
    BLUE = "blue"


class PartIn(Input):
    """A nested thing."""

    title: Name
    count: int = Field(ge=0, le=1000)


class ThingIn(Input):
    """One field of every type."""

    name: Name
    note: Annotated[str, StringConstraints(max_length=500)] | None = None
    count: int = Field(0, ge=-(2**31), le=2**31 - 1)
    ratio: float = 0.5
    price: Decimal | None = Field(None, max_digits=12, decimal_places=2)
    flag: bool = False
    colour: Colour = Colour.RED
    day: Day | None = None
    moment: Instant | None = None
    other_id: Id | None = None
    tags: list[Annotated[str, StringConstraints(max_length=40)]] = Field(default_factory=list, max_length=20)
    parts: list[PartIn] = Field(default_factory=list, max_length=20)
    labels: dict[str, str] = Field(default_factory=dict)


class ThingRead(Read):
    """A thing as it is shown."""

    id: Id
    display_name: str
    total_price: Amount
    currency: Currency
    created_at: Moment
    note: str | None


class ThingLocked(Conflict):
    """The thing is locked."""

    code = "THING_LOCKED"
    message = "This thing is locked."


class Broken(AppError):
    """A deliberate error of a kind chosen by the test."""


def a_thing(name: str = "thing") -> ThingRead:
    return ThingRead(
        id=uuid7(),
        display_name=name,
        total_price="42.00",
        currency="GBP",
        created_at=datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
        note=None,
    )


def sample_router() -> APIRouter:
    router = strict_router(prefix="/api/things", tags=["things"])

    @router.get("", summary="List things")
    async def list_things(
        paging: Paging,
        days: Days,
        q: Annotated[str | None, Query(max_length=200)] = None,
        count: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    ) -> ListRead[ThingRead]:
        """Every thing, page by page."""
        return ListRead(items=[a_thing(q or "thing") for _ in range(min(paging.limit, 3))], next_cursor=None)

    @router.get("/big", summary="A long answer")
    async def read_big() -> dict[str, str]:
        """Long enough to be compressed."""
        return {"text": "storekeep " * 1000}

    @router.post("", summary="Make a thing", status_code=201)
    async def make_thing(body: ThingIn) -> ThingRead:
        """Makes a thing."""
        return a_thing(body.name)

    @router.get("/{thing_id}", summary="Read a thing", responses=refusals(ThingLocked, NotFound))
    async def read_thing(thing_id: PathId) -> ThingRead:
        """One thing."""
        raise ThingLocked(details={"thingId": thing_id})

    @router.patch("/{thing_id}", summary="Change a thing")
    async def change_thing(thing_id: PathId, body: ThingIn) -> ThingRead:
        """Changes it."""
        return a_thing(body.name)

    return router


def failure_router() -> APIRouter:
    router = strict_router(prefix="/api/failures", tags=["failures"])

    @router.get("/kind/{kind}", summary="Fail in a kind")
    async def fail_in_kind(kind: Kind) -> dict[str, str]:
        """Raises an error of that kind."""
        error = Broken("Told on purpose.", code="BROKEN", details={"a": float("nan")} if kind is Kind.GONE else {"b": 1})
        error.kind = kind
        raise error

    @router.get("/unexpected", summary="Fail unexpectedly")
    async def fail_unexpectedly() -> dict[str, str]:
        """Raises what nobody foresaw."""
        raise RuntimeError("secret-detail postgresql://user:password@host/db")

    @router.get("/wrong-shape", summary="Answer wrongly")
    async def answer_wrongly() -> ThingRead:
        """Answers what its own model refuses."""
        return {"id": "secret-detail"}  # type: ignore[return-value]

    @router.get("/stream-start", summary="Fail before the first chunk")
    async def fail_before_stream() -> StreamingResponse:
        """A stream that fails at once."""

        async def chunks() -> AsyncIterator[bytes]:
            raise ThingLocked()
            yield b""

        return StreamingResponse(chunks())

    @router.get("/stream-middle", summary="Fail in the middle")
    async def fail_in_stream() -> StreamingResponse:
        """A stream that fails when it is too late to say so."""

        async def chunks() -> AsyncIterator[bytes]:
            yield b"first"
            raise RuntimeError("secret-detail")

        return StreamingResponse(chunks())

    @router.get("/database/{state}", summary="Fail in the database")
    async def fail_in_database(state: str) -> dict[str, str]:
        """Raises what SQLAlchemy raises for that SQLSTATE."""
        original = RuntimeError("secret-detail")
        original.sqlstate = state  # type: ignore[attr-defined]
        raise DBAPIError("SELECT secret-detail", {}, original)

    return router


def session_router() -> APIRouter:
    router = strict_router(prefix="/api/session", tags=["session"])

    @router.post("", summary="Sign in", openapi_extra={"security": []})
    async def sign_in(response: Response, cookie: Annotated[SessionCookie, wired(SessionCookie)]) -> dict[str, str]:
        """Gives a cookie."""
        cookie.set(response, "token-1", 86_400)
        return {"ok": "yes"}

    @router.get("", summary="Read the token")
    async def read_token(request: Request, cookie: Annotated[SessionCookie, wired(SessionCookie)]) -> dict[str, str | None]:
        """The token sent."""
        return {"token": cookie.read(request)}

    @router.delete("", summary="Sign out")
    async def sign_out(cookie: Annotated[SessionCookie, wired(SessionCookie)]) -> Response:
        """Takes the cookie."""
        response = Response(status_code=204)
        cookie.clear(response)
        return response

    @router.get("/limited", summary="A limited route")
    async def read_limited(request: Request, user: str, limits: Annotated[RequestLimits, wired(RequestLimits)]) -> dict[str, str]:
        """Counts requests of `user`."""
        await limits.spend(request, limits.classes.api, user)
        return {"ok": "yes"}

    @router.get("/live", summary="Follow news")
    async def follow_news(
        hub: Annotated[LiveHub, wired(LiveHub)], last_event_id: Annotated[str | None, Header()] = None
    ) -> EventStream:
        """Live news of one tenant."""
        return EventStream(hub.follow(TENANT, frozenset({"order:read"}), last_event_id), heartbeat_s=0.2)

    return router


def webhook_router() -> APIRouter:
    router = strict_router(prefix="/webhooks/sample", tags=["webhooks"])

    @router.post("", summary="Take a delivery", openapi_extra={"security": []}, max_body_size=3 * MIB)
    async def take_delivery(request: Request) -> dict[str, int]:
        """Counts the bytes."""
        return {"bytes": len(await request.body())}

    return router


@dataclass(frozen=True)
class SampleRoom:
    """The manifest."""

    name: str
    routers: tuple[APIRouter, ...]


def sample_room() -> SampleRoom:
    return SampleRoom("sample", (sample_router(), failure_router(), session_router(), webhook_router()))


def make_app(
    config: WebConfig, redis_url: str, checks: dict[str, Check] | None = None, services: Services | None = None
) -> FastAPI:
    """The sample room as the product would serve it."""
    services = services or Services()
    provide_web(services, config, Redis.from_url(redis_url))
    return create_app(services, [sample_room()], config, checks=checks)


@contextmanager
def serving(app: Any, config: WebConfig) -> Iterator[str]:
    """The app behind the product's own server on a free port, in a thread; yields its address."""
    hub = app.state.services.get(LiveHub)
    server: ApiServer = make_server(app, config, host="127.0.0.1", port=0, on_stopping=hub.end_all)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    waited = threading.Event()
    for _ in range(500):
        if server.started:
            break
        waited.wait(0.01)
    assert server.started, "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(15)
        assert not thread.is_alive(), "the server did not stop"


def spa_folder(folder: Path) -> Path:
    """A small built SPA."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(
        "<!doctype html><meta name=csp-nonce content=__CSP_NONCE__><title>Storekeep</title>" + " " * 2000
    )
    (folder / "assets" / "index-abc123.js").write_text("console.log('storekeep');\n" * 100)
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder.parent / "secret.txt").write_text("secret-detail")
    return folder
