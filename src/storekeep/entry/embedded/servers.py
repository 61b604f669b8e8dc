"""Starting a server on a port that is free, and waiting until it answers, for as long as it is alive."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from storekeep.entry.embedded import ports
from storekeep.entry.embedded.processes import Pause, Process, Program, spawn


class ServerFailed(RuntimeError):
    """A server ended instead of becoming ready; the message carries the end of its log."""

    def __init__(self, name: str, last_words: str, log: Path) -> None:
        self.last_words = last_words
        super().__init__(f"{name} did not start: {last_words or 'it said nothing'} (log: {log})")


class Server(Protocol):
    """A server of the embedded mode: PostgreSQL or Redis."""

    name: str

    def prepare(self, pause: Pause = time.sleep) -> None:
        """Make its folder fit for a start, the first one or one after a crash. Needs the home's lock to be held."""

    def program(self, port: int) -> Program:
        """How to run it on that loopback port."""

    def ready(self, process: Process, port: int) -> bool:
        """Whether it serves queries now."""


def start(
    server: Server, wanted: int | None = None, pause: Pause = time.sleep, avoid: frozenset[int] = frozenset()
) -> tuple[Process, int]:
    """Start `server` on the wanted port if that is free, else on another, none of `avoid`; returns it, ready, with its port.

    Waits without limit while the server lives, for recovery after a crash takes as long as it takes. Raises ServerFailed.
    """
    server.prepare(pause)
    tried: set[int] = set()
    port = ports.wanted_or_free(wanted, avoid)
    while True:
        process = spawn(server.program(port))
        if wait_ready(server, process, port, pause):
            return process, port
        words = process.last_words()
        tried.add(port)
        if "already in use" not in words.lower() or len(tried) >= 5:
            raise ServerFailed(server.name, words, process.program.log)
        port = ports.pick(avoid | tried)


def wait_ready(server: Server, process: Process, port: int, pause: Pause = time.sleep) -> bool:
    """Wait until `process` is ready (True) or has ended (False). When the wait is broken off, the process is stopped."""
    try:
        while process.alive():
            if server.ready(process, port):
                return True
            pause(0.02)
    except BaseException:
        process.stop()
        raise
    return False
