"""The embedded PostgreSQL: locked, loopback only, whole after every kind of death, for root and for others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from storekeep.entry.embedded import ports, servers, strays, unprivileged
from storekeep.entry.embedded.postgres import PostgresServer
from storekeep.entry.embedded.processes import Account, Process
from tests.entry.embedded.ordinary_user import as_account, needs_root
from tests.entry.embedded.running import wait_for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> PostgresServer:
    """A cluster in a path with spaces, stopped; its durability is the real one."""
    folder = tmp_path_factory.mktemp("the shop's data")
    made = PostgresServer(folder / "postgres", "pass'word \\ ü", folder / "postgres.log")
    made.prepare()
    return made


@pytest.fixture
def started(server: PostgresServer) -> Iterator[tuple[Process, int]]:
    """The cluster, running."""
    process, port = servers.start(server)
    yield process, port
    process.stop()


async def test_it_demands_the_password_and_listens_on_loopback_only(server: PostgresServer, started: tuple[Process, int]) -> None:
    _, port = started
    connection = await asyncpg.connect(server.dsn(port))
    assert await connection.fetchval("SHOW listen_addresses") == "127.0.0.1"
    assert await connection.fetchval("SHOW unix_socket_directories") == ""
    assert await connection.fetchval("SHOW fsync") == "on"
    assert await connection.fetchval("SHOW TimeZone") == "UTC"
    assert await connection.fetchval("SELECT datlocale FROM pg_database WHERE datname = 'template1'") == "C.UTF-8"
    assert await connection.fetchval("SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'postgres'")
    await connection.close()
    for password in ("wrong", ""):
        with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError)):
            await asyncpg.connect(server.dsn(port, password=password))


def test_no_secret_is_left_on_disk_or_in_the_process_list(server: PostgresServer, started: tuple[Process, int]) -> None:
    process, _ = started
    assert not any("pass'word" in part for part in psutil.Process(process.pid).cmdline())
    assert [path.name for path in server.folder.iterdir()] == ["data"]
    assert server.data.stat().st_mode & 0o777 == 0o700


async def test_after_a_kill_it_starts_again_at_once_beside_a_session_that_lives_on(server: PostgresServer) -> None:
    process, port = servers.start(server)
    connection = await asyncpg.connect(server.dsn(port))
    await connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS one")
    os.kill(process.pid, signal.SIGKILL)
    process.popen.wait()
    process, port = servers.start(server, port)
    again = await asyncpg.connect(server.dsn(port))
    assert await again.fetchval("SELECT one FROM kept LIMIT 1") == 1
    await again.close()
    process.stop()
    assert process.exit_code == 0


@pytest.mark.parametrize("by", ["its own supervisor", "the next run"])
async def test_a_stop_in_the_middle_of_a_recovery_comes_to_an_end(
    server: PostgresServer, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fast shutdown asked for then never ends by itself."""
    monkeypatch.setattr(strays, "POSTGRES_PATIENCE", 0.3)
    process, port = servers.start(server)
    session = await asyncpg.connect(server.dsn(port))
    os.kill(await session.fetchval("SELECT pg_backend_pid()"), signal.SIGKILL)
    wait_for(lambda: "reinitializing" in process.last_words(20), "the recovery to begin")
    began = time.monotonic()
    if by == "the next run":
        strays.stop(None, [server.data])
    else:
        process.stop()
    wait_for(lambda: not process.alive(), "the server to end")
    assert time.monotonic() - began < 10
    assert process.exit_code != -signal.SIGKILL


@pytest.mark.parametrize("squatter", ["another program", "another postgres"])
def test_a_pid_file_that_names_somebody_else_is_no_obstacle(
    server: PostgresServer, tmp_path: Path, squatter: str, request: pytest.FixtureRequest
) -> None:
    if squatter == "another program":
        other = subprocess.Popen(["/bin/sleep", "600"])
        request.addfinalizer(other.wait)
        request.addfinalizer(other.kill)
        pid = other.pid
    else:
        stranger = PostgresServer(tmp_path / "postgres", "p", tmp_path / "postgres.log", fast=True)
        process, _ = servers.start(stranger)
        request.addfinalizer(process.stop)
        pid = process.pid
    (server.data / "postmaster.pid").write_text(f"{pid}\n{server.data}\n1\n5432\n\n127.0.0.1\n0 0\nready   \n")
    mine, _ = servers.start(server)
    mine.stop()
    assert psutil.pid_exists(pid)


