"""Keeping one service alive: started again when it ends, ever more slowly, with one clear message when it never stays up."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from storekeep.entry.embedded.processes import Pause, Process, Program, shorten_log, spawn

Say = Callable[[str], None]

_DELAYS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before the first, second, … restart in a row
_STEADY = 30.0  # a service that ran this long has recovered
_LOOP = 4  # ends in a row that make a loop


class KeepsStopping(RuntimeError):
    """A service that is needed for the start does not stay up."""


@dataclass(frozen=True, slots=True)
class Service:
    """A program to keep running. `prepare` mends what a crash left; `ready` says whether it serves."""

    name: str
    program: Callable[[], Program]
    ready: Callable[[Process], bool]
    prepare: Callable[[Pause], None] = lambda _: None


class Keeper:
    """Watches one service. `tick` is called often; `settled` says whether a restart loop is fatal no more."""

    def __init__(self, service: Service, say: Say, pause: Pause) -> None:
        self.service = service
        self.process: Process | None = None
        self.settled = False
        self._say = say
        self._pause = pause
        self._failures = 0
        self._due = 0.0
        self._told = False

    def adopt(self, process: Process) -> None:
        """Take over a process that was started elsewhere."""
        self.process = process

    def start(self) -> None:
        """Start the service now."""
        self.service.prepare(self._pause)
        self.process = spawn(self.service.program())

    def ready(self) -> bool:
        """Whether it runs and serves."""
        return self.process is not None and self.process.alive() and self.service.ready(self.process)

    def tick(self) -> None:
        """Notice an end, start again when it is time. Raises KeepsStopping for a loop before the service has settled."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.alive():
                if self._failures and now - self.process.started > _STEADY:
                    self._failures, self._told = 0, False
                return
            self._note_end(self.process, now)
            self.process = None
        if now >= self._due:
            self.start()

    def shorten_log(self) -> None:
        """Keep the log from growing without end."""
        if self.process is not None:
            shorten_log(self.process.program.log)

    def _note_end(self, process: Process, now: float) -> None:
        self._failures = 1 if now - process.started > _STEADY else self._failures + 1
        self._due = now + _DELAYS[min(self._failures, len(_DELAYS)) - 1]
        why = describe_end(process)
        if self._failures < _LOOP:
            self._say(f"{self.service.name} ended ({why}); starting it again.")
            return
        message = f"{self.service.name} keeps stopping ({why}). Its log: {process.program.log}\n{process.last_words()}"
        if not self.settled:
            raise KeepsStopping(message)
        if not self._told:
            self._told = True
            self._say(f"{message}\nTrying again every {_DELAYS[-1]:.0f} s.")


def describe_end(process: Process) -> str:
    """Why a process ended, in words."""
    code = process.exit_code or 0
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
