"""Calls to outside services: one way to make the client, bound every call, and name what went wrong.

Retrying, breaking and reading the answer's meaning belong to each integration. Nothing here logs a query, a header or a body.
"""

from __future__ import annotations

import asyncio
import ssl
import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import httpx
import structlog
from opentelemetry import trace

from storekeep.kit.errors import AppError, Kind

USER_AGENT = f"Storekeep/{version('storekeep')}"
MAX_ANSWER_BYTES = 32 * 1024 * 1024
# How much a piece of compressed data may become at once; keeps a small bomb from filling memory before the cap is checked.
_INFLATE_STEP = 1024 * 1024

log = structlog.get_logger(__name__)
_tracer = trace.get_tracer("storekeep.http")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Bounds of one call in seconds. `read` is the longest silence; `total` covers everything, connecting included."""

    connect: float = 5.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 10.0
    total: float = 60.0


class OutsideError(AppError):
    """A call to an outside service brought no answer. `reached` says whether the service may have received the request."""

    code = "OUTSIDE_UNAVAILABLE"
    kind = Kind.UNAVAILABLE
    message = "An outside service did not answer. Please try again."

    def __init__(self, *, service: str, operation: str, reached: bool, reason: str) -> None:
        super().__init__(details={"service": service, "operation": operation, "reason": reason})
        self.reached = reached


class OutsideTimeout(OutsideError):
    """The answer did not come in time."""

    code = "OUTSIDE_TIMEOUT"
    message = "An outside service took too long to answer. Please try again."


class OutsideUnreachable(OutsideError):
    """No connection could be made: nothing was sent."""

    code = "OUTSIDE_UNREACHABLE"
    message = "An outside service cannot be reached. Please try again."


class OutsideBroken(OutsideError):
    """The connection broke before the whole answer was here."""

    code = "OUTSIDE_BROKEN"
    message = "The connection to an outside service broke. Please try again."


class OutsideTlsFailed(OutsideError):
    """The service's certificate is not trusted: nothing was sent, and trying again at once will not help."""

    code = "OUTSIDE_TLS_FAILED"
    message = "An outside service could not prove who it is, so nothing was sent."

    def __init__(self, *, service: str, operation: str, reached: bool, reason: str) -> None:
        super().__init__(service=service, operation=operation, reached=reached, reason=reason)
        self.retryable = False


class OutsideTooLarge(OutsideError):
    """The answer is larger than anything expected; reading was stopped."""

    code = "OUTSIDE_TOO_LARGE"
    kind = Kind.UPSTREAM
    message = "An outside service sent an unusable answer."

    def __init__(self, *, service: str, operation: str, reached: bool, reason: str) -> None:
        super().__init__(service=service, operation=operation, reached=reached, reason=reason)
        self.retryable = False


@cache
def _trusted() -> ssl.SSLContext:
    """Certifi's authorities. Reading them takes as long as ten requests, so all clients of a process share them."""
    return httpx.create_ssl_context(trust_env=False)


