"""Child processes: started so that they end with their parent, stopped with the signal each one understands."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Pause = Callable[[float], None]
"""Sleeps that many seconds; the supervisor's own may raise to break off a wait."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None, use_errno=True)
_LOG_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Account:
    """The numeric user and group a program runs as."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Program:
    """What to run and how to stop it: `stop_signal`, after `patience` seconds `urgent_signal`, after `stop_seconds` SIGKILL.

    `stdin` is written once and closed; `log` is appended to.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    cwd: Path
    env: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    urgent_signal: signal.Signals | None = None
    patience: float = 0.0
    stdin: bytes = b""
    account: Account | None = None


@dataclass(slots=True)
class Process:
    """A started program."""

    program: Program
    popen: subprocess.Popen[bytes]
    log_start: int  # size of the log before this process wrote to it
    started: float = field(default_factory=time.monotonic)

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self.popen.poll()

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.popen.poll() is None

    def ask_to_stop(self) -> None:
        """Send the program's own stop signal, if it still runs."""
        if self.alive():
            self.popen.send_signal(self.program.stop_signal)

    def kill(self) -> None:
        """End it at once, with whatever shares its process group, and wait until it is gone."""
        if self.alive():
            for send in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    send(self.pid, signal.SIGKILL)
        self.popen.wait()

    def stop(self, pause: Pause = time.sleep) -> None:
        """Stop it and wait until it is gone: with its own signals first, then SIGKILL to its session."""
        self.ask_to_stop()
        began, urgent = time.monotonic(), self.program.urgent_signal
        while self.alive() and (waited := time.monotonic() - began) < self.program.stop_seconds:
            if urgent is not None and waited > self.program.patience:
                self.popen.send_signal(urgent)
                urgent = None
            pause(0.01)
        self.kill()

    def last_words(self, lines: int = 5) -> str:
        """The end of what it wrote to its log, for a message about why it stopped."""
        return tail(self.program.log, lines, self.log_start)


def spawn(program: Program) -> Process:
    """Start `program` in a session of its own, so that a terminal's Ctrl-C reaches only the supervisor.

    Call it from the main thread: the kernel sends the stop signal when the *thread* that started the child ends.
    """
    program.log.parent.mkdir(parents=True, exist_ok=True)
    shorten_log(program.log)
    parent = os.getpid()
    death_signal = int(program.stop_signal)

    def end_with_parent() -> None:
        # After any change of user, which would clear the setting again.
        _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died before the setting took hold
            os._exit(1)

    with program.log.open("ab") as log:
        log_start = log.tell()
        popen = subprocess.Popen(  # noqa: S603 - argv is ours, no shell
            program.argv,
            cwd=program.cwd,
            env=dict(program.env),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=program.account.uid if program.account else None,
            group=program.account.gid if program.account else None,
            extra_groups=[] if program.account else None,
            preexec_fn=end_with_parent,
        )
    assert popen.stdin is not None
    try:
        popen.stdin.write(program.stdin)
        popen.stdin.close()
    except BrokenPipeError:
        pass  # it is gone already; its exit code tells
    return Process(program, popen, log_start)


def end_with(parent: int) -> None:
    """Make this very process receive SIGTERM when `parent`, which started it, ends, or at once if it has ended already."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def tail(log: Path, lines: int, start: int = 0) -> str:
    """The last lines of a text file from the byte `start` on, without blank ones; empty when it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(max(start, log.stat().st_size - 20_000))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])


def shorten_log(log: Path) -> None:
    """Once a log has passed 10 MB, keep it as `<name>.1` and begin anew. Writers append, so they may hold it open."""
    try:
        if log.stat().st_size < _LOG_LIMIT:
            return
        log.with_suffix(log.suffix + ".1").write_bytes(log.read_bytes())
        os.truncate(log, 0)
    except FileNotFoundError:
        return
