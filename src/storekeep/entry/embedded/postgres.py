"""The embedded PostgreSQL 18: made once with a password, served on loopback only, repaired after a crash."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from storekeep.entry.embedded import binaries, strays, unprivileged
from storekeep.entry.embedded.ports import LOOPBACK
from storekeep.entry.embedded.processes import Pause, Process, Program
from storekeep.entry.embedded.servers import ServerFailed

SUPERUSER = "postgres"

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path may not pass 107 bytes; loopback TCP has no such limit
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
}
# Nothing survives a power cut like this, and nothing needs to: these data are made for one test run.
_FAST_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
}


@dataclass(slots=True)
class PostgresServer:
    """One PostgreSQL cluster below `folder`. `fast` trades durability for speed and is for tests alone."""

    folder: Path
    password: str = field(repr=False)
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    fast: bool = False
    name: str = "PostgreSQL"
    _footing: unprivileged.Footing | None = None

    @property
    def footing(self) -> unprivileged.Footing:
        """How and where it runs on this machine; settled at first use."""
        if self._footing is None:
            self._footing = unprivileged.choose(binaries.postgres_folder(), self.folder)
        return self._footing

    @property
    def data(self) -> Path:
        """The cluster's data directory; every process of the cluster has it as its working directory."""
        return self.footing.folder / "data"

    def dsn(self, port: int, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """A `postgresql://` URL for this cluster, the superuser's unless another role is named.

        It says that there is no TLS: drivers that would look for some also look for key files in a home folder, which a user who
        was switched to may not read.
        """
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{quote(user, safe='')}:{secret}@{LOOPBACK}:{port}/{quote(database, safe='')}?sslmode=disable"

    def prepare(self, pause: Pause = time.sleep) -> None:
        """Create the cluster if it is absent; else clear away what a crash left. Raises ServerFailed."""
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._create()
            return
        if version.read_text().strip() != binaries.POSTGRES_MAJOR:
            raise ServerFailed(self.name, f"its data are of version {version.read_text().strip()}, not 18", self.log)
        # A postmaster that was killed leaves sessions behind; a new one would refuse to start beside them.
        strays.stop(None, [self.data], pause)
        self._clear_pid_file(pause)

    def program(self, port: int) -> Program:
        """How to run it on that port. SIGINT is PostgreSQL's "fast shutdown": sessions end, data are written.

        Asked for while it recovers from the crash of a session, a fast shutdown waits for ever for processes that nobody told to
        end (PostgreSQL 15 to 18, `PM_WAIT_BACKENDS` with `FatalError` set); an "immediate" one, SIGQUIT, still ends it, and the
        next start recovers: https://www.postgresql.org/docs/18/server-shutdown.html
        """
        settings = _SETTINGS | (_FAST_SETTINGS if self.fast else {}) | {"port": str(port)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return Program(
            name="postgres",
            argv=(*self.footing.prefix, str(self.footing.binaries / "postgres"), "-D", str(self.data), *options),
            log=self.log,
            cwd=self.footing.folder,
            env=_environment(self.env),
            stop_signal=signal.SIGINT,
            stop_seconds=60.0,
            urgent_signal=signal.SIGQUIT,
            patience=strays.POSTGRES_PATIENCE,
            account=self.footing.account,
        )

    def ready(self, process: Process, port: int) -> bool:
        """Whether this very process accepts queries; it writes so into the eighth line of its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(process.pid) and lines[3] == str(port) and lines[7].strip() == "ready"

    def _create(self) -> None:
        """Run initdb beside the final place and move the result there, so that a half-made cluster is never taken for one."""
        unfinished = self.data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        account = self.footing.account
        secret = self.footing.folder / "initial-password"
        secret.unlink(missing_ok=True)
        with os.fdopen(os.open(secret, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(self.password + "\n")
        if account:
            os.chown(secret, account.uid, account.gid)
        command = [*self.footing.prefix, str(self.footing.binaries / "initdb"), "-D", str(unfinished), "-U", SUPERUSER]
        command += ["-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        command += ["--no-instructions", *(["--no-sync"] if self.fast else [])]
        try:
            made = subprocess.run(  # noqa: S603 - argv is ours, no shell
                command,
                cwd=self.footing.folder,
                env=_environment(self.env),
                capture_output=True,
                check=False,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        finally:
            secret.unlink(missing_ok=True)
        if made.returncode != 0:
            raise ServerFailed("initdb", made.stderr.decode(errors="replace").strip(), self.log)
        unfinished.rename(self.data)

    def _clear_pid_file(self, pause: Pause) -> None:
        """Deal with the pid file of a server that did not stop in order.

        PostgreSQL itself recognises a pid that is gone. It refuses to start when the pid belongs to any living process of its
        user, which after a reboot may be anything; such a file is removed. A living server on our own data is stopped first.
        """
        pid_file = self.data / "postmaster.pid"
        while True:
            try:
                pid = int(pid_file.read_text().split("\n", 1)[0])
            except (OSError, ValueError):
                return
            command = strays.command_of(pid)
            if command is None:
                return
            if command != "postgres" or not self._works_here(pid):
                pid_file.unlink(missing_ok=True)
                return
            try:
                os.kill(pid, signal.SIGINT)
            except ProcessLookupError:
                return
            pause(0.1)

    def _works_here(self, pid: int) -> bool:
        """Whether a postgres process serves our data; where the kernel will not say, having the data's owner must do."""
        process = Path("/proc") / str(pid)
        try:
            return (process / "cwd").readlink() == self.data.resolve()
        except PermissionError:
            return process.stat().st_uid == self.data.stat().st_uid
        except OSError:
            return False


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    """The little that PostgreSQL needs to see: no PG* variable of the caller may change what it does."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", **env}
