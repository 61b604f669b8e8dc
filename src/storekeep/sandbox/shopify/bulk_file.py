"""Writes the JSON-lines file of a bulk operation: roots first, children shuffled far behind them, in little memory."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_BUCKETS = 64
_STRIDE = 61
_SPILL_LINES = 16_000


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
        self.order = list(range(_BUCKETS))
        rng.shuffle(self.order)
        self.buckets: list[list[bytes]] = [[] for _ in range(_BUCKETS)]
        # A long row of random buckets, gone round and round: as good a shuffle as asking the generator for every line.
        self.next = itertools.cycle([rng.choice(self.buckets) for _ in range(4099)])
        self.held = 0
        self.spilled = False

    def add(self, lines: list[bytes]) -> None:
        for line in lines:
            next(self.next).append(line)
        self.held += len(lines)
        if self.held > _SPILL_LINES:
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
        for index in self.order:
            lines = self.buckets[index]
            if self.spilled:
                lines = self._file(index).read_bytes().splitlines(keepends=True) + lines
                self._file(index).unlink()
            # Every 61st line, then every 61st from the next on…: neighbours in the bucket end up far apart.
            for start in range(min(_STRIDE, len(lines))):
                out.writelines(lines[start::_STRIDE])
            self.buckets[index] = []

    def clean(self) -> None:
        for index in range(_BUCKETS):
            self._file(index).unlink(missing_ok=True)


def write(path: Path, lines: Iterable[tuple[bytes, list[bytes]]], seed: str, group: bool, progress: Progress) -> int:
    """Writes `lines` (a root and all below it, each ending in a line feed) to `path` and returns its size in bytes.

    Without `group`, children come after all roots in an order that depends only on `seed`. The file appears whole or not at
    all. Raises Cancelled when `progress.stop` is set meanwhile.
    """
    rng = random.Random(seed)  # noqa: S311 - a repeatable shuffle, not a secret
    fresh = path.with_suffix(".writing")
    children = _Children(fresh, rng)
    try:
        with fresh.open("wb", buffering=1024 * 1024) as out:
            for root, below in lines:
                if progress.stop:
                    raise Cancelled
                out.write(root)
                if group:
                    out.writelines(below)
                else:
                    children.add(below)
                progress.roots += 1
                progress.objects += 1 + len(below)
            children.write_to(out)
        size = fresh.stat().st_size
        fresh.replace(path)
        return size
    finally:
        children.clean()
        fresh.unlink(missing_ok=True)
