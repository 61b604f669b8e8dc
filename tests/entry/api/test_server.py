"""What the server itself refuses, before there is a request; and that stopping does not wait for live streams."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from storekeep.runtime.live import LiveHub, LiveNews
from storekeep.runtime.web.config import WebConfig
from tests.entry.api import sample


def exchange(address: str, data: bytes) -> tuple[bytes, dict[str, str], bytes]:
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    headers = dict(line.decode().lower().split(": ", 1) for line in lines)
    return status, headers, body


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"nonsense\r\n\r\n", b"400", "MALFORMED_REQUEST"),
        (b"GET /api/meta HTTP/9.9\r\nHost: x\r\n\r\n", b"400", "MALFORMED_REQUEST"),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"400", "MALFORMED_REQUEST"),
        (b"GET /api/meta HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", b"400", "MALFORMED_REQUEST"),
        (b"POST /api/things HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400", "MALFORMED_REQUEST"),
        (b"GET /api/meta HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", b"431", "HEADERS_TOO_LARGE"),
        (b"GET /" + b"y" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"431", "HEADERS_TOO_LARGE"),
    ],
)
def test_malformed_heads(address: str, data: bytes, status: bytes, code: str) -> None:
    line, headers, body = exchange(address, data)
    assert line.split()[1] == status
    assert json.loads(body)["error"]["code"] == code
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert json.loads(body)["requestId"] == headers["x-request-id"]


@pytest.mark.parametrize("hosts", [b"", b"Host: a\r\nHost: b\r\n"], ids=["none", "two"])
def test_one_host_is_needed(address: str, hosts: bytes) -> None:
    line, _, body = exchange(address, b"GET /api/meta HTTP/1.1\r\nConnection: close\r\n" + hosts + b"\r\n")
    assert line.split()[1] == b"400"
    assert json.loads(body)["error"]["code"] == "MALFORMED_REQUEST"


def test_a_websocket_is_not_spoken_and_no_news(address: str, caplog: pytest.LogCaptureFixture) -> None:
    request = b"GET /api/meta HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"
    line, _, _ = exchange(address, request)
    assert line.split()[1] == b"200"  # as RFC 9110 §7.8 lets us: the upgrade is ignored
    assert "upgrade" not in caplog.text.lower()


def test_long_heads_in_turn_are_fine(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        for _ in range(5):
            assert client.get("/api/meta", headers={"x-padding": "y" * 40_000}).status_code == 200


async def test_a_browser_that_goes_leaves_nothing_behind(address: str, app: FastAPI, redis_url: str) -> None:
    hub = app.state.services.get(LiveHub)
    channel = f"live:{sample.TENANT}"
    async with Redis.from_url(redis_url) as redis, httpx.AsyncClient(base_url=address, verify=False) as client:
        async with client.stream("GET", "/api/session/live") as response:
            assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert "content-encoding" not in response.headers
            lines = response.aiter_lines()
            assert await anext(lines) == ": connected"
            assert (await anext(lines)).startswith("retry: ")
            assert dict(await redis.pubsub_numsub(channel))[channel.encode()] == 1
            await LiveNews(redis).publish(sample.TENANT, "sync.progress", {"n": 1}, permission="order:read")
            received = [line async for line in _until(lines, "data:")]
            assert any(line == "event: sync.progress" for line in received)
        for _ in range(100):
            if hub.followers == 0 and dict(await redis.pubsub_numsub(channel))[channel.encode()] == 0:
                break
            await asyncio.sleep(0.02)
        assert hub.followers == 0
        assert dict(await redis.pubsub_numsub(channel))[channel.encode()] == 0


async def _until(lines: AsyncIterator[str], start: str) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line.startswith(start):
            return


def test_stopping_ends_live_streams(config: WebConfig, redis_url: str) -> None:
    app = sample.make_app(config, redis_url)
    received: list[str] = []
    connected = threading.Event()

    def follow(url: str) -> None:
        with httpx.Client(timeout=30) as client, client.stream("GET", f"{url}/api/session/live") as response:
            for line in response.iter_lines():
                received.append(line)
                connected.set()

    with sample.serving(app, config) as url:
        thread = threading.Thread(target=follow, args=(url,))
        thread.start()
        assert connected.wait(5)
        began = time.monotonic()
    thread.join(5)
    assert not thread.is_alive()
    assert time.monotonic() - began < 4
    assert received[0] == ": connected"
