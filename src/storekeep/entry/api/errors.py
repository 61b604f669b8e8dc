"""The catalogue of error codes, gathered from the code itself: `python -m storekeep.entry.api.errors` writes docs/errors.md."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import storekeep
from storekeep.kit.errors import RETRYABLE_KINDS, AppError
from storekeep.runtime.web.problems import STATUS

_LEFT_OUT = ("storekeep.sandbox", "storekeep.entry")
_HEAD = """# Error codes

Every answer that is not a success has this body, whatever the route and whatever went wrong:

```json
{"error": {"code": "NOT_FOUND", "message": "There is no such thing here.", "details": {}, "retryable": false},
 "requestId": "019a7f3e5b7c7d1e8f00c0ffee000001", "timestamp": "2026-01-31T09:30:00.000Z"}
```

- `code` never changes its meaning; programs decide by it. `message` is for people and may be reworded.
- `details.fields` lists what is wrong with a request as `{path, type, message}`; the refused value is never repeated.
- `details.support` is whom to ask, where we are at fault. Quote `requestId`; the `X-Request-Id` header and our logs have it too.
- `retryable` says whether the same request may succeed later; 429 and 503 carry `Retry-After` in seconds.

A code that is answered with several statuses or messages has a line for each.

This table is made from the code: `python -m storekeep.entry.api.errors > docs/errors.md`.

| code | status | retryable | message | when |
| --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One row of the catalogue. `when` is what the error's class says of itself."""

    code: str
    status: int
    retryable: bool
    message: str
    when: str


# Said by the framework or by validation, without a class of their own.
_CLASSLESS = (
    ErrorCode("INTERNAL_SERVER_ERROR", 500, False, AppError.message, "Something unforeseen; it is logged with its stack."),
    ErrorCode("AUTH_REQUIRED", 401, False, "Please sign in.", "Nobody is signed in."),
)


def catalogue() -> list[ErrorCode]:
    """Every code the product can answer with, by code, and each status and message it has.

    Of classes that share all three the most general one speaks.
    """
    for module in pkgutil.walk_packages(storekeep.__path__, "storekeep."):
        if not module.name.startswith(_LEFT_OUT):
            importlib.import_module(module.name)
    rows = {_said(row): row for row in _CLASSLESS}
    for error in sorted(_subclasses(AppError), key=_generality):
        if error.__module__.startswith("storekeep."):
            row = _row(error)
            if _said(row) not in rows or rows[_said(row)] in _CLASSLESS:
                rows[_said(row)] = row
    return sorted(rows.values(), key=lambda row: (row.code, row.status))


def _said(row: ErrorCode) -> tuple[str, int, str]:
    return row.code, row.status, row.message


def _subclasses(base: type[AppError]) -> Iterator[type[AppError]]:
    for child in base.__subclasses__():
        yield child
        yield from _subclasses(child)


def _generality(error: type[AppError]) -> tuple[bool, int, str, str]:
    return "code" not in vars(error), len(error.__mro__), error.__module__, error.__qualname__


def _retryable(error: type[AppError]) -> bool:
    try:
        return error().retryable
    except TypeError:
        # It wants to be told more than we know here; then the kind decides.
        return error.kind in RETRYABLE_KINDS


def _row(error: type[AppError]) -> ErrorCode:
    status: int = getattr(error, "status", None) or STATUS[error.kind]
    paragraph = (error.__doc__ or "").strip().split("\n\n")[0]
    return ErrorCode(error.code, status, _retryable(error), error.message, " ".join(paragraph.split()))


def render(rows: list[ErrorCode]) -> str:
    """The catalogue as Markdown."""
    lines = [f"| `{r.code}` | {r.status} | {'yes' if r.retryable else 'no'} | {r.message} | {r.when} |" for r in rows]
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render(catalogue()))
