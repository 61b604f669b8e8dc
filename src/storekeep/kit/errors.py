"""Errors the program raises on purpose: a kind (what sort of refusal), a stable code, a message fit for a person."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What sort of refusal this is; the web renders it as a status, the job ledger as retry or stop."""

    INVALID = "invalid"  # 422: the request is understood but wrong
    MALFORMED = "malformed"  # 400: the bytes cannot be read
    UNAUTHENTICATED = "unauthenticated"  # 401
    FORBIDDEN = "forbidden"  # 403
    MISSING = "missing"  # 404: absent, or another tenant's
    CONFLICT = "conflict"  # 409
    GONE = "gone"  # 410
    TOO_LARGE = "too_large"  # 413
    LIMITED = "limited"  # 429: retry later
    UPSTREAM = "upstream"  # 502: an outside service answered badly
    UNAVAILABLE = "unavailable"  # 503: retry later
    INTERNAL = "internal"  # 500


RETRYABLE_KINDS = frozenset({Kind.LIMITED, Kind.UPSTREAM, Kind.UNAVAILABLE})


class AppError(Exception):
    """Base of every deliberate error.

    Subclasses fix `code` (SCREAMING_SNAKE, stable, listed in docs/errors.md) and `kind`; `message` is shown to people and never
    holds internals or secrets; `details` is JSON-able; `retryable` defaults by kind; `retry_after` is in seconds.
    """

    code: str = "INTERNAL_SERVER_ERROR"
    kind: Kind = Kind.INTERNAL
    message: str = "Something went wrong on our side."

    def __init__(
        self,
        message: str | None = None,
        *,
        details: dict[str, Any] | None = None,
        code: str | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.message = message or type(self).message
        self.code = code or type(self).code
        self.details = details or {}
        self.retryable = self.kind in RETRYABLE_KINDS if retryable is None else retryable
        self.retry_after = retry_after
        super().__init__(f"{self.code}: {self.message}")


class InvalidInput(AppError):
    """A value is well-formed but not allowed. Put the field's path in details["field"] where there is one."""

    code = "VALIDATION_FAILED"
    kind = Kind.INVALID
    message = "Some of what was sent is not valid."


class NotFound(AppError):
    """The thing does not exist, or belongs to another tenant; the two look alike on purpose."""

    code = "NOT_FOUND"
    kind = Kind.MISSING
    message = "There is no such thing here."


class Forbidden(AppError):
    """A member of the tenant may not do this."""

    code = "PERMISSION_DENIED"
    kind = Kind.FORBIDDEN
    message = "Your role does not allow this."


class Conflict(AppError):
    """The state of the thing does not allow this now."""

    code = "CONFLICT"
    kind = Kind.CONFLICT
    message = "This cannot be done in the present state."


class Unavailable(AppError):
    """Something we depend on is away; nothing was changed; try again."""

    code = "SERVICE_UNAVAILABLE"
    kind = Kind.UNAVAILABLE
    message = "A part of the service is away for a moment. Nothing was changed; please try again."
