"""Outside calls against a real socket: every way an answer can fail to come has its own name, and memory stays bounded."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import subprocess
import tempfile
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storekeep.runtime.http import (
    Outside,
    OutsideBroken,
    OutsideError,
    OutsideTimeout,
    OutsideTlsFailed,
    OutsideTooLarge,
    OutsideUnreachable,
    Timeouts,
    make_client,
)

QUICK = Timeouts(connect=1, read=0.3, write=0.3, pool=0.3, total=1.0)
Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A raw server: reads one request's head, then lets `handler` write bytes."""

    async def on_connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await handler(head, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(on_connect, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def outside(timeouts: Timeouts = QUICK) -> AsyncIterator[Outside]:
    client = make_client(timeouts)
    try:
        yield Outside(client, service="test", timeouts=timeouts)
    finally:
        await client.aclose()


def reply(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def always(data: bytes) -> Handler:
    async def handler(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return handler


async def expect(kind: type[OutsideError], handler: Handler, *, reached: bool, **send: object) -> OutsideError:
    async with serving(handler) as url, outside() as service:
        with pytest.raises(OutsideError) as caught:
            await service.send("POST", url, operation="op", content=b"{}", **send)  # type: ignore[arg-type]
    assert type(caught.value) is kind
    assert caught.value.reached is reached
    assert caught.value.details["service"] == "test"
    return caught.value


async def silence(_head: bytes, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def reset(_head: bytes, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def test_any_status_is_an_answer_and_redirects_are_not_followed() -> None:
    for status in ("200 OK", "302 Found", "404 Not Found", "502 Bad Gateway"):
        async with serving(always(reply(b"hello", status, "Location: http://127.0.0.1:1/"))) as url, outside() as service:
            answer = await service.send("GET", url, operation="op")
        assert (answer.status, answer.body) == (int(status[:3]), b"hello")


async def test_user_agent_and_only_gzip_are_announced() -> None:
    seen: list[bytes] = []

    async def handler(head: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(head.lower())
        writer.write(reply(b""))

    async with serving(handler) as url, outside() as service:
        await service.send("GET", url, operation="op")
    assert b"user-agent: storekeep/" in seen[0]
    assert b"accept-encoding: gzip\r\n" in seen[0]


async def test_silence_is_a_timeout_that_may_have_been_received() -> None:
    error = await expect(OutsideTimeout, silence, reached=True)
    assert error.retryable


async def test_dripping_answers_meet_the_total_deadline() -> None:
    async def drip(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(b"", length=1000))
        for _ in range(1000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    await expect(OutsideTimeout, drip, reached=True, deadline_s=0.5)


async def test_reset_and_early_end_are_broken() -> None:
    await expect(OutsideBroken, reset, reached=True)
    await expect(OutsideBroken, always(reply(b"short", length=500)), reached=True)
    await expect(OutsideBroken, always(b"not http at all\r\n\r\n"), reached=True)


async def test_nobody_listening_means_nothing_was_sent() -> None:
    async with outside() as service:
        for url in ("http://127.0.0.1:1/", "http://no-such-host.invalid/", "gopher://x/", "http://[::bad/"):
            with pytest.raises(OutsideUnreachable) as caught:
                await service.send("POST", url, operation="op")
            assert caught.value.reached is False


async def test_untrusted_certificate_is_named_and_not_retried() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cert, key = Path(folder, "c.pem"), Path(folder, "k.pem")
        command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout {key} -out {cert}"
        subprocess.run(command.split(), check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
    async with serving(always(reply(b"hello")), context) as url, outside() as service:
        with pytest.raises(OutsideTlsFailed) as caught:
            await service.send("POST", url, operation="op")
    assert not caught.value.retryable
    assert caught.value.reached is False


async def test_size_cap_holds_with_and_without_a_stated_length() -> None:
    await expect(OutsideTooLarge, always(reply(b"x" * 2000)), reached=True, max_bytes=1000)
    endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 2000
    error = await expect(OutsideTooLarge, always(endless), reached=True, max_bytes=1000)
    assert not error.retryable


async def test_gzip_is_read_even_in_several_members() -> None:
    body = gzip.compress(b"hello ") + gzip.compress(b"world" * 300_000)
    async with serving(always(reply(body, "200 OK", "Content-Encoding: gzip"))) as url, outside() as service:
        answer = await service.send("GET", url, operation="op")
    assert answer.body == b"hello " + b"world" * 300_000


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(gzip.compress(b"x" * 100_000)[:-20], "gzip"), (b"this is not gzip", "gzip"), (b"hello", "br")],
)
async def test_bad_compression_is_broken(body: bytes, encoding: str) -> None:
    await expect(OutsideBroken, always(reply(body, "200 OK", f"Content-Encoding: {encoding}")), reached=True)


async def test_a_gzip_bomb_stops_at_the_cap_without_filling_memory() -> None:
    bomb = gzip.compress(b"\0" * 300_000_000, 9)
    tracemalloc.start()
    try:
        await expect(OutsideTooLarge, always(reply(bomb, "200 OK", "Content-Encoding: gzip")), reached=True, max_bytes=5_000_000)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


async def test_a_stream_gives_pieces_and_translates_a_break_half_way() -> None:
    async def half(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(b"x" * 100_000, length=200_000))
        await writer.drain()
        writer.transport.abort()

    got = 0
    async with serving(half) as url, outside() as service:
        with pytest.raises(OutsideBroken):
            async with service.stream("GET", url, operation="op") as answer:
                assert answer.status == 200
                async for chunk in answer.chunks():
                    got += len(chunk)
        assert answer.raw_bytes == got
    assert 0 < got <= 100_000


async def test_proxy_variables_of_the_environment_are_not_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with serving(always(reply(b"direct"))) as url, outside() as service:
        assert (await service.send("GET", url, operation="op")).body == b"direct"


async def test_a_full_pool_is_our_timeout_and_nothing_was_sent() -> None:
    client = make_client(QUICK, max_connections=1)
    service = Outside(client, service="test", timeouts=QUICK)
    try:
        async with serving(silence) as url:
            answers = await asyncio.gather(
                *(service.send("GET", url, operation="op", deadline_s=2) for _ in range(2)), return_exceptions=True
            )
    finally:
        await client.aclose()
    assert all(isinstance(a, OutsideTimeout) for a in answers)
