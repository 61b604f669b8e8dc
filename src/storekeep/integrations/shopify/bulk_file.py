"""Reading a bulk operation's file: batches of JSON lines, in constant memory, resumed when the line breaks, counted to the end.

This is the hot path of an import: nothing here looks inside a line.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress

import structlog

from storekeep.integrations.shopify.bulk import BulkOperation
from storekeep.integrations.shopify.errors import BulkFailed, BulkFileIncomplete, ShopifyUnavailable
from storekeep.runtime.http import Outside, OutsideBroken, OutsideError, StreamedAnswer
from storekeep.runtime.retry import DEFAULT_BACKOFF, Backoff, Dice, Sleep

BATCH_BYTES = 1024 * 1024
_MAX_LINE_BYTES = 64 * 1024 * 1024
_AHEAD = 2  # batches read from the network while the caller works on one

log = structlog.get_logger(__name__)

Batch = list[bytes]
Renew = Callable[[], Awaitable[BulkOperation]]


class BulkFiles:
    """Fetches bulk files. They lie on another host under a signed address: no token is ever sent there."""

    def __init__(
        self,
        outside: Outside,
        *,
        allow_http: bool = False,
        backoff: Backoff = DEFAULT_BACKOFF,
        sleep: Sleep = asyncio.sleep,
        dice: Dice = random.random,
    ) -> None:
        """`allow_http` only where Shopify itself is reached without TLS (a stand-in)."""
        self.outside = outside
        self.allow_http = allow_http
        self.backoff = backoff
        self.sleep = sleep
        self.dice = dice

    @asynccontextmanager
    async def batches(
        self, operation: BulkOperation, *, batch_bytes: int = BATCH_BYTES, renew: Renew | None = None
    ) -> AsyncIterator[AsyncIterator[Batch]]:
        """Within the block, an iterator over batches of lines (bytes without the line end), about `batch_bytes` each.

        A completed operation without a file matched nothing. A broken connection is taken up again where it broke. `renew` gives
        the operation with a fresh address when the old one has expired. Only when the iterator ends by itself was everything
        read: it raises BulkFileIncomplete when lines are missing, BulkFailed when the file is gone, ShopifyUnavailable when it
        cannot be fetched; what was read before that must not be believed.
        """
        reader = _Reader(self, operation, batch_bytes, renew)
        queue: asyncio.Queue[Batch | BaseException | None] = asyncio.Queue(maxsize=_AHEAD)
        task = asyncio.create_task(_pump(reader, queue))
        try:
            yield _drain(queue)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _pump(reader: _Reader, queue: asyncio.Queue[Batch | BaseException | None]) -> None:
    end: BaseException | None = None
    try:
        async with aclosing(reader.read()) as batches:
            async for batch in batches:
                await queue.put(batch)
    except Exception as error:
        end = error
    await queue.put(end)


async def _drain(queue: asyncio.Queue[Batch | BaseException | None]) -> AsyncIterator[Batch]:
    while True:
        item = await queue.get()
        if item is None:
            return
        if isinstance(item, BaseException):
            raise item
        yield item


class _AddressExpired(Exception):
    """The signed address is no longer good."""


class _Reader:
    """One reading of one file, over as many connections as it takes."""

    def __init__(self, files: BulkFiles, operation: BulkOperation, batch_bytes: int, renew: Renew | None) -> None:
        self._files = files
        self._operation = operation
        self._batch_bytes = batch_bytes
        self._renew = renew
        self._seen = 0  # bytes of the file read so far, decompressed
        self._lines = 0
        self._carry = b""  # the line begun but not ended
        self._pieces: list[bytes] = []  # read but not yet split; kept over a break
        self._held = 0
        self._etag: str | None = None
        self._plain = True  # not compressed on the way, so that a byte range means the same to both sides

    async def read(self) -> AsyncGenerator[Batch]:
        """All batches; then the counts are compared."""
        if self._operation.url is not None:
            breaks = 0
            while True:
                seen = self._seen
                try:
                    async with aclosing(self._connection()) as batches:
                        async for batch in batches:
                            yield batch
                    break
                except _AddressExpired:
                    await self._renewed()
                except OutsideError as error:
                    # Progress since the last break starts the count of breaks anew.
                    breaks = 1 if self._seen > seen else breaks + 1
                    await self._rest(error, breaks)
            if self._pieces and (batch := self._split()):
                yield batch
        last = [self._carry] if self._carry else []
        self._lines += len(last)
        # Before the last line, which is the one that may be cut.
        self._verify()
        if last:
            yield last

    async def _connection(self) -> AsyncGenerator[Batch]:
        url = self._operation.url or ""
        if not url.startswith("https://") and not (self._files.allow_http and url.startswith("http://")):
            raise BulkFailed(details={"reason": "address"}, retryable=False)
        headers = {"range": f"bytes={self._seen}-"} if self._seen and self._plain else {}
        if headers and self._etag:
            headers["if-range"] = self._etag
        async with self._files.outside.stream("GET", url, operation="bulk_file", headers=headers) as answer:
            skip = self._place(answer)
            async with aclosing(answer.chunks()) as chunks:
                async for piece in chunks:
                    if skip:
                        piece, skip = piece[skip:], max(0, skip - len(piece))
                    self._seen += len(piece)
                    self._held += len(piece)
                    self._pieces.append(piece)
                    if self._held >= self._batch_bytes and (batch := self._split()):
                        yield batch

    def _place(self, answer: StreamedAnswer) -> int:
        """How many bytes of this answer we have already. Raises when it is not the file, or no longer the same one."""
        if answer.status in (401, 403, 404, 410):
            raise _AddressExpired
        if answer.status not in (200, 206):
            raise OutsideBroken(service="shopify", operation="bulk_file", reached=True, reason=f"status {answer.status}")
        if not self._seen:
            self._etag = answer.headers.get("etag")
            self._plain = "content-encoding" not in answer.headers
        elif self._etag and answer.headers.get("etag", self._etag) != self._etag:
            raise self._incomplete("changed")
        if answer.status == 200:
            return self._seen
        if not answer.headers.get("content-range", "").startswith(f"bytes {self._seen}-"):
            raise self._incomplete("range")
        return 0

    def _split(self) -> Batch:
        data = b"".join((self._carry, *self._pieces))
        if not self._lines and data[:1] not in (b"{", b""):
            raise self._incomplete("not JSON lines")
        lines = data.split(b"\n")
        self._pieces.clear()
        self._held = 0
        self._carry = lines.pop()
        if len(self._carry) > _MAX_LINE_BYTES:
            raise self._incomplete("endless line")
        if b"" in lines:
            lines = [line for line in lines if line]
        self._lines += len(lines)
        return lines

    def _verify(self) -> None:
        size = self._operation.file_size
        if self._carry and not self._carry.endswith(b"}"):
            raise self._incomplete("cut line")
        if self._lines != self._operation.object_count:
            raise self._incomplete("lines")
        if size is not None and self._operation.url is not None and size != self._seen:
            raise self._incomplete("bytes")

    def _incomplete(self, reason: str) -> BulkFileIncomplete:
        return BulkFileIncomplete(
            details={"reason": reason, "lines": self._lines, "expected": self._operation.object_count, "bytes": self._seen}
        )

    async def _rest(self, error: OutsideError, breaks: int) -> None:
        backoff = self._files.backoff
        if breaks > backoff.retries or not error.retryable:
            raise ShopifyUnavailable(details={"operation": "bulk_file", "reason": error.code}) from error
        log.info("shopify_bulk_file_resumed", bulk_id=self._operation.id, at_byte=self._seen, breaks=breaks)
        await self._files.sleep(backoff.delay(breaks, dice=self._files.dice))

    async def _renewed(self) -> None:
        old, self_renew = self._operation, self._renew
        self._renew = None
        if self_renew is None:
            raise BulkFailed(details={"reason": "file_gone"})
        self._operation = await self_renew()
        if self._operation.url is None or self._operation.url == old.url:
            raise BulkFailed(details={"reason": "file_gone"})
