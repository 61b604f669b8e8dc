"""The whole of `storekeep up` with real PostgreSQL and Redis: starting, recovering from every death, stopping."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from storekeep.entry.embedded import ports
from storekeep.entry.embedded.environment import Given
from storekeep.entry.embedded.processes import Account
from storekeep.entry.embedded.supervisor import Commands, Supervisor
from tests.entry.embedded.ordinary_user import as_account, needs_root
from tests.entry.embedded.running import READY, Run, processes_of, running, wait_for


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project folder whose home has been made, in a path with spaces; shared, for making the cluster takes a second."""
    folder = tmp_path_factory.mktemp("a shop's project")
    with running(folder):
        pass
    yield folder
    wait_for(lambda: not processes_of(folder / ".storekeep"), "the last processes to end")


async def test_ctrl_c_stops_every_child_and_keeps_the_data(folder: Path) -> None:
    with running(folder) as run:
        assert {"postgres", "redis-server"} <= set(processes_of(run.home).values())
        await run.write("before ctrl-c")
        assert run.interrupt() == 0
        assert processes_of(run.home) == {}
        assert "database system is shut down" in (run.home / "logs" / "postgres.log").read_text()
    began = time.monotonic()
    with running(folder) as run:
        print(f"second start: {time.monotonic() - began:.2f} s")  # noqa: T201 - a figure for the reader, not a verdict
        assert "before ctrl-c" in await run.words()


async def test_any_child_that_is_killed_comes_back(folder: Path) -> None:
    with running(folder) as run:
        for name in ("postgres", "redis", "api", "worker", "sandbox"):
            await run.write(f"before the {name} died")
            victim = run.kill(name)
            wait_for(lambda: run.child(name) not in (0, victim), f"{name} to be started again")  # noqa: B023 - called at once
            await _accepts(run)
            assert f"before the {name} died" in await run.words()
        assert run.text.count("ended (killed by SIGKILL); starting it again.") == 5
        assert run.popen.poll() is None


async def test_a_killed_session_does_not_bring_the_database_down(folder: Path) -> None:
    with running(folder) as run:
        connection = await run.connect()
        os.kill(await connection.fetchval("SELECT pg_backend_pid()"), signal.SIGKILL)
        log = run.home / "logs" / "postgres.log"
        wait_for(lambda: "reinitializing" in log.read_text(), "PostgreSQL to notice")
        await _accepts(run)


async def _accepts(run: Run) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            await (await run.connect()).close()
            return
        except Exception:
            assert time.monotonic() < deadline, "the database did not come back"
            time.sleep(0.05)


async def test_after_the_supervisor_alone_is_killed_its_children_end_and_the_next_run_recovers(folder: Path) -> None:
    with running(folder) as run:
        await run.write("before the parent died")
        left_behind = processes_of(run.home)
        run.popen.kill()
        run.popen.wait()
        with running(folder) as following:
            assert "before the parent died" in await following.words()
            assert not set(left_behind) & set(processes_of(run.home))


async def test_after_everything_is_killed_the_next_run_recovers(folder: Path) -> None:
    with running(folder) as run:
        await run.write("before the end of the world")
        run.kill_everything()
        with running(folder) as following:
            assert "before the end of the world" in await following.words()


