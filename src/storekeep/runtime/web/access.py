"""The access log: one line a request, without its query string."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

import orjson
import structlog

from storekeep.kit.text import one_line

_slow = structlog.get_logger("storekeep.access")
_logger = logging.getLogger("storekeep.access")
# No part longer than a UUID: tokens are.
_PLAIN = re.compile(r"(?:/[A-Za-z0-9._-]{0,36}){1,8}", re.ASCII)
_OWN_ID = re.compile(r"[0-9a-f]{32}")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
UNMATCHED = "unmatched"


class AccessLog:
    """Writes to where the process's log goes.

    The general log looks at every value for secrets, which takes longer than many requests do. A line about a known route whose
    path is made of plain characters, under an id of our own making, holds none, so it is written as it is; any other line goes
    the general way.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def write(self, method: str, path: str, route: str, status: int, seconds: float, size: int, request_id: str) -> None:
        """Note one request; probes only at level DEBUG."""
        level = logging.DEBUG if path in _QUIET else logging.INFO
        if not _logger.isEnabledFor(level):
            return
        values = {"method": method, "path": path, "route": route, "status": status, "ms": round(seconds * 1000, 1), "bytes": size}
        is_plain = route != UNMATCHED and _PLAIN.fullmatch(path) and _OWN_ID.fullmatch(request_id)
        handler = _stream_handler() if self._as_json and is_plain else None
        if handler is None:
            _slow.log(level, "request", **values | {"path": one_line(path)})
            return
        head = {
            "timestamp": datetime.now(UTC).isoformat(timespec="microseconds")[:26] + "Z",
            "level": "info" if level == logging.INFO else "debug",
            "logger": "storekeep.access",
            "event": "request",
            "request_id": request_id,
        }
        line = orjson.dumps(head | values).decode() + "\n"
        handler.acquire()
        try:
            handler.stream.write(line)
            handler.flush()
        finally:
            handler.release()


def _stream_handler() -> logging.StreamHandler | None:  # type: ignore[type-arg]
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:
            return handler
    return None
