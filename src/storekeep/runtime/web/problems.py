"""Every exception as the one error body: status, stable code, a message fit for a person, never an internal detail."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi.exceptions import RequestValidationError
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from storekeep.kit.errors import AppError, Kind, Unavailable
from storekeep.runtime.web.database_problems import database_refusal
from storekeep.runtime.web.refusals import DatabaseAway
from storekeep.runtime.web.validation_problems import validation_problem

STATUS: dict[Kind, int] = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.MISSING: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.TOO_LARGE: 413,
    Kind.INVALID: 422,
    Kind.LIMITED: 429,
    Kind.INTERNAL: 500,
    Kind.UPSTREAM: 502,
    Kind.UNAVAILABLE: 503,
}
# What the framework refuses by itself. Its own texts are never shown: they may repeat what was sent.
_FRAMEWORK: dict[int, tuple[str, str]] = {
    400: ("MALFORMED_REQUEST", "This request cannot be understood."),
    401: ("AUTH_REQUIRED", "Please sign in."),
    403: ("PERMISSION_DENIED", "Your role does not allow this."),
    404: ("NOT_FOUND", "There is no such thing here."),
    405: ("METHOD_NOT_ALLOWED", "This address does not accept that method."),
    413: ("PAYLOAD_TOO_LARGE", "The body is too large."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "This kind of content is not accepted here."),
    422: ("VALIDATION_FAILED", "Some of what was sent is not valid."),
    429: ("RATE_LIMITED", "Too many requests. Please wait a moment."),
    503: ("SERVICE_UNAVAILABLE", "A part of the service is away for a moment. Please try again."),
}
_DEFAULT_RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the outside sees it. `critical` adds whom to ask for help; `unexpected` means log it with its stack."""

    status: int
    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)
    retryable: bool = False
    retry_after: float | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()
    critical: bool = False
    unexpected: bool = False


def problem_of(error: BaseException) -> Problem:
    """The problem an exception is rendered as. Total: whatever is not known becomes INTERNAL_SERVER_ERROR."""
    error = _only_member(error)
    if isinstance(error, AppError):
        return _deliberate(error)
    if isinstance(error, RequestValidationError):
        return Problem(**validation_problem(error))
    if isinstance(error, HTTPException):
        return _framework(error)
    refusal = database_refusal(error)
    if refusal is not None:
        return _deliberate(refusal)
    if isinstance(error, RedisError):
        return _deliberate(Unavailable())
    return Problem(
        500,
        AppError.code,
        AppError.message + " Please tell us the request id.",
        critical=True,
        unexpected=True,
    )


def _only_member(error: BaseException) -> BaseException:
    # A task group wraps what its one task raised; the wrapping says nothing.
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _deliberate(error: AppError) -> Problem:
    status: int = getattr(error, "status", None) or STATUS[error.kind]
    wait = error.retry_after
    if wait is None and status in (429, 503):
        wait = _DEFAULT_RETRY_AFTER_S
    return Problem(
        status=status,
        code=error.code,
        message=error.message,
        details=error.details,
        retryable=error.retryable,
        retry_after=wait,
        headers=getattr(error, "headers", ()),
        critical=error.kind is Kind.INTERNAL or isinstance(error, DatabaseAway),
        unexpected=error.kind is Kind.INTERNAL,
    )


def _framework(error: HTTPException) -> Problem:
    status = error.status_code
    if status not in _FRAMEWORK:
        status = 400 if 400 <= status < 500 else 500
    if status == 500:
        return Problem(500, AppError.code, AppError.message, critical=True, unexpected=True)
    code, message = _FRAMEWORK[status]
    headers = tuple(
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in (error.headers or {}).items()
        if name.lower() in ("allow", "www-authenticate")
    )
    retryable = status in (429, 503)
    return Problem(
        status, code, message, headers=headers, retryable=retryable, retry_after=_DEFAULT_RETRY_AFTER_S if retryable else None
    )


def problem_headers(problem: Problem, length: int) -> list[tuple[bytes, bytes]]:
    """The response headers a problem needs by itself. Retry-After is in whole seconds, rounded up (RFC 9110 §10.2.3)."""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(length).encode()), *problem.headers]
    if problem.retry_after is not None:
        headers.append((b"retry-after", str(max(1, math.ceil(problem.retry_after))).encode()))
    return headers


def problem_body(problem: Problem, *, request_id: str, moment: datetime, support: str) -> bytes:
    """The error body, ASCII JSON. `moment` is aware; `support` is shown where the problem is critical."""
    details = {**problem.details, "support": support} if problem.critical and support else problem.details
    body = {
        "error": {"code": problem.code, "message": problem.message, "details": details, "retryable": problem.retryable},
        "requestId": request_id,
        "timestamp": iso_utc(moment),
    }
    try:
        return json.dumps(body, ensure_ascii=True, allow_nan=False, default=str, separators=(",", ":")).encode("ascii")
    except (ValueError, TypeError, RecursionError):
        # Details that JSON cannot say are dropped: an error must never fail to be told.
        body["error"] = {"code": problem.code, "message": problem.message, "details": {}, "retryable": problem.retryable}
        return json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def iso_utc(moment: datetime) -> str:
    """An aware datetime as the API writes it: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"
