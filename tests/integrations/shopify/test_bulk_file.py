"""Bulk files over a real socket: every line once however the line breaks, constant memory, and nothing short is believed."""

from __future__ import annotations

import asyncio
import gzip
import re
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storekeep.integrations.shopify.bulk import BulkOperation
from storekeep.integrations.shopify.bulk_file import BulkFiles
from storekeep.integrations.shopify.errors import BulkFailed, BulkFileIncomplete, ShopifyUnavailable
from storekeep.runtime.http import Outside, Timeouts, make_client


def lines_of(count: int, width: int = 40) -> list[bytes]:
    return [b'{"id":"gid://shopify/Order/%d","x":"%s"}' % (n, b"y" * (width - 30 - len(str(n)))) for n in range(count)]


@dataclass
class FileServer:
    """Serves one file over HTTP, as badly as told: `cuts` are byte counts after which a connection is broken, in turn."""

    content: bytes
    cuts: list[int] = field(default_factory=list)
    ranges: bool = True
    gzipped: bool = False
    statuses: list[int] = field(default_factory=list)
    etag: str | None = '"v1"'
    heads: list[str] = field(default_factory=list)
    quiet_cut: bool = False  # ends the body as if it were whole (chunked), instead of breaking the connection
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bulk.jsonl?signature=secret"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            await self.answer(head, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            return
        body = gzip.compress(self.content) if self.gzipped else self.content
        wanted = re.search(r"range: bytes=(\d+)-", head, re.IGNORECASE)
        start = int(wanted[1]) if wanted and self.ranges else 0
        status_line = "206 Partial" if start else "200 OK"
        lines = [f"HTTP/1.1 {status_line}", "Connection: close"]
        if self.etag:
            lines.append(f"ETag: {self.etag}")
        if self.gzipped:
            lines.append("Content-Encoding: gzip")
        if start:
            lines.append(f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}")
        body = body[start:]
        cut = self.cuts.pop(0) if self.cuts else None
        if not self.quiet_cut:
            lines.append(f"Content-Length: {len(body)}")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        for place in range(0, len(body) if cut is None else cut, 65_536):
            writer.write(body[place : min(place + 65_536, len(body) if cut is None else cut)])
            await writer.drain()
        if cut is not None and not self.quiet_cut:
            await asyncio.sleep(0.01)
            writer.transport.abort()


Serve = Callable[[FileServer], Awaitable[tuple[FileServer, BulkFiles]]]


@asynccontextmanager
async def serving(server: FileServer) -> AsyncIterator[tuple[FileServer, BulkFiles]]:
    async def nap(_seconds: float) -> None:
        return None

    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server, BulkFiles(Outside(one_client(), service="shopify"), allow_http=True, sleep=nap)
    finally:
        listener.close()


@lru_cache(maxsize=1)
def one_client() -> httpx.AsyncClient:
    """The client of all these tests: making one reads the certificates of the whole system."""
    return make_client(Timeouts(connect=1, read=1, total=5))


def operation(server: FileServer, count: int, **changes: object) -> BulkOperation:
    made = BulkOperation(
        id="gid://shopify/BulkOperation/1",
        status="COMPLETED",
        error_code=None,
        created_at=None,
        object_count=count,
        root_count=count,
        file_size=len(server.content),
        query="",
        url=server.url,
        partial_url=None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def read(files: BulkFiles, of: BulkOperation, batch_bytes: int = 1000, **more: object) -> list[bytes]:
    found: list[bytes] = []
    async with files.batches(of, batch_bytes=batch_bytes, **more) as batches:  # type: ignore[arg-type]
        async for batch in batches:
            assert batch
            found += batch
    return found


def jsonl(lines: list[bytes], *, end: bytes = b"\n") -> bytes:
    return b"\n".join(lines) + (end if lines else b"")


@pytest.mark.parametrize("end", [b"\n", b""])
@pytest.mark.parametrize("count", [1, 2, 500])
async def test_every_line_comes_once_in_order_without_its_end(count: int, end: bytes) -> None:
    wanted = lines_of(count)
    async with serving(FileServer(jsonl(wanted, end=end))) as (server, files):
        assert await read(files, operation(server, count)) == wanted
    assert len(server.heads) == 1


async def test_nothing_of_ours_is_sent_to_the_files_host() -> None:
    async with serving(FileServer(jsonl(lines_of(3)))) as (server, files):
        await read(files, operation(server, 3))
    head = server.heads[0].lower()
    assert "x-shopify-access-token" not in head
    assert "authorization" not in head
    assert "cookie" not in head


async def test_nothing_matched_means_no_file_and_no_call() -> None:
    async with serving(FileServer(b"")) as (server, files):
        assert await read(files, operation(server, 0, url=None, file_size=None)) == []
        with pytest.raises(BulkFileIncomplete):
            await read(files, operation(server, 5, url=None, file_size=None))
    assert server.heads == []


@settings(max_examples=100, deadline=None)
@given(data=st.data())
async def test_breaks_anywhere_lose_and_double_nothing(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 200))
    wanted = lines_of(count, data.draw(st.integers(50, 400)))
    content = jsonl(wanted)
    server = FileServer(
        content,
        cuts=data.draw(st.lists(st.integers(0, len(content)), max_size=4)),
        ranges=data.draw(st.booleans()),
        gzipped=data.draw(st.booleans()),
        etag=data.draw(st.sampled_from(['"v1"', None])),
    )
    async with serving(server) as (server, files):
        assert await read(files, operation(server, count), batch_bytes=data.draw(st.integers(1, 5000))) == wanted


