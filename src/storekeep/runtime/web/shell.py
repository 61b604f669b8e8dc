"""The one ASGI layer around the app: request id, checks before routing, errors, headers, gzip, access log, metrics.

One layer instead of eight: each costs every request a few microseconds and an await, and their order would matter.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from storekeep.kit import clock
from storekeep.kit.ids import uuid7
from storekeep.runtime.telemetry import Metrics
from storekeep.runtime.web.access import UNMATCHED, AccessLog
from storekeep.runtime.web.compression import accepts_gzip
from storekeep.runtime.web.config import WebConfig
from storekeep.runtime.web.exchange import SCOPE_KEY, Exchange
from storekeep.runtime.web.headers import RawHeaders, security_headers
from storekeep.runtime.web.origin import Origins, cors_headers, preflight_headers
from storekeep.runtime.web.problems import problem_of
from storekeep.runtime.web.refusals import CrossSiteRefused, MalformedRequest, PayloadTooLarge, UnsupportedMediaType

log = structlog.get_logger(__name__)

_REQUEST_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_WANTED = frozenset(
    {
        b"host",
        b"origin",
        b"sec-fetch-site",
        b"content-length",
        b"content-encoding",
        b"transfer-encoding",
        b"accept-encoding",
        b"access-control-request-method",
        b"x-request-id",
    }
)
CLIENT_CLOSED = 499
READ_AHEAD = 64 * 1024  # what the server takes off the socket by itself

BodyLimits = Sequence[tuple[re.Pattern[str], int]]


class Shell:
    """Pure ASGI middleware. `body_limits` lists (path pattern, bytes) of the routes that take more than the default."""

    def __init__(
        self,
        app: ASGIApp,
        config: WebConfig,
        metrics: Metrics,
        body_limits: BodyLimits = (),
    ) -> None:
        self._app = app
        self._config = config
        self._metrics = metrics
        self._body_limits = body_limits
        self._access = AccessLog(as_json=config.json_log)
        self._origins = Origins(config)
        self._security = security_headers(config)
        self._vary_origin = self._origins.has_allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds of connection pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        given = _headers(scope)
        request_id = _request_id(given.get(b"x-request-id"))
        exchange = Exchange(self, request_id, receive, send)
        scope[SCOPE_KEY] = exchange
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            if self._admit(scope, given, exchange):
                await self._app(scope, exchange.receive, exchange.send)
                if exchange.refusal is not None and not exchange.started:
                    raise exchange.refusal
            else:
                await self._answer_preflight(given[b"origin"], exchange)
        except ClientDisconnect:
            exchange.status = exchange.status or CLIENT_CLOSED
        except Exception as error:
            await self._tell(error, exchange)
        finally:
            self._record(scope, exchange, time.perf_counter() - began)
            structlog.contextvars.unbind_contextvars("request_id")

    def complete_headers(self, headers: RawHeaders, present: dict[bytes, bytes], allowed_origin: bytes | None) -> None:
        """Append to `headers` what every response carries and this one has not said itself."""
        headers.extend(pair for pair in self._security if pair[0] not in present)
        if allowed_origin is not None:
            headers.extend(cors_headers(allowed_origin))
        if self._vary_origin:
            headers.append((b"vary", b"Origin"))

    def _admit(self, scope: Scope, given: dict[bytes, bytes], exchange: Exchange) -> bool:
        """The checks that need no route. True: go on; False: a preflight to be answered. Raises the refusals."""
        exchange.gzip = accepts_gzip(given.get(b"accept-encoding", b""))
        length = given.get(b"content-length")
        chunked = b"transfer-encoding" in given
        declared = int(length) if length is not None and length.isdigit() and len(length) < 19 else 0
        exchange.long_body = chunked or declared > READ_AHEAD
        exchange.body_limit = self._config.body_limit
        _check_text(scope)
        path: str = scope["path"]
        self._origins.check_host(given.get(b"host"), path)
        origin = given.get(b"origin")
        if self._origins.is_allowed(origin):
            exchange.allowed_origin = origin
        if scope["method"] == "OPTIONS" and origin is not None and b"access-control-request-method" in given:
            if exchange.allowed_origin is None:
                raise CrossSiteRefused("That origin may not call this API.")
            exchange.allowed_origin = None  # the preflight's own headers say it
            return False
        self._origins.check_same_origin(scope["method"], path, given.get(b"sec-fetch-site"), origin)
        if chunked or declared:
            self._check_body(path, declared, given.get(b"content-encoding"), exchange)
        return True

    def _check_body(self, path: str, declared: int, encoding: bytes | None, exchange: Exchange) -> None:
        if encoding is not None and encoding.strip().lower() != b"identity":
            raise UnsupportedMediaType("Compressed request bodies are not accepted.")
        if not exchange.long_body:
            return
        exchange.body_limit = self._limit_of(path)
        if declared > exchange.body_limit:
            raise PayloadTooLarge(details={"limitBytes": exchange.body_limit})

    def _limit_of(self, path: str) -> int:
        for pattern, limit in self._body_limits:
            if pattern.match(path):
                return limit
        return self._config.body_limit

    async def _answer_preflight(self, origin: bytes, exchange: Exchange) -> None:
        await exchange.send({"type": "http.response.start", "status": 204, "headers": preflight_headers(origin)})
        await exchange.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, error: Exception, exchange: Exchange) -> None:
        problem = problem_of(error)
        if problem.unexpected:
            log.error("request_failed", code=problem.code, exc_info=error)
        elif problem.status >= 500:
            log.warning("request_failed", code=problem.code, reason=type(error).__name__)
        if exchange.started:
            # Too late to tell: cut the response short, so that the client sees it is not whole.
            raise error
        await exchange.refuse(problem, clock.now(), self._config.support_contact)

    def _record(self, scope: Scope, exchange: Exchange, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or UNMATCHED
        status = exchange.status or 500
        method: str = scope["method"]
        self._metrics.observe_request(method, route, status, None if exchange.streamed else seconds)
        self._access.write(method, scope["path"], route, status, seconds, exchange.sent_bytes, exchange.request_id)


def _headers(scope: Scope) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _WANTED:
            if name == b"host" and name in found:
                return {**found, b"host": b""}  # two hosts are none
            found[name] = value
    return found


def _request_id(given: bytes | None) -> str:
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given.decode("ascii")
    return uuid7().hex


def _check_text(scope: Scope) -> None:
    """Refuse a path or query that is not UTF-8 text without NUL: such text can neither be stored nor compared."""
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    query: bytes = scope["query_string"]
    for raw in (raw_path, query):
        if (b"%" in raw or not raw.isascii()) and not _is_text(raw):
            raise MalformedRequest("The address holds characters that are not text.")


def _is_text(raw: bytes) -> bool:
    plain = unquote_to_bytes(raw)
    if b"\x00" in plain:
        return False
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
