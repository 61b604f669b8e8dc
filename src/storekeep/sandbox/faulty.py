"""Lets the faults that are set happen to an answer: bad statuses, pages, hangs, resets, cut bodies."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from storekeep.sandbox.faults import Fault

_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>openresty</body></html>"
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of zero: closing sends a reset


class Aborted(Response):
    """No answer at all: the connection is cut, after `start` bytes of a body that promised more, if any."""

    def __init__(self, promised: bytes = b"", media_type: str = "application/jsonl") -> None:
        super().__init__()
        self._promised = promised
        self._type = media_type.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cuts the connection."""
        if self._promised:
            headers = [(b"content-length", str(len(self._promised)).encode()), (b"content-type", self._type)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": self._promised[: len(self._promised) // 2], "more_body": True})
            await asyncio.sleep(0.05)  # let the bytes leave before the cut
        transport = scope.get("sandbox.transport")
        if transport is None:
            raise ConnectionResetError("the server gives no hold on its connection")
        connection = transport.get_extra_info("socket")
        if connection is not None and not self._promised:
            with contextlib.suppress(OSError, ValueError):  # the client may have closed it already
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
        await asyncio.sleep(0.02)  # the server learns of the cut before we return


async def _hang(request: Request, seconds: float) -> Response:
    """Waits until the client gives up, `seconds` at most, and cuts the connection."""
    waiting = asyncio.ensure_future(request.receive())
    done, _ = await asyncio.wait({waiting}, timeout=seconds)
    if not done:
        waiting.cancel()
    return Aborted()


async def answer(fault: Fault | None, request: Request, produce: Callable[[], Awaitable[Response]]) -> Response:
    """The answer of `produce`, as the fault would have it. Kinds that shape a GraphQL result are the producer's own business."""
    kind = fault.kind if fault else ""
    if fault is None or kind in ("throttled", "partial", "wrong_count"):
        return await produce()
    if kind == "http_502":
        return HTMLResponse(_PAGE.format("502 Bad Gateway"), 502)
    if kind == "http_503":
        return JSONResponse({"errors": "Service Unavailable"}, 503)
    if kind == "status":
        return JSONResponse({"errors": f"Status {fault.status}"}, fault.status)
    if kind == "html":
        return HTMLResponse(_PAGE.format("Something went wrong"), fault.status)
    if kind == "hang":
        return await _hang(request, fault.seconds)
    if kind == "reset":
        return Aborted()
    if kind == "slow":
        await asyncio.sleep(fault.seconds)
        return await produce()
    response = await produce()
    if kind == "hang_after":
        return await _hang(request, fault.seconds)
    if kind == "reset_after":
        return Aborted()
    body = bytes(response.body)
    if kind == "truncated":
        return Aborted(body)
    # invalid_json, cut: whole as HTTP, cut as content
    return Response(body[: len(body) // 2], response.status_code, media_type=response.headers.get("content-type"))
