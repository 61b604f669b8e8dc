"""Errors in the children's logs, brought to the terminal: one short line each, and never a flood."""

from __future__ import annotations

import json
import time
from pathlib import Path

_LEVELS = ("error", "critical")
_AT_ONCE = 5  # lines
_WINDOW = 30.0  # seconds in which no more than that are shown
_LONGEST = 300  # characters
_CHUNK = 1_000_000  # bytes read at a time


class ErrorWatch:
    """Reads what was appended to the logs of one folder since the last look."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, int] = {}
        self._shown: list[float] = []
        self._hidden = 0

    def skip(self) -> None:
        """Take what the logs hold now as seen: it is of an earlier run."""
        self._read = {log: log.stat().st_size for log in self._folder.glob("*.log")}

    def look(self) -> list[str]:
        """The new errors, one line each, with the log's name before it; a last line counts those left out."""
        lines: list[str] = []
        for log in sorted(self._folder.glob("*.log")):
            lines += [f"{log.stem}: {text}" for text in map(_error_in, self._new_lines(log)) if text]
        now = time.monotonic()
        self._shown = [moment for moment in self._shown if now - moment < _WINDOW]
        room = max(0, _AT_ONCE - len(self._shown))
        self._hidden += len(lines) - len(lines[:room])
        told = lines[:room]
        self._shown += [now] * len(told)
        if self._hidden and (room or not self._shown):
            told.append(f"{self._hidden} more errors, see {self._folder}")
            self._hidden = 0
        return told

    def _new_lines(self, log: Path) -> list[bytes]:
        try:
            size = log.stat().st_size
            start = self._read.get(log, 0)
            if size < start:  # it was shortened
                start = 0
            if size == start:
                return []
            with log.open("rb") as file:
                file.seek(start)
                text = file.read(_CHUNK)
        except OSError:
            return []
        whole = text.rfind(b"\n") + 1 or (len(text) if len(text) == _CHUNK else 0)
        self._read[log] = start + whole
        return text[:whole].splitlines()


def _error_in(line: bytes) -> str | None:
    """What a JSON log line says if it is an error's: the event and the exception's own words."""
    if not line.startswith(b"{"):
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.get("level") not in _LEVELS:
        return None
    exception = entry.get("exception")
    cause = f": {exception.get('type')}: {exception.get('message')}" if isinstance(exception, dict) else ""
    return f"{entry.get('event')}{cause}"[:_LONGEST]
