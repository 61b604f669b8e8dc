"""A wire to PostgreSQL that notes every statement that passes, and can be held or cut at one."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_SSL_REQUEST = 80877103
_IDLE = b"I"


class Wire:
    """A relay in front of a server.

    `sent` lists the statements in the order they were run; `outside` those that were prepared or run while the server stood
    outside any transaction, besides the ones that begin one.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._hold = self._cut = ""
        self._freed = asyncio.Event()
        self._lines: set[asyncio.Task[None]] = set()
        self.sent: list[str] = []
        self.outside: list[str] = []
        self.reached = asyncio.Event()

    def hold(self, words: str) -> None:
        """Keep back the next statement that begins with `words`; `reached` tells when it came, `free` lets it go."""
        self._hold = words
        self._freed.clear()
        self.reached.clear()

    def free(self) -> None:
        """Let go what is held."""
        self._hold = ""
        self._freed.set()

    def cut(self, words: str) -> None:
        """Break the connection over which the next statement comes that begins with `words`, before it reaches the server."""
        self._cut = words

    async def serve(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """Relay one connection until either side ends it."""
        server, requests = await asyncio.open_connection(*self._target)
        line = _Line(self, client, requests)
        await line.start(server, answers)
        both = [asyncio.create_task(line.up()), asyncio.create_task(line.down(server, answers))]
        self._lines.update(both)
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
                with suppress(asyncio.CancelledError, OSError, asyncio.IncompleteReadError):
                    await task
            answers.close()
            requests.close()

    async def pass_on(self, statement: str, state: bytes, *, runs: bool) -> bool:
        """Note a statement, wait while it is held; False when the connection breaks here."""
        if runs:
            self.sent.append(statement)
        if state == _IDLE and not statement.startswith("BEGIN"):
            self.outside.append(statement)
        if self._cut and statement.startswith(self._cut):
            self._cut = ""
            return False
        if self._hold and runs and statement.startswith(self._hold):
            self.reached.set()
            await self._freed.wait()
        return True


class _Line:
    """One connection through the wire."""

    def __init__(self, wire: Wire, client: asyncio.StreamReader, requests: asyncio.StreamWriter) -> None:
        self._wire = wire
        self._client = client
        self._requests = requests
        self._prepared: dict[bytes, str] = {}
        self._state = _IDLE

    async def start(self, server: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """The first message, which has no kind: a request for TLS is answered with one letter, and asks again."""
        code = _SSL_REQUEST
        while code == _SSL_REQUEST:
            size = await self._client.readexactly(4)
            body = await self._client.readexactly(struct.unpack("!i", size)[0] - 4)
            self._requests.write(size + body)
            code = struct.unpack("!i", body[:4])[0]
            if code == _SSL_REQUEST:
                answers.write(await server.readexactly(1))

    async def up(self) -> None:
        """From the client to the server, message by message."""
        while True:
            kind = await self._client.readexactly(1)
            size = await self._client.readexactly(4)
            body = await self._client.readexactly(struct.unpack("!i", size)[0] - 4)
            statement = self._statement(kind, body)
            if statement is not None and not await self._wire.pass_on(statement, self._state, runs=kind != b"P"):
                return
            self._requests.write(kind + size + body)

    async def down(self, server: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """From the server to the client; where the server stands is told at the end of each answer."""
        while True:
            kind = await server.readexactly(1)
            size = await server.readexactly(4)
            body = await server.readexactly(struct.unpack("!i", size)[0] - 4)
            if kind == b"Z":
                self._state = body
            answers.write(kind + size + body)

    def _statement(self, kind: bytes, body: bytes) -> str | None:
        if kind == b"Q":
            return body[:-1].decode()
        if kind == b"P":
            name, query, _ = body.split(b"\0", 2)
            self._prepared[name] = query.decode()
            return self._prepared[name]
        if kind == b"B":
            return self._prepared[body.split(b"\0", 2)[1]]
        return None


@asynccontextmanager
async def wire_to(dsn: str) -> AsyncIterator[tuple[Wire, int]]:
    """A wire to the server of `dsn`, and the port it listens on."""
    address = urlsplit(dsn)
    assert address.hostname and address.port
    wire = Wire(address.hostname, address.port)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    try:
        yield wire, server.sockets[0].getsockname()[1]
    finally:
        wire.free()
        server.close()


def through(dsn: str, port: int) -> str:
    """The same address by way of a wire's port."""
    parts = urlsplit(dsn)
    login = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{login}@127.0.0.1:{port}").geturl()
