"""Writes the JSON-lines file of a bulk operation: roots first, children shuffled far behind them, in little memory."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_BUCKETS = 64
_SPILL_BYTES = 32 * 1024 * 1024


class Cancelled(Exception):
    """The operation was cancelled while its file was being written."""


@dataclass(slots=True)
class Progress:
    """What has been written so far; `stop` asks the writer to give up."""

    objects: int = 0
    roots: int = 0
    stop: bool = False


class _Children:
    """Child lines, thrown into buckets at random; buckets go to disk when they grow."""

    def __init__(self, path: Path, rng: random.Random) -> None:
        self.path = path
        self.rng = rng
        self.buckets: list[list[bytes]] = [[] for _ in range(_BUCKETS)]
        self.held = 0
        self.spilled = False

    def add(self, line: bytes) -> None:
        self.buckets[int(self.rng.random() * _BUCKETS)].append(line)
        self.held += len(line)
        if self.held > _SPILL_BYTES:
            self.spill()

    def _file(self, bucket: int) -> Path:
        return self.path.with_suffix(f".{bucket:02d}.part")

    def spill(self) -> None:
        for index, bucket in enumerate(self.buckets):
            with self._file(index).open("ab") as handle:
                handle.writelines(bucket)
            bucket.clear()
        self.held = 0
        self.spilled = True

    def write_to(self, out: BinaryIO) -> None:
        order = list(range(_BUCKETS))
        self.rng.shuffle(order)
        for index in order:
            lines = self.buckets[index]
            if self.spilled:
                lines = self._file(index).read_bytes().splitlines(keepends=True) + lines
                self._file(index).unlink()
            self.rng.shuffle(lines)
            out.writelines(lines)
            self.buckets[index] = []

    def clean(self) -> None:
        for index in range(_BUCKETS):
            self._file(index).unlink(missing_ok=True)


def write(path: Path, lines: Iterable[tuple[bool, bytes]], seed: str, group: bool, progress: Progress) -> int:
    """Writes `lines` ((is a child, JSON) in parent-then-children order) to `path` and returns its size in bytes.

    Without `group`, children come after all roots in an order that depends only on `seed`. The file appears whole or not at
    all. Raises Cancelled when `progress.stop` is set meanwhile.
    """
    rng = random.Random(seed)  # noqa: S311 - a repeatable shuffle, not a secret
    fresh = path.with_suffix(".writing")
    children = _Children(fresh, rng)
    try:
        with fresh.open("wb", buffering=1024 * 1024) as out:
            for is_child, line in lines:
                progress.objects += 1
                if not is_child:
                    progress.roots += 1
                    if progress.stop:
                        raise Cancelled
                if is_child and not group:
                    children.add(line + b"\n")
                else:
                    out.write(line + b"\n")
            children.write_to(out)
        size = fresh.stat().st_size
        fresh.replace(path)
        return size
    finally:
        children.clean()
        fresh.unlink(missing_ok=True)
