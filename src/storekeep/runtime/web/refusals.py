"""The refusals the web layer makes by itself, before or around any room."""

from __future__ import annotations

from collections.abc import Iterable

from storekeep.kit.errors import AppError, Kind


class HttpRefusal(AppError):
    """The request cannot be read. Base of the refusals whose status is not told by their kind."""

    code = "MALFORMED_REQUEST"
    kind = Kind.MALFORMED
    message = "This request cannot be understood."
    status = 400
    headers: tuple[tuple[bytes, bytes], ...] = ()


class MalformedRequest(HttpRefusal):
    """The path, query, host or headers cannot be read safely."""


class MalformedJson(HttpRefusal):
    """The body is not the strict JSON we accept: UTF-8, finite numbers, no doubled keys, no NUL, no lone surrogates."""

    code = "MALFORMED_JSON"
    message = "The body is not valid JSON."


class UnsupportedMediaType(HttpRefusal):
    """The body is not JSON, or is compressed."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    message = "Send the body as uncompressed JSON with the content type application/json."
    status = 415


class PayloadTooLarge(HttpRefusal):
    """The body is longer than this address accepts."""

    code = "PAYLOAD_TOO_LARGE"
    kind = Kind.TOO_LARGE
    message = "The body is too large."
    status = 413


class HeadersTooLarge(HttpRefusal):
    """The headers are longer than we read; a request line that is counts as malformed."""

    code = "HEADERS_TOO_LARGE"
    message = "The request headers are too large."
    status = 431


class HostNotAllowed(HttpRefusal):
    """The Host header names somebody else; without this check a foreign page could rebind its own name to us."""

    code = "HOST_NOT_ALLOWED"
    message = "This server does not answer for that host name. Use the address in APP_URL."
    status = 421


class CrossSiteRefused(HttpRefusal):
    """An unsafe request without proof that it comes from our own pages."""

    code = "CSRF_REFUSED"
    kind = Kind.FORBIDDEN
    message = "This request did not come from Storekeep's own pages, so nothing was changed."
    status = 403


class MethodNotAllowed(HttpRefusal):
    """The address exists, but for the methods `allow` only; they go into the Allow header (RFC 9110 §15.5.6)."""

    code = "METHOD_NOT_ALLOWED"
    message = "This address does not accept that method."
    status = 405

    def __init__(self, *, allow: Iterable[str]) -> None:
        super().__init__()
        self.headers = ((b"allow", ", ".join(sorted(allow)).encode("ascii")),)


class RateLimited(AppError):
    """Too many requests of one class within the window."""

    code = "RATE_LIMITED"
    kind = Kind.LIMITED
    message = "Too many requests. Please wait a moment."


class NotReady(AppError):
    """The process runs, but something it depends on does not."""

    code = "NOT_READY"
    kind = Kind.UNAVAILABLE
    message = "Storekeep is starting, or a part of it is away."


class DatabaseAway(AppError):
    """PostgreSQL cannot be reached, or has no free connection."""

    code = "DATABASE_CONNECTION_FAILED"
    kind = Kind.UNAVAILABLE
    message = "The database cannot be reached. Please try again in a moment."


class DatabaseTimeout(AppError):
    """A statement ran longer than its timeout."""

    code = "DATABASE_TIMEOUT"
    kind = Kind.UNAVAILABLE
    message = "This took too long and was stopped. Nothing was changed; please try again."


class DatabaseBusy(AppError):
    """Two transactions collided; the same request may well succeed now."""

    code = "DATABASE_BUSY"
    kind = Kind.UNAVAILABLE
    message = "Somebody changed the same thing at the same moment. Nothing was changed; please try again."
