"""Is the process alive, is it ready, and what does it count: /healthz, /readyz, /metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

import structlog
from fastapi import APIRouter, Response
from starlette.routing import BaseRoute

from storekeep.runtime.telemetry import METRICS_TYPE, Metrics
from storekeep.runtime.web.refusals import NotReady
from storekeep.runtime.web.routes import refusals, strict_router
from storekeep.runtime.web.schemas import Read

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[str | None]]
"""None when all is well, or a word for what is not; raising counts as "away"."""

CHECK_TIMEOUT_S = 3.0


class HealthRead(Read):
    """The process answers."""

    status: Literal["ok"]


class ReadinessRead(Read):
    """Everything the process depends on answers."""

    status: Literal["ready"]
    checks: dict[str, str]


def health_routes(checks: Mapping[str, Check], metrics: Metrics) -> list[BaseRoute]:
    """The three routes. `checks` run side by side, each for at most CHECK_TIMEOUT_S."""
    router: APIRouter = strict_router(tags=["health"])

    @router.get("/healthz", summary="Is the process alive", openapi_extra={"security": []})
    async def read_health() -> HealthRead:
        """Answers as long as the process can answer at all; depends on nothing."""
        return HealthRead(status="ok")

    @router.get("/readyz", summary="Is the service ready", openapi_extra={"security": []}, responses=refusals(NotReady))
    async def read_readiness() -> ReadinessRead:
        """200 when database, Redis and migrations are in order (embedded: and the demo imported), else 503 saying what is not."""
        names = list(checks)
        answers = dict(zip(names, await asyncio.gather(*(_run(name, checks[name]) for name in names)), strict=True))
        if any(answer != "ok" for answer in answers.values()):
            raise NotReady(details={"checks": answers}, retry_after=1)
        return ReadinessRead(status="ready", checks=answers)

    @router.get("/metrics", include_in_schema=False)
    async def read_metrics() -> Response:
        return Response(metrics.exposition(), headers={"content-type": METRICS_TYPE})

    return list(router.routes)


async def _run(name: str, check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await check() or "ok"
    except Exception as error:
        # The reason may hold an address or a password; it goes to the log, which is ours.
        log.warning("readiness_check_failed", check=name, reason=type(error).__name__)
        return "away"
