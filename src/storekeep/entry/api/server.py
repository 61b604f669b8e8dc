"""The HTTP server: uvicorn, with refusals in our own words and streams that end when it is asked to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http import HTTPStatus

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from storekeep.kit import clock
from storekeep.kit.ids import uuid7
from storekeep.runtime.web.config import WebConfig
from storekeep.runtime.web.headers import RawHeaders, security_headers
from storekeep.runtime.web.problems import problem_body, problem_headers, problem_of
from storekeep.runtime.web.refusals import HeadersTooLarge, HttpRefusal, MalformedRequest

MAX_HEAD_BYTES = 64 * 1024
GRACE_S = 10
# Longer than a proxy keeps its side open, or the proxy would send a request into a connection we are closing.
KEEP_ALIVE_S = 75


def protocol_class(config: WebConfig) -> type[HttpToolsProtocol]:
    """uvicorn's protocol, which reads request heads of any length and answers malformed ones in plain text; this one does not."""
    common = security_headers(config)

    class Protocol(HttpToolsProtocol):
        _head_bytes = 0
        _in_body = False
        # uvicorn's own access log has query strings and follows the logger's handlers, not its setting; the shell keeps ours.
        access_log = property(lambda self: False, lambda self, value: None)

        def data_received(self, data: bytes) -> None:
            if not self._in_body:
                self._head_bytes += len(data)
                if self._head_bytes > MAX_HEAD_BYTES + len(data):
                    self._refuse(HeadersTooLarge())
                    return
            super().data_received(data)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._in_body = False

        def on_headers_complete(self) -> None:
            self._in_body = True
            self._head_bytes = 0
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            super().on_message_complete()
            self._in_body = False
            self._head_bytes = 0

        def _unsupported_upgrade_warning(self) -> None:
            """Anybody may offer another protocol: that we go on with HTTP is no news for the log."""

        def send_400_response(self, msg: str) -> None:
            self._refuse(MalformedRequest())

        def _refuse(self, refusal: HttpRefusal) -> None:
            if self.transport.is_closing():
                return
            request_id = uuid7().hex
            problem = problem_of(refusal)
            body = problem_body(problem, request_id=request_id, moment=clock.now(), support=config.support_contact)
            headers: RawHeaders = [*problem_headers(problem, len(body)), *common]
            headers += [(b"x-request-id", request_id.encode()), (b"connection", b"close")]
            reason = HTTPStatus(problem.status).phrase.encode("ascii")
            head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
            self.transport.write(b"HTTP/1.1 %d %s\r\n" % (problem.status, reason) + head + b"\r\n" + body)
            self.transport.close()

    return Protocol


class ApiServer(uvicorn.Server):
    """A uvicorn server that calls `on_stopping` before it waits for open responses: live streams never end by themselves."""

    def __init__(self, config: uvicorn.Config, on_stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stopping = on_stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking connections, end the streams, wait for the rest."""
        self._on_stopping()
        await super().shutdown(sockets=sockets)


def make_server(
    app: ASGIApp, config: WebConfig, *, host: str, port: int, on_stopping: Callable[[], None] = lambda: None
) -> ApiServer:
    """A server of `app` on `host`:`port` (0 picks a free one); run it with `await server.serve()` or `server.run()`.

    Logging is left to whoever configured it; forwarded addresses are believed from FORWARDED_ALLOW_IPS (default 127.0.0.1).
    """
    settings = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=protocol_class(config),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    return ApiServer(settings, on_stopping)
