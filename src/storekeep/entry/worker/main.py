"""Runs a worker until it is asked to stop: first it claims nothing more, then it waits, then it gives jobs back."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from storekeep.entry.rooms import ROOMS, job_kinds
from storekeep.entry.wiring import Wired, build, secret_values
from storekeep.entry.worker.cron import run_schedules
from storekeep.runtime.jobs import ledger
from storekeep.runtime.jobs.arq_adapter import ArqWaker, receive
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from storekeep.runtime.jobs.sweeper import Sweeper
from storekeep.runtime.logging import configure_logging
from storekeep.runtime.settings import Settings, load_settings

log = structlog.get_logger(__name__)


class Attempts:
    """The attempts under way, so that a stopping worker can wait for them. At most `slots` at once, whoever starts them."""

    def __init__(self, runner: JobRunner, slots: int) -> None:
        self._runner = runner
        self._free = asyncio.Semaphore(slots)
        self._tasks: set[asyncio.Task[bool]] = set()

    async def run(self, tenant_id: UUID, job_id: UUID) -> bool:
        """Run the job when a slot is free. Cancelling the caller does not cancel the attempt: only `finish` does."""
        async with self._free:
            task = asyncio.create_task(self._runner.run(tenant_id, job_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return await asyncio.shield(task)

    async def finish(self, grace_s: float) -> None:
        """Wait up to `grace_s` for the attempts under way, then cancel them; each gives its job back."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_s)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def main() -> None:
    """`storekeep worker`: settings from the environment, SIGTERM or SIGINT stops it."""
    settings = load_settings()
    telemetry = settings.telemetry
    configure_logging(level=telemetry.log_level, log_format=telemetry.log_format, secrets=secret_values(settings))
    asyncio.run(_until_signalled(settings))


async def _until_signalled(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(settings, stop)


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set, then stop cleanly."""
    wired = build(settings)
    try:
        await _work(wired, settings, stop)
    finally:
        await wired.close()


async def _work(wired: Wired, settings: Settings, stop: asyncio.Event) -> None:
    times = RunnerTimes(settings.jobs.lease_s, settings.jobs.heartbeat_s, settings.jobs.tenant_slots)
    runner = JobRunner(wired.db, wired.services, job_kinds(), times)
    # A job that holds one connection may need another to go on: with one each, all of them could wait for each other for ever.
    slots = min(settings.jobs.slots, wired.db.tenant_connections // 2)
    attempts = Attempts(runner, slots)
    url = settings.redis.url.get_secret_value()
    waker = ArqWaker(url)
    ledger.set_waker(waker)
    sweeper = Sweeper(wired.db, attempts, runner.kinds, waker, every_s=settings.jobs.sweep_s)
    parts: list[tuple[str, Callable[[], Awaitable[None]]]] = [
        ("wake-ups", lambda: receive(url, attempts.run, slots=slots)),
        ("sweeper", sweeper.run),
        ("schedules", lambda: run_schedules(ROOMS, wired.db, wired.services)),
    ]
    tasks = [asyncio.create_task(_kept_alive(name, part)) for name, part in parts]
    log.info("worker_started", kinds=sorted(runner.kinds), slots=slots)
    await stop.wait()
    log.info("worker_stopping")
    runner.stop_claiming()
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
    await attempts.finish(settings.jobs.grace_s)
    ledger.set_waker(None)
    await waker.close()
    log.info("worker_stopped")


async def _kept_alive(name: str, part: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await part()
        except Exception:
            log.error("worker_part_failed", part=name, exc_info=True)
        await asyncio.sleep(1)
