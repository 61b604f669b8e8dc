"""The sandbox's memory on disk: an append-only file of `key -> value` lines, replayed at start, folded when it grows long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

_FOLD_ABOVE = 20_000  # lines beyond the live ones before a start rewrites the file


class Journal:
    """Values by key, kept in a file under the state directory. The last line of a key wins; a null value forgets it.

    Every `put` is on disk (not synced) before it returns. A half-written last line, left by a kill, is dropped at start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, Any] = {}
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = self._load()
        if lines - len(self._values) > _FOLD_ABOVE:
            self._fold()
        self._file = path.open("ab")

    def get(self, key: str) -> Any:
        """The value of `key`, or None."""
        return self._values.get(key)

    def items(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """The keys that start with `prefix`, without it, and their values, in the order first written."""
        for key, value in list(self._values.items()):
            if key.startswith(prefix):
                yield key[len(prefix) :], value

    def put(self, key: str, value: Any) -> None:
        """Keeps `value` (anything orjson can write) under `key`; None forgets the key."""
        raw = orjson.dumps([key, value])
        with self._lock:
            self._file.write(raw + b"\n")
            self._file.flush()
            self._keep(key, orjson.loads(raw)[1])

    def forget(self, prefix: str) -> None:
        """Forgets every key that starts with `prefix`."""
        for key, _ in list(self.items(prefix)):
            self.put(prefix + key, None)

    def close(self) -> None:
        """Closes the file; the journal is of no use afterwards."""
        self._file.close()

    def _keep(self, key: str, value: Any) -> None:
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value

    def _load(self) -> int:
        if not self._path.exists():
            return 0
        raw = self._path.read_bytes()
        whole = raw.rfind(b"\n") + 1
        if whole < len(raw):
            with self._path.open("r+b") as handle:
                handle.truncate(whole)
        lines = raw[:whole].splitlines()
        for line in lines:
            key, value = orjson.loads(line)
            self._keep(key, value)
        return len(lines)

    def _fold(self) -> None:
        fresh = self._path.with_suffix(".fold")
        with fresh.open("wb") as handle:
            for key, value in self._values.items():
                handle.write(orjson.dumps([key, value]) + b"\n")
        fresh.replace(self._path)
