"""One connection to Redis that carries many calls at once: what every request asks costs a quarter of a pooled client's call.

A pooled client looks after its connection at every use and waits in a task of its own for every answer. Here calls are written as
they come and answered in their order; an answer nobody waits for any more is passed over, so giving up costs no connection.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any
from weakref import WeakKeyDictionary

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import ResponseError

Arg = str | int | float | bytes


class _Line:
    """A live connection, taken out of the client's pool, and who waits for what it answers, in order."""

    def __init__(self, pool: ConnectionPool, connection: AbstractConnection, loop: asyncio.AbstractEventLoop) -> None:
        self._pool = pool
        self._connection = connection
        self._loop = loop
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._listener: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        # The budget of each call bounds writing and reading alike; the pool's own timeouts would cost a task a call.
        self._settings = connection.socket_timeout, connection.health_check_interval
        connection.socket_timeout, connection.health_check_interval = None, 0

    def serves(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether calls of that loop can be made here."""
        return self._closing is None and self._loop is loop and bool(self._connection.is_connected)

    async def call(self, message: bytes, budget_s: float) -> Any:
        """Send a packed command and wait for its answer."""
        answer: asyncio.Future[Any] = self._loop.create_future()
        # From here to the writing nothing else runs, so that answers come in the order of this queue.
        self._waiting.append(answer)
        if self._listener is None:
            self._listener = self._loop.create_task(self._listen())
        timer = self._loop.call_later(budget_s, self._give_up, answer)
        try:
            await self._connection.send_packed_command(message, check_health=False)
            return await answer
        except BaseException:
            answer.cancel()
            raise
        finally:
            timer.cancel()

    async def _listen(self) -> None:
        # Only while somebody waits: an idle connection needs no task, and none is left over when the loop ends.
        try:
            while self._waiting:
                try:
                    value = await self._connection.read_response(disconnect_on_error=False)
                except ResponseError as error:
                    self._answer(error)
                else:
                    self._answer(value)
        except Exception as error:
            self._close(error)
        finally:
            self._listener = None

    def _answer(self, value: Any) -> None:
        answer = self._waiting.popleft()
        if answer.done():
            return
        if isinstance(value, Exception):
            answer.set_exception(value)
        else:
            answer.set_result(value)

    def _give_up(self, answer: asyncio.Future[Any]) -> None:
        if not answer.done():
            answer.set_exception(TimeoutError())
            self._close(TimeoutError())

    def _close(self, error: Exception) -> None:
        if self._closing is not None:
            return
        if self._listener is not None:
            self._listener.cancel()
        while self._waiting:
            self._answer(error)
        self._closing = self._loop.create_task(self._give_back())

    async def _give_back(self) -> None:
        self._connection.socket_timeout, self._connection.health_check_interval = self._settings
        try:
            await self._connection.disconnect(nowait=True)
        finally:
            await self._pool.release(self._connection)


class RedisLine:
    """Calls over the one shared connection of a client, which is opened at need and closed with the client."""

    def __init__(self, redis: Redis) -> None:
        self._pool: ConnectionPool = redis.connection_pool
        self._line: _Line | None = None
        self._opening: asyncio.Task[_Line] | None = None

    async def call(self, *command: Arg, budget_s: float) -> Any:
        """The answer to a command; raises RedisError, OSError or TimeoutError, after which it is unknown whether it ran.

        A connection that turns out to have been closed while idle (Redis was started anew) is replaced, once.
        """
        message = _packed(command)
        loop = asyncio.get_running_loop()
        line = self._line
        if line is not None and line.serves(loop):
            try:
                return await line.call(message, budget_s)
            except (Disconnected, OSError) as error:
                if isinstance(error, TimeoutError):
                    raise
        async with asyncio.timeout(budget_s):
            line = await self._opened(loop)
        return await line.call(message, budget_s)

    async def _opened(self, loop: asyncio.AbstractEventLoop) -> _Line:
        if self._line is not None and self._line.serves(loop):
            return self._line
        opening = self._opening
        if opening is None or opening.done() or opening.get_loop() is not loop:
            opening = self._opening = loop.create_task(self._open(loop))
            opening.add_done_callback(_look_at)
        # Others wait for the same one; who gives up leaves it to them.
        return await asyncio.shield(opening)

    async def _open(self, loop: asyncio.AbstractEventLoop) -> _Line:
        self._line = _Line(self._pool, await self._pool.get_connection(), loop)
        return self._line


_LINES: WeakKeyDictionary[Redis, RedisLine] = WeakKeyDictionary()


def line_of(redis: Redis) -> RedisLine:
    """The line beside a client; everybody who asks for the same client's shares it."""
    line = _LINES.get(redis)
    if line is None:
        line = _LINES[redis] = RedisLine(redis)
    return line


def _packed(command: tuple[Arg, ...]) -> bytes:
    parts = [b"*%d\r\n" % len(command)]
    for part in command:
        raw = part if isinstance(part, bytes) else str(part).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(raw), raw))
    return b"".join(parts)


def _look_at(opening: asyncio.Task[_Line]) -> None:
    # Everybody who waited may have given up; then nobody looks at why it failed, and asyncio would complain.
    if not opening.cancelled():
        opening.exception()