def make_client(
    timeouts: Timeouts | None = None,
    *,
    max_connections: int = 100,
    proxy: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """A client with every timeout set, no redirects, bounded connections; close it with `aclose`.

    The environment is not trusted: a stray proxy variable or .netrc must not get our traffic or add an Authorization header.
    Give an egress proxy as `proxy`.
    """
    bounds = timeouts or Timeouts()
    return httpx.AsyncClient(
        timeout=httpx.Timeout(connect=bounds.connect, read=bounds.read, write=bounds.write, pool=bounds.pool),
        limits=httpx.Limits(max_connections=max_connections, max_keepalive_connections=max_connections // 2, keepalive_expiry=30),
        headers={"user-agent": USER_AGENT, "accept-encoding": "gzip"},
        follow_redirects=False,
        trust_env=False,
        verify=_trusted(),
        proxy=proxy,
        transport=transport,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of any status; the body is decompressed."""

    status: int
    headers: httpx.Headers
    body: bytes


class StreamedAnswer:
    """An answer whose body is read piece by piece with `chunks()`, once."""

    def __init__(self, response: httpx.Response, *, max_bytes: int | None, service: str, operation: str) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.raw_bytes = 0
        self._response = response
        self._max = max_bytes
        self._about = (service, operation)

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The decompressed body. Raises OutsideTooLarge past `max_bytes`, OutsideBroken when it ends before its end."""
        seen = 0
        inflate = self._inflater()
        async for raw in self._response.aiter_raw():
            self.raw_bytes += len(raw)
            if inflate is None:
                seen += len(raw)
                self._check(seen)
                yield raw
                continue
            try:
                for piece in inflate.feed(raw):
                    seen += len(piece)
                    self._check(seen)
                    yield piece
            except zlib.error as error:
                raise self._fault(OutsideBroken, "bad compression") from error
        if inflate is not None and not inflate.finished:
            raise self._fault(OutsideBroken, "compressed body cut short")

    def _inflater(self) -> _Inflater | None:
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("", "identity"):
            return None
        if encoding in ("gzip", "x-gzip"):
            return _Inflater()
        raise self._fault(OutsideBroken, "unknown content encoding")

    def _check(self, seen: int) -> None:
        if self._max is not None and seen > self._max:
            raise self._fault(OutsideTooLarge, f"more than {self._max} bytes")

    def _fault(self, kind: type[OutsideError], reason: str) -> OutsideError:
        service, operation = self._about
        return kind(service=service, operation=operation, reached=True, reason=reason)


class _Inflater:
    """Gzip, in steps of bounded size, several members allowed."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(31)
        self._fed = False

    @property
    def finished(self) -> bool:
        return self._zlib.eof or not self._fed

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._fed = True
        while True:
            if self._zlib.eof and data:
                self._zlib = zlib.decompressobj(31)
            piece = self._zlib.decompress(data, _INFLATE_STEP)
            data = self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail
            if piece:
                yield piece
            # A full piece may leave output inside the decompressor even when no input is left.
            if not data and len(piece) < _INFLATE_STEP:
                return


class Outside:
    """One outside service as seen from here: its calls are bounded, traced, and fail with an `OutsideError`."""

    def __init__(self, client: httpx.AsyncClient, *, service: str, timeouts: Timeouts | None = None) -> None:
        """`client` from `make_client` with the same `timeouts`; `service` names it in errors and traces ("shopify")."""
        self._client = client
        self._service = service
        self._timeouts = timeouts or Timeouts()

    async def send(
        self,
        method: str,
        url: str,
        *,
        operation: str,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        deadline_s: float | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """The whole answer, whatever its status; `operation` names the call in errors and traces.

        `deadline_s` overrides the total timeout. Raises an OutsideError when there is no whole answer.
        """
        bounds = self._timeouts.total if deadline_s is None else deadline_s
        async with self.stream(
            method, url, operation=operation, headers=headers, content=content, deadline_s=bounds, max_bytes=max_bytes
        ) as answer:
            body = b"".join([chunk async for chunk in answer.chunks()])
        return Answer(answer.status, answer.headers, body)

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        *,
        operation: str,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        deadline_s: float | None = None,
        max_bytes: int | None = None,
    ) -> AsyncIterator[StreamedAnswer]:
        """The answer as soon as its headers are here. Without `deadline_s` only silence (the read timeout) ends it.

        What is raised by httpx inside the block is translated too.
        """
        started = time.monotonic()
        status: int | None = None
        outcome = "ok"
        host = _host(url)
        attributes = {"server.address": host, "http.request.method": method, "storekeep.operation": operation}
        # Neither exception texts nor URLs go into spans: both can hold what a customer or a token is called.
        with _tracer.start_as_current_span(
            f"{self._service} {operation}",
            kind=trace.SpanKind.CLIENT,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                async with asyncio.timeout(deadline_s) if deadline_s is not None else nullcontext():
                    request = self._client.build_request(method, url, headers=headers, content=content)
                    response = await self._client.send(request, stream=True)
                    try:
                        status = response.status_code
                        span.set_attribute("http.response.status_code", status)
                        yield StreamedAnswer(response, max_bytes=max_bytes, service=self._service, operation=operation)
                    finally:
                        await response.aclose()
            except OutsideError as error:
                outcome = error.code
                raise
            except (httpx.TransportError, httpx.InvalidURL, TimeoutError) as error:
                translated = self._translate(error, operation)
                outcome = translated.code
                raise translated from error
            finally:
                if outcome != "ok":
                    span.set_attribute("error.type", outcome)
                    span.set_status(trace.StatusCode.ERROR)
                log.debug(
                    "outside_call",
                    service=self._service,
                    operation=operation,
                    host=host,
                    status=status,
                    outcome=outcome,
                    duration_ms=round((time.monotonic() - started) * 1000),
                )

    def _translate(self, error: Exception, operation: str) -> OutsideError:
        kind, reached = _classify(error)
        return kind(service=self._service, operation=operation, reached=reached, reason=type(error).__name__)


def _host(url: str) -> str:
    try:
        return httpx.URL(url).host
    except httpx.InvalidURL:
        return ""


def _classify(error: Exception) -> tuple[type[OutsideError], bool]:
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return OutsideTimeout, False
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return OutsideTimeout, True
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        return (OutsideTlsFailed if _is_tls(error) else OutsideUnreachable), False
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL | httpx.LocalProtocolError):
        return OutsideUnreachable, False
    return OutsideBroken, True


def _is_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    # Counted, for a chain of causes can be a circle.
    for _ in range(10):
        if isinstance(cause, ssl.SSLError):
            return True
        cause = None if cause is None else cause.__cause__ or cause.__context__
    return "CERTIFICATE_VERIFY_FAILED" in str(error)
