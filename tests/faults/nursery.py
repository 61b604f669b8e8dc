"""`python -m tests.faults.nursery`: has the product imported and forks real workers from it, each a process that can be killed.

One JSON object a line on standard input is an order, one on standard output its answer: {"start": {…}} → {"pid"}, and
{"wait": pid} → {"status"} once the worker has died (negative: by that signal). At the end of the input every worker is killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from storekeep.domains.commerce.sync.limits import SyncLimits
from storekeep.entry.embedded.roles import RoleUrls
from storekeep.entry.rooms import job_kinds
from storekeep.entry.wiring import build
from storekeep.entry.worker import main as worker
from storekeep.runtime.logging import configure_logging
from storekeep.runtime.settings import JobSettings, Settings
from tests.faults.points import Watch
from tests.support.accounts import test_settings
from tests.support.database import TestDatabase


def settings_of(order: dict[str, Any]) -> Settings:
    """The settings of a process on the order's servers."""
    settings = test_settings(TestDatabase("", "", RoleUrls("", order["database"], order["system"])), order["redis"])
    settings.shopify.base_url = order["shopify"]
    settings.jobs = JobSettings(lease_s=order["lease_s"], heartbeat_s=order["lease_s"] / 5, sweep_s=0.25, grace_s=0)
    return settings


async def _work(order: dict[str, Any]) -> None:
    settings = settings_of(order)
    wired = build(settings)
    wired.services.provide(SyncLimits, SyncLimits(**order.get("limits", {})))
    record = order.get("record")
    watch = Watch(tuple(order.get("kinds", ())), Path(record) if record else None, order.get("kill_at"))
    watch.attach(wired)
    # The worker as it is, but for handlers that are counted.
    worker.job_kinds = lambda: watch.over(job_kinds())
    await worker._work(wired, settings, asyncio.Event())


def _child(order: dict[str, Any]) -> None:
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    try:
        configure_logging(level="info", log_format="json")
        asyncio.run(_work(order))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def main() -> None:
    """Serve orders until the input ends."""
    assert threading.active_count() == 1, "a process with threads cannot be forked safely"
    alive: set[int] = set()
    while line := sys.stdin.readline():
        order = json.loads(line)
        if "start" in order:
            pid = os.fork()
            if pid == 0:
                _child(order["start"])
            alive.add(pid)
            answer = {"pid": pid}
        else:
            _, status = os.waitpid(order["wait"], 0)
            alive.discard(order["wait"])
            answer = {"status": os.waitstatus_to_exitcode(status)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in alive:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
