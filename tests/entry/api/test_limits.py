"""The rate limit as a client sees it: headers on every answer, 429 with Retry-After, one user's quota being its own."""

from __future__ import annotations

import re

import httpx
from fastapi import FastAPI

from storekeep.kit.ids import uuid7
from storekeep.runtime.web.limits import RateClasses, RequestLimits
from tests.entry.api import sample
from tests.entry.api.test_errors import check

FIELD = re.compile(r'"api";r=(\d+);t=(\d+)')


async def test_quota_headers_and_refusal(http: httpx.AsyncClient) -> None:
    user = uuid7().hex
    for left in (4, 3, 2, 1, 0):
        response = await http.get("/api/session/limited", params={"user": user})
        assert response.status_code == 200
        assert response.headers["ratelimit-policy"] == '"api";q=5;w=60'
        match = FIELD.fullmatch(response.headers["ratelimit"])
        assert match is not None
        assert int(match[1]) == left
        assert 1 <= int(match[2]) <= 60
    refused = await http.get("/api/session/limited", params={"user": user})
    check(refused, 429, "RATE_LIMITED", limit=5)
    assert refused.json()["error"]["retryable"] is True
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit"].startswith('"api";r=0;')
    other = await http.get("/api/session/limited", params={"user": uuid7().hex})
    assert other.status_code == 200


async def test_without_redis_this_process_counts_alone(config: sample.WebConfig) -> None:
    app = sample.make_app(config, "redis://127.0.0.1:1/0")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", verify=False) as client:
        statuses = [(await client.get("/api/session/limited?user=a")).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


async def test_live_requests_have_a_class_of_their_own(app: FastAPI) -> None:
    classes = app.state.services.get(RequestLimits).classes
    assert classes.live.name != classes.api.name
    assert RateClasses.of(100).live.quota >= 600
