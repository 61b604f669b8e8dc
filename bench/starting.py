"""How long `make run` takes until it is ready: the first time in a fresh home, and every time after."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.harness import Bench, Figure, at_most, benchmark
from bench.processes import answers, free_port

FIRST_BUDGET_S = 60.0
AGAIN_BUDGET_S = 10.0
AGAIN = 5


@benchmark("start")
async def start_times(bench: Bench) -> list[Figure]:
    """Seconds until /readyz is 200, packages and page being installed and built already; the demo import is part of the first."""
    with tempfile.TemporaryDirectory(prefix="storekeep-start-") as folder:
        first = await _start(Path(folder))
        again = [await _start(Path(folder)) for _ in range(AGAIN)]
    return [
        at_most("first start", first, "s", "budget", FIRST_BUDGET_S, 1.0),
        at_most("later start", statistics.median(again), "s", "budget", AGAIN_BUDGET_S, 1.0),
    ]


async def _start(home: Path) -> float:
    port = free_port()
    env = os.environ | {"STOREKEEP_HOME": str(home), "PORT": str(port)}
    began = time.monotonic()
    with (home / "bench.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "storekeep.entry.cli", "up"], env=env, stdout=log, stderr=log)
    try:
        await answers(f"http://127.0.0.1:{port}/readyz", timeout_s=300)
        return time.monotonic() - began
    finally:
        process.send_signal(signal.SIGINT)
        await asyncio.to_thread(process.wait, 60)
