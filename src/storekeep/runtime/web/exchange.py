"""One request and its response as they pass the shell: bytes counted on the way in, headers and gzip added on the way out."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from storekeep.runtime.web import compression
from storekeep.runtime.web.headers import RawHeaders
from storekeep.runtime.web.problems import Problem, problem_body, problem_headers
from storekeep.runtime.web.refusals import PayloadTooLarge

if TYPE_CHECKING:
    from storekeep.runtime.web.shell import Shell

SCOPE_KEY = "storekeep.exchange"
LINGER_S = 0.5
_NO_BODY = frozenset({204, 304})


class Exchange:
    """The state of one request inside the shell.

    The response's start is held back until its first body chunk: an error that happens in between, as in a stream's first step,
    can still be told properly.
    """

    __slots__ = (
        "_body_left",
        "_pending",
        "_receive",
        "_send",
        "_shell",
        "allowed_origin",
        "body_limit",
        "extra_headers",
        "gzip",
        "long_body",
        "refusal",
        "request_id",
        "sent_bytes",
        "started",
        "status",
        "streamed",
    )

    def __init__(self, shell: Shell, request_id: str, receive: Receive, send: Send) -> None:
        self._shell = shell
        self._receive = receive
        self._send = send
        self._pending: Message | None = None
        self._body_left = True
        self.request_id = request_id
        self.body_limit = 0
        self.long_body = False
        self.gzip = False
        self.allowed_origin: bytes | None = None
        self.extra_headers: RawHeaders = []
        self.refusal: PayloadTooLarge | None = None
        self.started = False
        self.streamed = False
        self.status = 0
        self.sent_bytes = 0

    async def receive(self) -> Message:
        """The next piece of the request. Raises PayloadTooLarge as soon as more than the limit has come in."""
        if self.refusal is not None:
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] != "http.request":
            self._body_left = False
            return message
        self._body_left = bool(message.get("more_body", False))
        self.body_limit -= len(message.get("body", b""))
        if self.body_limit < 0:
            # Remembered, for code between here and the shell may swallow the exception and answer something else.
            self.refusal = PayloadTooLarge()
            raise self.refusal
        return message

    async def send(self, message: Message) -> None:
        """Pass a piece of the response on, the first one with everything the shell adds."""
        if self.refusal is not None and not self.started:
            return
        kind = message["type"]
        if kind == "http.response.start":
            self._pending = message
            return
        pending, self._pending = self._pending, None
        if pending is not None:
            self.streamed = bool(message.get("more_body", False))
            await self._start(pending, message)
        self.sent_bytes += len(message.get("body", b""))
        await self._send(message)

    async def refuse(self, problem: Problem, moment: datetime, support: str) -> None:
        """Answer with a problem instead of whatever was under way. Only while nothing has been sent."""
        self.refusal = None
        body = problem_body(problem, request_id=self.request_id, moment=moment, support=support)
        headers = problem_headers(problem, len(body))
        linger = self.long_body and self._body_left
        if linger:
            headers.append((b"connection", b"close"))
        self._pending = {"type": "http.response.start", "status": problem.status, "headers": headers}
        await self.send({"type": "http.response.body", "body": body, "more_body": linger})
        if linger:
            # The rest of the body is never read. Closing with it unread resets the connection, and a reset can overtake the
            # answer; a client that has the whole answer goes away by itself.
            self.streamed = False
            await asyncio.sleep(LINGER_S)
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _start(self, start: Message, body: Message) -> None:
        headers: RawHeaders = list(start.get("headers", ()))
        self.status = start["status"]
        present = dict(headers)
        kind = present.get(b"content-type", b"")
        if compression.compressible(kind) and self.status not in _NO_BODY:
            headers.append((b"vary", b"Accept-Encoding"))
            content: bytes = body.get("body", b"")
            if (
                self.gzip
                and not self.streamed
                and len(content) >= compression.MIN_BYTES
                and b"content-encoding" not in present
                and self.status != 206
            ):
                packed = await compression.compress(content)
                body["body"] = packed
                headers = [(name, value) for name, value in headers if name != b"content-length"]
                headers.append((b"content-encoding", b"gzip"))
                headers.append((b"content-length", str(len(packed)).encode()))
        headers.extend(self.extra_headers)
        headers.append((b"x-request-id", self.request_id.encode("ascii")))
        self._shell.complete_headers(headers, present, self.allowed_origin)
        self.started = True
        await self._send({**start, "headers": headers})


def exchange_of(connection: HTTPConnection | Scope) -> Exchange:
    """The exchange a request belongs to. Raises LookupError outside the shell: the app was put together wrongly."""
    scope: Any = connection.scope if isinstance(connection, HTTPConnection) else connection
    try:
        exchange: Exchange = scope[SCOPE_KEY]
    except KeyError:
        raise LookupError("this app is not inside the web shell") from None
    return exchange


def request_id_of(connection: HTTPConnection) -> str:
    """The id of this request, which is also in its response's X-Request-Id and in every log line."""
    return exchange_of(connection).request_id
