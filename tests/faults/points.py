"""The points at which a worker can be killed: before each database commit and before each call to the outside, of watched jobs.

Between two of them nothing outlives the process, so a death right before a point stands for every death since the one before it.
A call that only repeats the last one (waiting for an export, counting one span after another) is no new point: nothing was
written in between. Counted is what the handler itself does, not heartbeats or the sweeper beside it.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import event

from storekeep.entry.wiring import Wired
from storekeep.runtime.jobs import JobContext, JobKind, Payload

COMMIT = "commit"
END = "the end"
NOT_REACHED = 3  # exit status of a worker whose job ended long before the point at which it was to die
# How often a run commits its progress depends on the time it takes: one with so many points fewer dies at its end.
_FEWER = 5
_OPERATION = re.compile(r"(?:query|mutation)\s+(\w+)")


@dataclass(slots=True)
class _Attempt:
    """How far one attempt at a job has come."""

    points: int = 0
    last: str = ""


_ATTEMPT: ContextVar[_Attempt | None] = ContextVar("attempt at a watched job", default=None)


@dataclass(slots=True)
class Watch:
    """Counts the points of the jobs whose kind is among `kinds`; writes their names to `record`, dies at number `kill_at`."""

    kinds: tuple[str, ...]
    record: Path | None = None
    kill_at: int | None = None
    reached: list[str] = field(default_factory=list)

    def attach(self, wired: Wired) -> None:
        """See this process's commits and its calls."""
        event.listen(wired.db.runtime_engine.sync_engine, "commit", lambda _: self.point(COMMIT))
        wired.http.event_hooks = {**wired.http.event_hooks, "request": [self._called]}

    def over(self, kinds: Mapping[str, JobKind[Any]]) -> dict[str, JobKind[Any]]:
        """The kinds with the handlers of watched ones counted."""
        return {name: replace(kind, handler=self._watched(kind)) if name in self.kinds else kind for name, kind in kinds.items()}

    def point(self, name: str) -> None:
        """This is the attempt's next point, unless it repeats the call before."""
        attempt = _ATTEMPT.get()
        if attempt is None or (name == attempt.last and name != COMMIT):
            return
        number, attempt.last = attempt.points, name
        attempt.points += 1
        if self.record is not None:
            with self.record.open("a") as file:
                file.write(f"{name}\n")
        if number == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    async def _called(self, request: httpx.Request) -> None:
        found = _OPERATION.search(request.content.decode(errors="replace")) if request.method == "POST" else None
        self.point(f"{request.method} {found[1] if found else request.url.path.rpartition('/')[0]}")

    def _watched(self, kind: JobKind[Any]) -> Callable[[JobContext, Payload], Awaitable[None]]:
        async def handler(context: JobContext, payload: Payload) -> None:
            _ATTEMPT.set(_Attempt())
            await kind.handler(context, payload)
            self.point(END)
            if self.kill_at is not None:
                attempt = _ATTEMPT.get()
                if attempt is None or self.kill_at - attempt.points > _FEWER:
                    os._exit(NOT_REACHED)
                os.kill(os.getpid(), signal.SIGKILL)

        return handler
