"""Processes an earlier run left behind, recognised by the home folder they belong to, and stopped before a new run begins."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from storekeep.entry.embedded.processes import Pause

MARK = "STOREKEEP_CHILD_OF"
"""Environment variable every child of the supervisor carries; its value is the absolute home folder."""

POSTGRES_PATIENCE = 15.0
"""Seconds a PostgreSQL server has for its fast shutdown before the immediate one is asked for."""

_POSTGRES_SECONDS = 60.0
_OTHER_SECONDS = 10.0
_CPU_TICKS_FIELD = 19  # starttime, counted from the state field, proc(5)


@dataclass(frozen=True, slots=True)
class Stray:
    """A process that belongs to the home. `started` (clock ticks since boot) tells it from a later one with the same id."""

    pid: int
    started: int
    parent: int
    is_postgres: bool


def find(home: Path | None, folders: Iterable[Path] = ()) -> list[Stray]:
    """The processes that carry the home's mark, and the PostgreSQL and Redis servers that work in one of `folders`.

    The folders are needed because those two paint their titles over the memory where their environment was. This process and
    its ancestors are never among them.
    """
    mark = f"{MARK}={home}".encode() if home else None
    places = {str(folder.resolve()) for folder in folders}
    own = _lineage()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) in own:
            continue
        try:
            marked = mark is not None and mark in (entry / "environ").read_bytes().split(b"\0")
            if marked or (places and _is_server(entry) and str((entry / "cwd").readlink()) in places):
                found.append(_read(entry))
        except (OSError, ValueError):  # gone meanwhile, or somebody else's
            continue
    return found


def stop(home: Path | None, folders: Iterable[Path] = (), pause: Pause = time.sleep) -> int:
    """Stop every process that `find` finds and wait until none is left; how many were asked. SIGKILL comes after a grace."""
    places = tuple(folders)
    began = time.monotonic()
    asked: set[tuple[int, int]] = set()
    urged: set[tuple[int, int]] = set()
    while strays := find(home, places):
        waited = time.monotonic() - began
        pids = {stray.pid for stray in strays}
        for stray in strays:
            known = (stray.pid, stray.started)
            if waited > (_POSTGRES_SECONDS if stray.is_postgres else _OTHER_SECONDS):
                _send(stray.pid, signal.SIGKILL)
            elif stray.parent in pids:
                continue  # a server stops its own children in the right order; only one whose parent is gone is told itself
            elif known not in asked:
                asked.add(known)
                _send(stray.pid, signal.SIGINT if stray.is_postgres else signal.SIGTERM)
            elif stray.is_postgres and waited > POSTGRES_PATIENCE and known not in urged:
                urged.add(known)
                _send(stray.pid, signal.SIGQUIT)
        pause(0.03)
    return len(asked)


def command_of(pid: int) -> str | None:
    """The short command name of a process; None when there is no such process."""
    try:
        return (Path("/proc") / str(pid) / "comm").read_text().strip()
    except OSError:
        return None


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _is_server(entry: Path) -> bool:
    return (entry / "comm").read_text().strip() in ("postgres", "redis-server")


def _read(entry: Path) -> Stray:
    # The command name is in brackets and may itself hold spaces and brackets.
    after_name = (entry / "stat").read_text().rsplit(")", 1)[1].split()
    if after_name[0] in "ZX":
        raise ValueError("ended already")
    return Stray(
        pid=int(entry.name),
        started=int(after_name[_CPU_TICKS_FIELD]),
        parent=int(after_name[1]),
        is_postgres=(entry / "comm").read_text().strip() == "postgres",
    )


def _lineage() -> set[int]:
    pids, pid = set(), os.getpid()
    while pid > 0 and pid not in pids:
        pids.add(pid)
        try:
            pid = int((Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            break
    return pids
