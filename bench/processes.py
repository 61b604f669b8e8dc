"""The product's processes as a benchmark runs them: real ones, on free ports, with their memory told by the system."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from storekeep.entry.embedded import ports
from storekeep.entry.embedded.roles import RoleUrls

LOGS = Path(os.environ.get("BENCH_HOME", Path(__file__).resolve().parents[1] / ".storekeep-bench")).absolute()


def environment(urls: RoleUrls, redis_url: str, port: int, **more: str) -> dict[str, str]:
    """Settings of a process on these servers, limits out of the way."""
    return os.environ | {
        "DATABASE_URL": urls.runtime,
        "DATABASE_SYSTEM_URL": urls.system,
        "DATABASE_OWNER_URL": urls.owner,
        "REDIS_URL": redis_url,
        "ENVIRONMENT": "development",
        "PORT": str(port),
        "APP_URL": f"http://127.0.0.1:{port}",
        "ENCRYPTION_KEY": base64.b64encode(b"k" * 32).decode(),
        "SESSION_SECRET": "s" * 40,
        "API_LIMIT_PER_MINUTE": "100000000",
        "LOG_LEVEL": "WARNING",
        **more,
    }


@asynccontextmanager
async def running(arguments: list[str], env: dict[str, str], name: str) -> AsyncIterator[subprocess.Popen[bytes]]:
    """`python <arguments>` for the length of the block; its output goes to a log."""
    with (LOGS / f"{name}.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, *arguments], env=env, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 20)
        except subprocess.TimeoutExpired:
            process.kill()


async def answers(url: str, timeout_s: float = 60) -> None:
    """Wait until `url` answers 200. Raises TimeoutError."""
    end = time.monotonic() + timeout_s
    async with httpx.AsyncClient() as client:
        while time.monotonic() < end:
            try:
                if (await client.get(url, timeout=2)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise TimeoutError(url)


def free_port() -> int:
    """A port nobody listens on."""
    return ports.pick(frozenset())


def peak_memory_mb(pid: int) -> float:
    """The process's largest resident size so far, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    raise LookupError(f"no VmHWM for {pid}")
