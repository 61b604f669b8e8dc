"""Work that a mutation starts and a client polls for. It survives a restart: what was promised is done then."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storekeep.kit import clock
from storekeep.sandbox.journal import Journal
from storekeep.sandbox.shopify import changes
from storekeep.sandbox.shopify.model import load

if TYPE_CHECKING:
    from storekeep.sandbox.shopify.store import ShopStore


@dataclass(slots=True)
class Job:
    """The cancellation of an order, under way until `done`."""

    id: str
    order_id: int
    reason: str
    restock: bool
    pay_back: bool
    done: bool = False


class Jobs:
    """The jobs of one shop; each takes `seconds`."""

    def __init__(self, store: ShopStore, journal: Journal, seconds: float) -> None:
        self._store = store
        self._journal = journal
        self._seconds = seconds
        self._prefix = f"job/{store.facts.domain}/"
        self._jobs: dict[str, Job] = {key: load(Job, value) for key, value in journal.items(self._prefix)}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def get(self, id: str) -> Job | None:
        """A job by id, or None."""
        return self._jobs.get(id)

    def cancelling(self) -> set[int]:
        """The ids of the orders being cancelled."""
        return {j.order_id for j in self._jobs.values() if not j.done}

    def cancel_order(self, order_id: int, reason: str, restock: bool, pay_back: bool) -> Job:
        """Cancels an order in a while. Call inside the event loop."""
        job = Job(str(uuid.uuid4()), order_id, reason, restock, pay_back)
        self._jobs[job.id] = job
        self._journal.put(self._prefix + job.id, job)
        self._arm(job)
        return job

    def resume(self) -> None:
        """Goes on with what was unfinished. Call inside the event loop."""
        for job in self._jobs.values():
            if not job.done and job.id not in self._timers:
                self._arm(job)

    def close(self) -> None:
        """Puts unfinished work off to the next start."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _arm(self, job: Job) -> None:
        self._timers[job.id] = asyncio.get_running_loop().call_later(self._seconds, self._finish, job)

    def _finish(self, job: Job) -> None:
        self._timers.pop(job.id, None)
        found = self._store.orders.get(job.order_id)
        if found is not None and found.cancelled is None:
            order = changes.copy_of(found)
            now = int(clock.now().timestamp())
            changes.cancel(order, job.reason, job.restock, job.pay_back, self._store.next_id, now)
            self._store.commit(order)
        job.done = True
        self._journal.put(self._prefix + job.id, job)
