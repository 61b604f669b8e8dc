"""Redaction: turns whatever was logged into plain, bounded, one-line values that hold no secret."""

from __future__ import annotations

import re
import traceback
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import TracebackType
from typing import Any

from storekeep.kit.errors import AppError
from storekeep.runtime.logging.patterns import DENIED_KEY, REDACTED, scrub_echoes, scrub_shapes

_READ_CHARS = 20_000  # how much of a text is looked at; bounds the time patterns may take
_SHOWN_CHARS = 2_000
_MAX_ITEMS = 50
_MAX_DEPTH = 6
_MAX_FRAMES = 30
_INT64 = 2**63
_HEX_ID = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}")
# Ids we make ourselves look like keys in hexadecimal; under these names they are none. A request id that a caller chose looks
# otherwise and is cleaned like any text.
_OWN_IDS = frozenset({"trace_id", "span_id", "request_id"})
_COUNTS = re.compile(r"(?:tokens|count|total|seconds|bytes)$", re.IGNORECASE)


class Redactor:
    """Knows the process's own secrets exactly, and everybody else's by key and by shape."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets`: values that must never appear (keys and passwords from the settings); those under 6 characters are left
        out, for they would tear ordinary words apart."""
        known = sorted({s for s in secrets if len(s) >= 6}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str, limit: int = _SHOWN_CHARS) -> str:
        """`text` on one line, without secrets, at most `limit` characters."""
        text = text[:_READ_CHARS]
        if self._known is not None:
            text = self._known.sub(REDACTED, text)
        text = _one_line(scrub_echoes(text))
        if self._known is not None:
            # Once more: taking out control characters may have joined what they had split.
            text = self._known.sub(REDACTED, text)
        text = scrub_shapes(text)
        return text if len(text) <= limit else text[: limit - 1] + "…"

    def value(self, value: Any, key: str = "", depth: int = 0) -> Any:
        """`value` as JSON-able plain data. Objects we do not know are shown by their type only."""
        if value is None or isinstance(value, bool):
            return value
        if DENIED_KEY.search(key) and not (isinstance(value, int | float) and _COUNTS.search(key)):
            return REDACTED
        if isinstance(value, int | float):
            return str(value) if isinstance(value, int) and abs(value) >= _INT64 else value
        if isinstance(value, str):
            if key in _OWN_IDS and _HEX_ID.fullmatch(value):
                return value
            return self.text(value)
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            return self._collection(value, key, depth)
        return self._other(value, depth)

    def _collection(self, value: Any, key: str, depth: int) -> Any:
        if depth >= _MAX_DEPTH:
            return "…"
        if isinstance(value, Mapping):
            pairs = list(value.items())[:_MAX_ITEMS]
            return {self.text(str(k), 200): self.value(v, str(k), depth + 1) for k, v in pairs}
        items = list(value)[:_MAX_ITEMS]
        return [self.value(item, key, depth + 1) for item in items]

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, uuid.UUID | datetime | date | time | timedelta | Decimal):
            return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
        if isinstance(value, Enum):
            return self.value(value.value, "", depth + 1)
        if isinstance(value, bytes | bytearray | memoryview):
            return f"<{len(value)} bytes>"
        if isinstance(value, BaseException):
            return self.exception(value)
        if isinstance(value, PurePath):
            return self.text(str(value))
        return f"<{type(value).__name__}>"

    def exception(self, error: BaseException, depth: int = 0) -> dict[str, Any]:
        """An exception as type, message, frames (file:line function; never source text or locals) and cause."""
        described: dict[str, Any] = {
            "type": f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins."),
            "message": self.text(_message(error)),
            "frames": _frames(error.__traceback__),
        }
        if isinstance(error, AppError):
            described["code"] = error.code
            described["details"] = self.value(error.details)
        if depth >= _MAX_DEPTH:
            return described
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None:
            described["cause"] = self.exception(cause, depth + 1)
        if isinstance(error, BaseExceptionGroup):
            described["errors"] = [self.exception(e, depth + 1) for e in error.exceptions[:5]]
        return described


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "<no message>"


def _frames(tb: TracebackType | None) -> list[str]:
    frames = []
    for frame, line in traceback.walk_tb(tb):
        path = frame.f_code.co_filename
        short = path.rsplit("/site-packages/", 1)[-1].rsplit("/src/", 1)[-1]
        frames.append(f"{short}:{line} {frame.f_code.co_name}")
    return frames[-_MAX_FRAMES:]


def _one_line(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    # Line and paragraph separators, controls, direction overrides and lone surrogates could all forge or hide a line.
    return "".join(c if c == " " or unicodedata.category(c) not in _UNSHOWN else _replacement(c) for c in text)


_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _replacement(char: str) -> str:
    return " " if char in "\r\n\t\v\f\u2028\u2029\x85" else ""
