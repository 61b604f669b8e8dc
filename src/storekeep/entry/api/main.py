"""`storekeep serve`: the API process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI
from sqlalchemy import text

from storekeep.entry import migrations
from storekeep.entry.api.app import create_app
from storekeep.entry.api.health import Check
from storekeep.entry.api.server import make_server
from storekeep.entry.demo_mark import is_imported
from storekeep.entry.rooms import ROOMS
from storekeep.entry.wiring import Wired, build, secret_values
from storekeep.runtime.jobs import ledger
from storekeep.runtime.jobs.arq_adapter import ArqWaker
from storekeep.runtime.live import LiveHub
from storekeep.runtime.logging import configure_logging
from storekeep.runtime.settings import Settings, load_settings
from storekeep.runtime.telemetry import start_tracing, trace_clients


def main() -> None:
    """Serve until SIGTERM or SIGINT; settings come from the environment."""
    settings = load_settings()
    telemetry = settings.telemetry
    configure_logging(level=telemetry.log_level, log_format=telemetry.log_format, secrets=secret_values(settings))
    wired = build(settings)
    stop_tracing = start_tracing(telemetry.otel_exporter_otlp_endpoint, service="storekeep-api", version=wired.config.version)
    if wired.config.tracing:
        trace_clients(wired.db.runtime_engine, wired.db.system_engine)
    hub = wired.services.get(LiveHub)
    app = make_app(wired, stop_tracing)
    server = make_server(app, wired.config, host=settings.web.host, port=settings.web.port, on_stopping=hub.end_all)
    server.run()


def make_app(wired: Wired, stop_tracing: Callable[[], None] = lambda: None) -> FastAPI:
    """The app on these connections, which it closes when it stops, as it does tracing.

    Not after the server has run: it ends the process by the signal that stopped it.
    """

    @asynccontextmanager
    async def resources() -> AsyncIterator[None]:
        waker = ArqWaker(wired.settings.redis.url.get_secret_value())
        ledger.set_waker(waker)
        try:
            yield
        finally:
            ledger.set_waker(None)
            await waker.close()
            await wired.close()
            await to_thread.run_sync(stop_tracing)

    return create_app(wired.services, ROOMS, wired.config, checks=readiness(wired), resources=resources)


def readiness(wired: Wired) -> dict[str, Check]:
    """What /readyz asks."""

    async def database() -> str | None:
        async with wired.db.runtime_engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return None

    async def redis() -> str | None:
        await wired.redis.ping()
        return None

    async def schema() -> str | None:
        return None if await migrations.at_head(wired.db.runtime_engine) else "behind"

    async def demo() -> str | None:
        return None if await is_imported(wired.redis, full=wired.settings.demo.demo_full) else "importing"

    checks: dict[str, Check] = {"database": database, "redis": redis, "migrations": schema}
    return checks | {"demo": demo} if wired.settings.demo.demo else checks


def openapi_app(settings: Settings) -> FastAPI:
    """The app for describing it: nothing is connected to."""
    return make_app(build(settings))