async def test_when_make_is_killed_the_supervisor_follows_and_the_next_run_waits_for_it(folder: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", _STAND_IN_FOR_MAKE, str(folder), str(ports.pick())], stdout=subprocess.PIPE)
    assert parent.stdout
    supervisor = psutil.Process(int(parent.stdout.readline()))
    wait_for(lambda: READY in (folder / "made.txt").read_text(), "the product to be ready")
    parent.kill()
    parent.wait()
    with running(folder) as following:
        assert following.popen.poll() is None
        assert not supervisor.is_running() or supervisor.status() == psutil.STATUS_ZOMBIE


_STAND_IN_FOR_MAKE = """
import os, subprocess, sys, time
with open(os.path.join(sys.argv[1], "made.txt"), "wb") as output:
    child = subprocess.Popen([sys.executable, os.path.join(os.getcwd(), "tests/entry/embedded/product.py"), str(os.getpid())],
        cwd=sys.argv[1], env={**os.environ, "PORT": sys.argv[2]}, stdout=output, stderr=output)
print(child.pid, flush=True)
time.sleep(3600)
"""


def test_a_stray_of_an_earlier_run_is_stopped_first(folder: Path) -> None:
    home = folder / ".storekeep"
    # Deaf to SIGTERM until it has been killed would take its ten seconds; this one listens.
    stray = subprocess.Popen(["/bin/sleep", "3600"], env={**os.environ, "STOREKEEP_CHILD_OF": str(home)})
    bystander = subprocess.Popen(["/bin/sleep", "3600"], env={**os.environ, "STOREKEEP_CHILD_OF": f"{home}-of-another"}, cwd=home)
    try:
        with running(folder) as run:
            assert stray.wait(5) == -signal.SIGTERM
            assert bystander.poll() is None
            assert "left behind" in run.text
    finally:
        bystander.kill()
        stray.kill()
        bystander.wait()


def test_a_taken_port_gives_one_line(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, running(folder, ready=False, port=other.getsockname()[1]) as run:
        assert run.popen.wait(20) == 1
        assert run.text == f"Port {run.port} is taken by another program. Choose another: PORT=8000 make run\n"
        assert processes_of(run.home) == {}


def test_a_second_run_from_the_same_folder_is_refused_and_leaves_the_first_alone(folder: Path) -> None:
    with running(folder) as first, running(folder, ready=False) as second:
        assert second.popen.wait(20) == 1
        assert second.text.count("\n") == 1
        assert f"already running from {first.home} at http://127.0.0.1:{first.port}" in second.text
        assert first.popen.poll() is None
        assert first.child("api")


def test_ports_are_kept_between_runs_and_chosen_anew_when_taken(folder: Path) -> None:
    def kept() -> dict[str, int]:
        ports_of_home: dict[str, int] = json.loads((folder / ".storekeep" / "ports.json").read_text())
        return ports_of_home

    before = kept()
    assert set(before) == {"postgres", "redis", "sandbox"}
    with running(folder):
        assert kept() == before
    with contextlib.ExitStack() as others:
        for port in before.values():
            others.enter_context(socket.create_server(("127.0.0.1", port)))
        with running(folder):
            assert not set(kept().values()) & set(before.values())


def test_a_child_that_never_stays_up_ends_the_start_with_one_message(folder: Path) -> None:
    with running(folder, "worker-fails", ready=False) as run:
        wait_for(lambda: run.popen.poll() is not None or READY in run.text, "a verdict")
        if run.popen.poll() is None:  # the start was faster than the loop: the run goes on and says so
            wait_for(lambda: "keeps stopping" in run.text, "the message about the loop")
            assert run.popen.poll() is None
        assert run.text.count("worker keeps stopping (exit code 1)") == 1
        assert "the worker has no wish to live" in run.text


def test_a_migration_killed_midway_is_run_again(folder: Path) -> None:
    with running(folder, "migrate-killed") as run:
        assert "`storekeep migrate` failed (killed by SIGKILL); trying again." in run.text


async def test_given_databases_are_used_and_none_is_started(
    tmp_path: Path, postgres_server: object, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(f"REDIS_URL={redis_url}\nDATABASE_URL=postgresql://somewhere/else\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with running(tmp_path) as run:
        assert not {"postgres", "redis-server"} & set(processes_of(run.home).values())
        environment = psutil.Process(run.child("worker")).environ()
        assert environment["DATABASE_URL"] == "postgresql://somewhere/else"
        assert environment["REDIS_URL"] == redis_url
        assert environment["DEMO"] == "true"


def test_real_shopify_keys_take_the_place_of_the_stand_in(folder: Path) -> None:
    with running(folder, SHOPIFY_API_KEY="real-key", SHOPIFY_API_SECRET="real-secret") as run:
        assert not run.child("sandbox")
        environment = psutil.Process(run.child("worker")).environ()
        assert environment["SHOPIFY_API_KEY"] == "real-key"
        assert "SHOPIFY_BASE_URL" not in environment
        assert "DEMO" not in environment
        assert "Demo login" not in run.text


@needs_root
def test_an_ordinary_user_runs_everything_too(account: Account, open_folder: Path) -> None:
    os.chown(open_folder, account.uid, account.gid)
    output = open_folder / "output.txt"

    def run() -> None:
        os.chdir(open_folder)
        os.environ["PORT"] = str(ports.pick())
        written = os.open(output, os.O_CREAT | os.O_WRONLY, 0o600)
        os.dup2(written, 1)
        os.dup2(written, 2)
        sys.stdout = os.fdopen(1, "w")  # pytest's own goes into a file that is not this user's
        plain = Commands(migrate=("/bin/true",), sandbox=None, serve=None, worker=("/bin/sleep", "3600"), demo=None)
        Supervisor(Given.read(open_folder), plain).run()

    supervisor = as_account(account, run)
    wait_for(lambda: output.exists() and READY in output.read_text(), "the product to be ready")
    left = processes_of(open_folder / ".storekeep")
    assert {"postgres", "redis-server", "sleep"} <= set(left.values())
    assert {psutil.Process(pid).uids().real for pid in left} == {account.uid}
    os.kill(supervisor, signal.SIGINT)
    assert os.waitstatus_to_exitcode(os.waitpid(supervisor, 0)[1]) == 0, output.read_text()
    assert processes_of(open_folder / ".storekeep") == {}


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
async def test_no_order_of_deaths_loses_a_committed_row(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    committed: set[str] = set()
    for number in range(15):
        with running(tmp_path) as run:
            if committed:
                assert await run.words() == committed, f"seed {seed}, run {number}"
            for step in range(chance.randint(1, 4)):
                word = f"{number}.{step}"
                await run.write(word)
                committed.add(word)
                if chance.random() < 0.7:
                    name = chance.choice(["postgres", "redis", "api", "worker", "sandbox"])
                    wait_for(lambda: run.child(name), f"{name} to be there")  # noqa: B023 - called at once
                    run.kill(name)
                    time.sleep(chance.random() * 0.3)
                    await _accepts(run)
            end = chance.choice(["everything", "supervisor", "ctrl-c", "while starting"])
            if end == "everything":
                run.kill_everything()
            elif end == "supervisor":
                run.popen.kill()
                run.popen.wait()
            elif end == "while starting":
                run.kill_everything()
                with running(tmp_path, ready=False) as cut_short:
                    time.sleep(chance.random() * 1.5)
                    cut_short.kill_everything()
