"""The home folder (STOREKEEP_HOME): one run at a time holds it, and it keeps the secrets and ports a run made up."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storekeep.entry.embedded.processes import Pause

_SECRETS: dict[str, Callable[[], str]] = {
    "ENCRYPTION_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "SESSION_SECRET": lambda: secrets.token_urlsafe(48),
    "POSTGRES_PASSWORD": lambda: secrets.token_hex(24),
    "REDIS_PASSWORD": lambda: secrets.token_hex(24),
    "SANDBOX_CONTROL_KEY": lambda: secrets.token_hex(24),
    "SHOPIFY_API_KEY": lambda: secrets.token_hex(16),
    "SHOPIFY_API_SECRET": lambda: secrets.token_hex(16),
}
_GRACE = 1.0  # how long a run that was just told to stop may need to say so


class HomeUnusable(RuntimeError):
    """The home folder cannot be used; the message is fit for a person."""


@dataclass(slots=True)
class Home:
    """One home folder. Everything but `path` needs `hold` first."""

    path: Path
    _lock: int = field(default=-1, repr=False)

    @property
    def logs(self) -> Path:
        """Where the children's output goes."""
        return self.path / "logs"

    def hold(self, pause: Pause = time.sleep, say: Callable[[str], None] = lambda _: None) -> None:
        """Take the folder for this process, until it ends. Raises HomeUnusable when another run has it, or it is another user's.

        A run that is stopping is waited for, for as long as it takes; one that may just have been told so, for a second.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.path / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HomeUnusable(f"{self.path} cannot be used: {error.strerror}. Another user may have made it.") from error
        began = time.monotonic()
        announced = False
        while not self._try_lock():
            holder = self._holder()
            if holder.get("stopping"):
                if not announced:
                    say("Waiting for the previous run to finish stopping.")
                announced = True
            elif time.monotonic() - began > _GRACE:
                address = f" at {holder['address']}" if "address" in holder else ""
                process = f" (process {holder['pid']})" if "pid" in holder else ""
                raise HomeUnusable(f"Storekeep is already running from {self.path}{address}{process}; stop that one first.")
            pause(0.1)
        self.describe()

    def describe(self, **facts: Any) -> None:
        """Tell the next run about this one: its process, and what else is given (address, stopping)."""
        text = json.dumps({"pid": os.getpid(), **facts}).encode()
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, text, 0)

    def release(self) -> None:
        """Let go of the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def secrets(self) -> dict[str, str]:
        """The secrets of this home, by the name of their environment variable; made once, kept in a file only we may read."""
        kept = self._read("secrets.json")
        missing = {name: make() for name, make in _SECRETS.items() if name not in kept}
        if missing:
            kept |= missing
            self._write("secrets.json", kept)
        return {name: str(kept[name]) for name in _SECRETS}

    def ports(self) -> dict[str, int]:
        """The ports remembered from the run before, by server."""
        return {name: port for name, port in self._read("ports.json").items() if isinstance(port, int)}

    def remember_ports(self, used: dict[str, int]) -> None:
        """Keep the ports of this run for the next one."""
        if used != self.ports():
            self._write("ports.json", used)

    def addresses(self) -> dict[str, str]:
        """Where the last run's servers are, by environment variable; empty before the first. Needs no hold."""
        return {name: str(value) for name, value in self._read("addresses.json").items()}

    def remember_addresses(self, used: Mapping[str, str]) -> None:
        """Tell other commands where this run's servers are. They hold passwords: only we may read them."""
        self._write("addresses.json", dict(used))

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> dict[str, Any]:
        try:
            holder = json.loads(os.pread(self._lock, 10_000, 0))
        except ValueError:  # it is being written
            return {}
        return holder if isinstance(holder, dict) else {}

    def _read(self, name: str) -> dict[str, Any]:
        try:
            kept = json.loads((self.path / name).read_text())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            # Never made anew over the old: without its key the stored tokens are lost.
            raise HomeUnusable(f"{self.path / name} cannot be read: restore it, or remove {self.path} to begin anew.") from error
        return kept if isinstance(kept, dict) else {}

    def _write(self, name: str, value: dict[str, Any]) -> None:
        """Replace a file in one step, so that a crash leaves the old one or the new one, whole."""
        unfinished = self.path / f"{name}.unfinished"
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            json.dump(value, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path / name)
