"""Identifiers: UUIDv7 made in the application, so that rows sort by creation and no database round trip is needed."""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from datetime import UTC, datetime

_lock = threading.Lock()
_last = 0


def uuid7(at: datetime | None = None) -> uuid.UUID:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random bits.

    Within a process ids made "now" are strictly increasing (the 12 bits after the time count up within a millisecond), so
    rows written in a loop keep their order. With `at` given, the id belongs to that moment and is not ordered further.
    """
    global _last
    if at is not None:
        stamp = (int(at.timestamp() * 1000) << 12) | secrets.randbits(12)
    else:
        now = time.time_ns()
        stamp = ((now // 1_000_000) << 12) | ((now % 1_000_000) * 4096 // 1_000_000)
        with _lock:
            stamp = _last = max(stamp, _last + 1)
    millis, sub = stamp >> 12, stamp & 0xFFF
    value = (millis & (2**48 - 1)) << 80 | 0x7 << 76 | sub << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def uuid7_time(value: uuid.UUID) -> datetime:
    """The moment (millisecond resolution, UTC) a UUIDv7 was made. Raises ValueError for another version."""
    if value.version != 7:
        raise ValueError(f"not a UUIDv7: {value}")
    return datetime.fromtimestamp((value.int >> 80) / 1000, tz=UTC)