async def test_a_break_is_taken_up_where_it_was_not_read_again() -> None:
    wanted = lines_of(2000)
    async with serving(FileServer(jsonl(wanted), cuts=[30_000])) as (server, files):
        assert await read(files, operation(server, 2000)) == wanted
    again = re.search(r"range: bytes=(\d+)-", server.heads[1], re.IGNORECASE)
    assert again
    assert 0 < int(again[1]) <= 30_000
    assert 'if-range: "v1"' in server.heads[1].lower()


async def test_a_file_that_changed_between_breaks_is_not_believed() -> None:
    async with serving(FileServer(jsonl(lines_of(2000)), cuts=[30_000])) as (server, files):

        async def change() -> None:
            while not server.heads:
                await asyncio.sleep(0.001)
            server.etag = '"v2"'

        with pytest.raises(BulkFileIncomplete):
            await asyncio.gather(read(files, operation(server, 2000)), change())


@pytest.mark.parametrize("lost", [1, 10, 100, 5_000])
async def test_a_file_that_ends_early_as_if_whole_is_not_believed(lost: int) -> None:
    content = jsonl(lines_of(500))
    async with serving(FileServer(content, cuts=[len(content) - lost], quiet_cut=True)) as (server, files):
        with pytest.raises(BulkFileIncomplete) as caught:
            await read(files, operation(server, 500))
    assert caught.value.retryable


async def test_without_a_stated_size_the_count_and_the_last_brace_decide() -> None:
    content = jsonl(lines_of(500))
    async with serving(FileServer(content, cuts=[len(content) - 10], quiet_cut=True)) as (server, files):
        with pytest.raises(BulkFileIncomplete):
            await read(files, operation(server, 500, file_size=None))
    async with serving(FileServer(content)) as (server, files):
        assert len(await read(files, operation(server, 500, file_size=None))) == 500
        for wrong in (499, 501):
            with pytest.raises(BulkFileIncomplete):
                await read(files, operation(server, wrong, file_size=None))


async def test_shopify_in_trouble_is_waited_out_but_not_for_ever() -> None:
    wanted = lines_of(10)
    async with serving(FileServer(jsonl(wanted), statuses=[503, 500, 429, 200])) as (server, files):
        assert await read(files, operation(server, 10)) == wanted
    async with serving(FileServer(jsonl(wanted), statuses=[503] * 50)) as (server, files):
        with pytest.raises(ShopifyUnavailable):
            await read(files, operation(server, 10))
    assert len(server.heads) == 6


async def test_an_expired_address_is_renewed_once() -> None:
    wanted = lines_of(10)
    async with serving(FileServer(jsonl(wanted), statuses=[403, 200])) as (server, files):
        old = operation(server, 10)

        async def renew() -> BulkOperation:
            return replace(old, url=f"{old.url}&fresh=1")

        assert await read(files, old, renew=renew) == wanted
        assert "fresh=1" in server.heads[1]
    async with serving(FileServer(b"", statuses=[403, 403])) as (server, files):
        with pytest.raises(BulkFailed):
            await read(files, operation(server, 10))


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "ftp://x/y", "file:///etc/passwd", "//x/y"])
async def test_only_tls_addresses_are_fetched(url: str) -> None:
    client = make_client()
    files = BulkFiles(Outside(client, service="shopify"))
    async with serving(FileServer(b"")) as (server, _):
        with pytest.raises(BulkFailed):
            await read(files, operation(server, 1, url=url))
    await client.aclose()


async def test_memory_stays_flat_whatever_the_size() -> None:
    for count in (5_000, 80_000):
        async with serving(FileServer(jsonl(lines_of(count, 300)))) as (server, files):
            tracemalloc.start()
            seen = 0
            async with files.batches(operation(server, count)) as batches:
                async for batch in batches:
                    seen += len(batch)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert seen == count
        assert peak < 12_000_000


async def test_leaving_early_closes_the_connection() -> None:
    async with serving(FileServer(jsonl(lines_of(200_000, 200)))) as (server, files):
        async with files.batches(operation(server, 200_000), batch_bytes=10_000) as batches:
            async for _ in batches:
                break
        pool = one_client()._transport._pool  # type: ignore[attr-defined]
        assert [connection for connection in pool.connections if not connection.is_idle()] == []


async def test_an_endless_line_does_not_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storekeep.integrations.shopify.bulk_file._MAX_LINE_BYTES", 100_000)
    async with serving(FileServer(b"x" * 1_000_000)) as (server, files):
        with pytest.raises(BulkFileIncomplete):
            await read(files, operation(server, 1))
