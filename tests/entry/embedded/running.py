"""Runs of the small product, and a look from outside at the processes of a home folder."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil

from storekeep.entry.embedded import ports

READY = "Storekeep is ready"
_PRODUCT = Path(__file__).with_name("product.py")
# The last word or the program of each child's command line: in the small product, in the real one.
_MARKS = {
    "postgres": {"postgres"},
    "redis": {"redis-server"},
    "api": {"PORT", "serve"},
    "sandbox": {"SANDBOX_PORT", "sandbox"},
    "worker": {"work", "worker"},
}


def wait_for(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Poll until the condition holds; AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)


def processes_of(home: Path) -> dict[int, str]:
    """Every living process that belongs to the home, by what the kernel says: environment, working folder or command line."""
    found = {}
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            environment = process.environ() if process.pid != os.getppid() else {}
            if environment.get("STOREKEEP_CHILD_OF") == str(home) or Path(process.cwd()).is_relative_to(home):
                found[process.pid] = process.name()
        except (psutil.Error, OSError):
            continue
    return found


class Run:
    """One `storekeep up` with the small product; `flags` make its children misbehave."""

    command: tuple[str, ...] = (sys.executable, str(_PRODUCT), "0")

    def __init__(self, folder: Path, port: int, *flags: str, **environment: str) -> None:
        self.home = folder / ".storekeep"
        self.port = port
        self.output = folder / f"output-{time.monotonic_ns()}.txt"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_", "SHOPIFY_"))}
        with self.output.open("wb") as output:
            self.popen = subprocess.Popen(
                (*self.command, *flags),
                cwd=folder,
                env={**clean, "PORT": str(port), **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        """What it printed so far."""
        return self.output.read_text()

    def wait_ready(self, seconds: float = 30) -> None:
        """Wait until it says that it is ready."""
        wait_for(lambda: READY in self.text or self.popen.poll() is not None, "the product to be ready", seconds)
        assert READY in self.text, self.text

    def child(self, name: str) -> int:
        """The process id of a living child, told by its command line; 0 while there is none."""
        for process in psutil.Process(self.popen.pid).children():
            with contextlib.suppress(psutil.Error):
                line = process.cmdline()
                if line and _MARKS[name] & {line[-1], Path(line[0]).name.split(" ")[0]}:
                    return process.pid
        return 0

    def kill(self, name: str) -> int:
        """SIGKILL to a child, which must be there; what its process id was."""
        victim = self.child(name)
        assert victim, f"{name} is not running"  # signals to process 0 would reach the tests themselves
        os.kill(victim, signal.SIGKILL)
        return victim

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal to the supervisor alone and wait for its end; the exit code."""
        self.popen.send_signal(number)
        return self.popen.wait(30)

    def kill_everything(self) -> None:
        """SIGKILL to the supervisor and every process of the home at once."""
        victims = [self.popen.pid, *processes_of(self.home)]
        for pid in victims:
            os.kill(pid, signal.SIGSTOP)  # nobody may notice the death of another and react
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        self.popen.wait()

    async def connect(self) -> asyncpg.Connection:
        """A superuser's connection to the product's database."""
        password = json.loads((self.home / "secrets.json").read_text())["POSTGRES_PASSWORD"]
        port = json.loads((self.home / "ports.json").read_text())["postgres"]
        return await asyncpg.connect(f"postgresql://postgres:{password}@127.0.0.1:{port}/storekeep")

    async def write(self, word: str) -> None:
        """Commit one row."""
        connection = await self.connect()
        await connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        await connection.execute("INSERT INTO kept VALUES ($1)", word)
        await connection.close()

    async def words(self) -> set[str]:
        """The rows committed so far."""
        connection = await self.connect()
        rows = await connection.fetch("SELECT word FROM kept")
        await connection.close()
        return {row["word"] for row in rows}


@contextmanager
def running(folder: Path, *flags: str, ready: bool = True, port: int | None = None, **environment: str) -> Iterator[Run]:
    """A run that is ended with the block, whatever happens in it."""
    run = Run(folder, port or ports.pick(), *flags, **environment)
    try:
        if ready:
            run.wait_ready()
        yield run
    finally:
        if run.popen.poll() is None:
            run.popen.send_signal(signal.SIGTERM)
            run.popen.wait(30)
