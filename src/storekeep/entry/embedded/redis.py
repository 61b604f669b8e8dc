"""The embedded Redis: password by standard input so that no process list shows it, an append-only file, nothing ever evicted."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storekeep.entry.embedded import binaries, strays
from storekeep.entry.embedded.ports import LOOPBACK
from storekeep.entry.embedded.processes import Pause, Process, Program, tail

DATABASES = 64


@dataclass(slots=True)
class RedisServer:
    """One Redis whose data lie in `folder`. The password is of letters and digits. `fast` keeps nothing on disk, for tests."""

    folder: Path
    password: str = field(repr=False)
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    fast: bool = False
    name: str = "Redis"

    def url(self, port: int, database: int = 0) -> str:
        """A `redis://` URL of one of its databases, 0 to 63."""
        return f"redis://:{self.password}@{LOOPBACK}:{port}/{database}"

    def prepare(self, pause: Pause = time.sleep) -> None:
        """Make the folder; set aside an append-only file the last start could not read.

        Redis cuts off a torn last write by itself. Anything worse is no loss: PostgreSQL holds the truth, Redis only wakes.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        strays.stop(None, [self.folder], pause)
        kept = self.folder / "appendonly.aof"
        if kept.exists() and "reading the append only file" in tail(self.log, 8):
            kept.replace(kept.with_suffix(".unreadable"))

    def program(self, port: int) -> Program:
        """How to run it on that port."""
        lines = {
            "port": str(port),
            "bind": LOOPBACK,
            "requirepass": self.password,
            "dir": '"' + str(self.folder).replace("\\", "\\\\").replace('"', '\\"') + '"',
            "appendonly": "no" if self.fast else "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "databases": str(DATABASES),
            "daemonize": "no",
        }
        return Program(
            name="redis",
            argv=(str(binaries.redis_program()), "-"),
            log=self.log,
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", **self.env},
            stop_signal=signal.SIGTERM,
            stop_seconds=20.0,
            stdin="".join(f"{key} {value}\n" for key, value in lines.items()).encode(),
        )

    def ready(self, process: Process, port: int) -> bool:
        """Whether it takes our password and answers; while it still loads its file it answers with an error."""
        try:
            with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (more := connection.recv(256)):
                    answer += more
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"
