"""The test's side of the nursery: starts real workers, waits for their deaths, kills them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Nursery:
    """A running nursery. One order at a time."""

    process: asyncio.subprocess.Process
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self, order: dict[str, Any]) -> int:
        """Start a worker; its process id."""
        return int((await self._ask({"start": order}))["pid"])

    async def death_of(self, pid: int, *, within_s: float = 120) -> int:
        """Wait for a worker to die; its exit status (negative: the signal). One that lives on is killed: TimeoutError."""
        waiting = asyncio.create_task(self._ask({"wait": pid}))
        done, _ = await asyncio.wait([waiting], timeout=within_s)
        if not done:
            os.kill(pid, signal.SIGKILL)
        status = int((await waiting)["status"])
        if not done:
            raise TimeoutError(f"worker {pid} was still alive after {within_s} s")
        return status

    async def kill(self, pid: int) -> None:
        """Kill a worker and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await self._ask({"wait": pid})

    async def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        async with self.busy:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            await self.process.stdin.drain()
            line = await self.process.stdout.readline()
        assert line, "the nursery is gone"
        answer: dict[str, Any] = json.loads(line)
        return answer


@asynccontextmanager
async def a_nursery() -> AsyncIterator[Nursery]:
    """A nursery, and no worker left of it afterwards."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.nursery",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Nursery(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
