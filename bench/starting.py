"""How long `make run` takes until it is ready: the first time in a fresh home, and every time after."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from bench.harness import Bench, Figure, at_most, benchmark
from bench.machine import ROOT
from bench.processes import LOGS, answers, free_port

FIRST_BUDGET_S = 60.0
AGAIN_BUDGET_S = 10.0
AGAIN = 5


@benchmark("start")
async def start_times(bench: Bench) -> list[Figure]:
    """Seconds from `make run` until /readyz is 200; the demo import is part of the first. Packages and page are there already:
    fetching those is the network's time."""
    subprocess.run(["make", "python", "page"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="storekeep-start-") as folder:
        first = await _start(Path(folder))
        again = [await _start(Path(folder)) for _ in range(AGAIN)]
    return [
        at_most("first start", first, "s", "budget", FIRST_BUDGET_S, 1.0),
        at_most("later start", statistics.median(again), "s", "budget", AGAIN_BUDGET_S, 1.0),
    ]


async def _start(home: Path) -> float:
    port = free_port()
    env = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    env |= {"STOREKEEP_HOME": str(home), "PORT": str(port)}
    began = time.monotonic()
    with (LOGS / "start.log").open("ab") as log:
        process = subprocess.Popen(["make", "run"], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        await answers(f"http://127.0.0.1:{port}/readyz", timeout_s=300)
        return time.monotonic() - began
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
        await asyncio.to_thread(process.wait, 60)