def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "postgres", "p", tmp_path / "postgres.log", fast=True)
    (tmp_path / "postgres" / "data.unfinished" / "base").mkdir(parents=True)
    process, _ = servers.start(server)
    process.stop()
    assert not (tmp_path / "postgres" / "data.unfinished").exists()


def test_a_cluster_of_another_version_is_refused_in_words(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(servers.ServerFailed, match="its data are of version 17, not 18"):
        servers.start(PostgresServer(tmp_path / "postgres", "p", tmp_path / "postgres.log"))


def test_a_port_taken_at_the_last_moment_is_replaced(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(ports, "is_free", lambda *_: True)  # it was, when it was looked at
        process, port = servers.start(server, taken)
        process.stop()
    assert port != taken


def test_it_ends_with_the_process_that_started_it(server: PostgresServer) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from storekeep.entry.embedded import servers\n"
        "from storekeep.entry.embedded.postgres import PostgresServer\n"
        "folder = Path(sys.argv[1])\n"
        "process, _ = servers.start(PostgresServer(folder, 'p', folder.with_name('postgres.log')))\n"
        "print(process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(server.folder)], stdout=subprocess.PIPE)
    assert parent.stdout
    postgres = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    wait_for(lambda: not postgres.is_running() or postgres.status() == psutil.STATUS_ZOMBIE, "PostgreSQL to follow its parent")
    assert server.log.read_text().rstrip().endswith("database system is shut down")


@needs_root
async def test_root_without_user_namespaces_gives_it_an_account_and_opens_no_folder(
    tmp_path: Path, account: Account, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    modes = {path: path.stat().st_mode for path in tmp_path.parents}
    monkeypatch.setattr(unprivileged, "_namespace", lambda: ())
    monkeypatch.setattr(unprivileged, "_make_account", lambda: account)
    monkeypatch.setattr(unprivileged, "ELSEWHERE", open_folder / "own")
    monkeypatch.setattr(
        unprivileged, "_reachable", lambda binaries, who, real=unprivileged._reachable: real(_hidden(binaries), who)
    )

    def _hidden(binaries: Path) -> Path:
        """The same programs behind a folder that is closed to the account."""
        closed = tmp_path / "site-packages"
        if not closed.exists():
            package = binaries.parent.parent
            closed.mkdir()
            (closed / package.name).symlink_to(package)
            (closed / f"{package.name}.libs").symlink_to(package.with_name(f"{package.name}.libs"))
        return closed / binaries.relative_to(binaries.parent.parent.parent)

    server = PostgresServer(tmp_path / "postgres", "p", tmp_path / "postgres.log", fast=True)
    for _ in range(2):  # the second time with what the first left
        process, port = servers.start(server)
        assert psutil.Process(process.pid).uids().effective == account.uid
        connection = await asyncpg.connect(server.dsn(port))
        await connection.close()
        process.stop()
        server = PostgresServer(tmp_path / "postgres", "p", tmp_path / "postgres.log", fast=True)
    assert server.data.is_relative_to(open_folder / "own")
    assert server.footing.binaries.is_relative_to(open_folder / "own")
    assert {path: path.stat().st_mode for path in tmp_path.parents} == modes


@needs_root
def test_data_made_by_an_ordinary_user_are_served_to_root_as_that_user(account: Account, open_folder: Path) -> None:
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, account.uid, account.gid)

    def start_and_stop() -> None:
        process, _ = servers.start(PostgresServer(home / "postgres", "p", home / "postgres.log", fast=True))
        process.stop()
        assert process.exit_code == 0

    child = as_account(account, start_and_stop)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (home / "postgres" / "data").stat().st_uid == account.uid
    process, _ = servers.start(PostgresServer(home / "postgres", "p", home / "postgres.log", fast=True))
    assert psutil.Process(process.pid).uids().effective == account.uid
    process.stop()


def test_recovery_is_waited_for_as_long_as_the_server_lives(tmp_path: Path) -> None:
    waited: list[float] = []
    server = PostgresServer(tmp_path / "postgres", "p", tmp_path / "postgres.log", fast=True)
    server.prepare()

    def pause(seconds: float) -> None:
        waited.append(seconds)
        time.sleep(seconds)
        if len(waited) == 3:
            answers.append(True)

    answers: list[bool] = []

    class Recovering(PostgresServer):
        """Says that it is ready only after some waiting, as during a long recovery."""

        def ready(self, process: Process, port: int) -> bool:
            return bool(answers) and PostgresServer.ready(self, process, port)

    process, _ = servers.start(Recovering(tmp_path / "postgres", "p", tmp_path / "postgres.log", fast=True), pause=pause)
    process.stop()
    assert len(waited) >= 3
