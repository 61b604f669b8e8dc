"""Bodies beyond the limit are refused before they are taken in: by declared length, by counting, and never by unpacking."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from storekeep.runtime.web.config import MIB
from tests.entry.api.test_errors import check

# What the server may have taken off the socket beyond the limit: its read-ahead, and one read of the event loop.
SLACK = 64 * 1024 + 256 * 1024

_SERVER = """
import asyncio, pathlib, sys
from tests.entry.api import sample
from storekeep.entry.api.server import make_server
from storekeep.runtime.logging import configure_logging
from storekeep.runtime.web.config import WebConfig

configure_logging(level="ERROR")
config = WebConfig(app_url="http://127.0.0.1:8000")
app = sample.make_app(config, "redis://127.0.0.1:1/0")
server = make_server(app, config, host="127.0.0.1", port=0)

async def main():
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    await task

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def process() -> Iterator[tuple[psutil.Process, int]]:
    """The sample app in a process of its own, so that its memory can be watched; Redis is away, which bodies do not mind."""
    root = Path(__file__).parents[3]
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_SERVER)],
        stdout=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root}/src:{root}"},
        text=True,
    )
    assert child.stdout is not None
    port = int(child.stdout.readline())
    yield psutil.Process(child.pid), port
    child.terminate()
    child.wait(10)


def push(port: int, head: str, chunks: Iterator[bytes]) -> tuple[int, bytes]:
    """Send a request by hand until the server stops taking it; how many body bytes went out, and the answer."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        # A small send buffer, or the kernel would hide how much the server really took.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
        connection.sendall(head.encode())
        try:
            for chunk in chunks:
                connection.sendall(chunk)
                sent += len(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
    return sent, answer


def head(extra: str, path: str = "/api/things") -> str:
    common = "Host: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\nConnection: close"
    return f"POST {path} HTTP/1.1\r\n{common}\r\n{extra}\r\n\r\n"


def blocks(total: int, size: int = 64 * 1024) -> Iterator[bytes]:
    block = b"[" * size
    for _ in range(total // size):
        yield block


def chunked(total: int, size: int = 64 * 1024) -> Iterator[bytes]:
    for block in blocks(total, size):
        yield b"%x\r\n" % size + block + b"\r\n"
    yield b"0\r\n\r\n"


def test_a_declared_hundred_megabytes_are_refused_unread(process: tuple[psutil.Process, int]) -> None:
    server, port = process
    push(port, head("Content-Length: 2"), iter([b"{}"]))  # warm up
    before = server.memory_info().rss
    began = time.monotonic()
    sent, answer = push(port, head(f"Content-Length: {100 * MIB}"), blocks(100 * MIB))
    assert b"413" in answer.split(b"\r\n")[0]
    assert sent < 8 * MIB  # in the kernel's buffers; the server read none of it
    assert server.memory_info().rss - before < 20 * MIB
    assert time.monotonic() - began < 5


def test_a_chunked_hundred_megabytes_stop_at_the_limit(process: tuple[psutil.Process, int]) -> None:
    server, port = process
    before = server.memory_info().rss
    read_before = server.io_counters().read_chars
    sent, answer = push(port, head("Transfer-Encoding: chunked"), chunked(100 * MIB))
    assert b"413" in answer.split(b"\r\n")[0]
    assert server.io_counters().read_chars - read_before <= MIB + SLACK
    assert sent < 100 * MIB
    assert server.memory_info().rss - before < 20 * MIB


def test_a_gzip_bomb_is_not_unpacked(process: tuple[psutil.Process, int]) -> None:
    server, port = process
    bomb = gzip.compress(b"\0" * (64 * MIB))  # 64 kB on the wire; as a gigabyte would be, it is refused by its header
    before = server.memory_info().rss
    _, answer = push(port, head(f"Content-Encoding: gzip\r\nContent-Length: {len(bomb)}"), iter([bomb]))
    assert answer.startswith(b"HTTP/1.1 415 ")
    assert b"UNSUPPORTED_MEDIA_TYPE" in answer
    assert server.memory_info().rss - before < 20 * MIB


def test_the_server_still_answers(process: tuple[psutil.Process, int]) -> None:
    _, port = process
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
async def test_the_limit_is_exact(http: httpx.AsyncClient, declared: bool) -> None:
    def body(size: int) -> bytes:
        return b'{"name":"a"}'.ljust(size)

    async def pieces(size: int) -> AsyncIterator[bytes]:
        for start in range(0, size, 100_000):
            yield body(size)[start : start + 100_000]

    async def post(size: int) -> httpx.Response:
        content = body(size) if declared else pieces(size)
        return await http.post("/api/things", content=content, headers={"content-type": "application/json"})

    assert (await post(MIB)).status_code == 201
    check(await post(MIB + 1), 413, "PAYLOAD_TOO_LARGE")


async def test_a_route_may_take_more(http: httpx.AsyncClient) -> None:
    assert (await http.post("/webhooks/sample", content=b"x" * (3 * MIB))).json() == {"bytes": 3 * MIB}
    check(await http.post("/webhooks/sample", content=b"x" * (3 * MIB + 1)), 413, "PAYLOAD_TOO_LARGE", limitBytes=3 * MIB)


async def test_unknown_addresses_refuse_long_bodies_too(http: httpx.AsyncClient) -> None:
    check(await http.post("/api/nothing", content=b"x" * (2 * MIB)), 413, "PAYLOAD_TOO_LARGE")
