"""Health, readiness, metrics, meta, and what the log says of a request."""

from __future__ import annotations

import asyncio
import io
import json

import httpx
import pytest

from storekeep.entry.api import health
from storekeep.runtime.web.config import DemoLogin, WebConfig
from tests.entry.api import sample
from tests.entry.api.test_errors import check


async def _ok() -> str | None:
    return None


async def _importing() -> str | None:
    return "importing the demo: 812 of 19,960 orders"


async def _raising() -> str | None:
    raise ConnectionRefusedError("secret-detail")


async def _hanging() -> str | None:
    await asyncio.sleep(60)
    return None


def client_of(redis_url: str, **checks: health.Check) -> httpx.AsyncClient:
    app = sample.make_app(WebConfig(app_url="http://test", support_contact="help@storekeep.test"), redis_url, dict(checks))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", verify=False)


async def test_ready_when_every_check_is(redis_url: str) -> None:
    async with client_of(redis_url, database=_ok, redis=_ok) as client:
        response = await client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "checks": {"database": "ok", "redis": "ok"}}


async def test_not_ready_says_what_is_not(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_TIMEOUT_S", 0.05)
    async with client_of(redis_url, database=_raising, redis=_ok, demo=_importing, migrations=_hanging) as client:
        response = await client.get("/readyz")
        alive = await client.get("/healthz")
    expected = {"database": "away", "redis": "ok", "demo": "importing the demo: 812 of 19,960 orders", "migrations": "away"}
    check(response, 503, "NOT_READY", checks=expected)
    assert response.headers["retry-after"] == "1"
    assert alive.status_code == 200


async def test_metrics_count_by_route_and_never_by_path(http: httpx.AsyncClient) -> None:
    await http.get("/api/things/019a7f3e-5b7c-7d1e-8f00-c0ffee000001")
    await http.get("/some/page")
    text = (await http.get("/metrics")).text
    assert 'storekeep_http_requests_total{method="GET",route="/api/things/{thing_id}",status="409"}' in text
    assert 'storekeep_http_requests_total{method="GET",route="spa",status="200"}' in text
    assert 'storekeep_http_request_seconds_bucket{le="0.005",method="GET"' in text
    assert "c0ffee" not in text
    assert "/some/page" not in text


async def test_meta_shows_the_demo_login_only_where_there_is_one(http: httpx.AsyncClient, redis_url: str) -> None:
    assert (await http.get("/api/meta")).json() == {"environment": "embedded", "version": "1.2.3", "demo": None}
    app = sample.make_app(WebConfig(app_url="http://test", demo=DemoLogin("owner@demo.test", "open")), redis_url)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", verify=False) as client:
        meta = (await client.get("/api/meta")).json()
    assert meta["demo"] == {"email": "owner@demo.test", "password": "open"}


async def logged(logs: io.StringIO, request_id: str, event: str) -> list[str]:
    """The lines of a request, once the event is among them: an answer may arrive before the server has written its log."""
    for _ in range(500):
        lines = [line for line in logs.getvalue().splitlines() if request_id in line]
        if any(json.loads(line)["event"] == event for line in lines):
            return lines
        await asyncio.sleep(0.01)
    raise AssertionError(f"no {event} of {request_id} in {logs.getvalue()}")


async def test_the_log_has_the_request_but_not_its_query(http: httpx.AsyncClient, logs: io.StringIO) -> None:
    request_id = "log-test-0123456789"
    await http.get("/api/things?q=ada@example.com", headers={"x-request-id": request_id})
    lines = [json.loads(line) for line in await logged(logs, request_id, "request")]
    assert [(line["event"], line["path"], line["route"], line["status"]) for line in lines] == [
        ("request", "/api/things", "/api/things", 200)
    ]
    assert "ada@example.com" not in logs.getvalue()


async def test_the_unexpected_is_logged_with_its_stack(http: httpx.AsyncClient, logs: io.StringIO) -> None:
    request_id = "log-test-9876543210"
    await http.get("/api/failures/unexpected", headers={"x-request-id": request_id})
    text = "\n".join(await logged(logs, request_id, "request_failed"))
    assert "fail_unexpectedly" in text
