"""pytest plugin: one PostgreSQL and one Redis for a whole test run, shared by its workers, gone with it however it ends."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from storekeep.entry.embedded import servers
from storekeep.entry.embedded.postgres import PostgresServer
from storekeep.entry.embedded.processes import Process
from storekeep.entry.embedded.redis import DATABASES, RedisServer

_POSTGRES_INPUT = "storekeep_postgres"
_REDIS_INPUT = "storekeep_redis"

# Reads from a pipe nobody writes to: it wakes when the test run is gone, by whatever death, and removes what it left.
_JANITOR = 'read -r _; i=0; while [ -e "$1" ] && [ $i -lt 100 ]; do rm -rf -- "$1" 2>/dev/null; sleep 0.1; i=$((i+1)); done'


@dataclass(frozen=True, slots=True)
class Postgres:
    """The run's PostgreSQL. `superuser_dsn` names its `postgres` database."""

    superuser_dsn: str

    def dsn(self, database: str) -> str:
        """The superuser's URL of another database."""
        return urlsplit(self.superuser_dsn)._replace(path=f"/{database}").geturl()


class TestServers:
    """Both servers, running from a temporary folder. Starting takes about a second, so it happens at first need."""

    __test__ = False

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._janitor: subprocess.Popen[bytes] | None = None
        self._processes: list[Process] = []
        self.postgres = ""
        self.redis = ""

    def start(self) -> None:
        """Start both, once."""
        if self._folder:
            return
        self._folder = Path(tempfile.mkdtemp(prefix="storekeep-tests-"))
        self._janitor = subprocess.Popen(
            ["/bin/sh", "-c", _JANITOR, "janitor", str(self._folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
        )
        database = PostgresServer(self._folder / "postgres", secrets.token_hex(16), self._folder / "postgres.log", fast=True)
        cache = RedisServer(self._folder / "redis", secrets.token_hex(16), self._folder / "redis.log", fast=True)
        for server in (database, cache):
            process, port = servers.start(server)
            self._processes.append(process)
            if isinstance(server, PostgresServer):
                self.postgres = server.dsn(port)
            else:
                self.redis = server.url(port).rsplit("/", 1)[0]

    def stop(self) -> None:
        """Stop both and remove their folder."""
        for process in self._processes:
            process.stop()
        self._processes = []
        if self._janitor and self._janitor.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._janitor.stdin.close()
            self._janitor.wait()


_servers = TestServers()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """In the controller of a distributed run: tell a worker, before it starts, where the run's servers are."""
    _servers.start()
    node.workerinput |= {_POSTGRES_INPUT: _servers.postgres, _REDIS_INPUT: _servers.redis}


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    _servers.stop()


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Postgres:
    """The run's PostgreSQL server, without the durability a real one has. Databases in it are the caller's own."""
    given = getattr(request.config, "workerinput", None)
    if given is None:
        _servers.start()
        return Postgres(_servers.postgres)
    return Postgres(given[_POSTGRES_INPUT])


@pytest.fixture(scope="session")
def redis_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a Redis database that belongs to this worker alone."""
    given = getattr(request.config, "workerinput", None)
    if given is None:
        _servers.start()
        yield f"{_servers.redis}/0"
        return
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    if number >= DATABASES:
        pytest.fail(f"more workers than the {DATABASES} Redis databases")
    yield f"{given[_REDIS_INPUT]}/{number}"
