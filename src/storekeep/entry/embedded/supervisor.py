"""`storekeep up`: everything the product needs, started in order, kept alive, stopped in order."""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import asyncpg

from storekeep.entry.embedded import ports, servers, strays
from storekeep.entry.embedded.environment import Given, for_children
from storekeep.entry.embedded.errorwatch import ErrorWatch
from storekeep.entry.embedded.home import Home
from storekeep.entry.embedded.keeper import Keeper, Service, describe_end
from storekeep.entry.embedded.postgres import PostgresServer
from storekeep.entry.embedded.probes import listens, status
from storekeep.entry.embedded.processes import Process, Program, spawn
from storekeep.entry.embedded.redis import RedisServer
from storekeep.entry.embedded.roles import RoleUrls, ensure_roles

DATABASE = "storekeep"
_ATTEMPTS = 3  # of a step that runs once
_TICK = 0.25
_PATIENCE = 4.0  # seconds of silence after which a wait is announced


class StartFailed(RuntimeError):
    """The product cannot be started; the message is fit for a person."""


class Stopped(Exception):
    """Somebody asked for an end."""


def _own(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "storekeep.entry.cli", *arguments)


@dataclass(frozen=True, slots=True)
class Commands:
    """What the children run. Each is a command line; None leaves the child out."""

    migrate: tuple[str, ...] | None = field(default_factory=lambda: _own("migrate"))
    sandbox: tuple[str, ...] | None = field(default_factory=lambda: _own("sandbox"))
    serve: tuple[str, ...] | None = field(default_factory=lambda: _own("serve"))
    worker: tuple[str, ...] | None = field(default_factory=lambda: _own("worker"))
    demo: tuple[str, ...] | None = field(default_factory=lambda: _own("demo"))


class Supervisor:
    """One run of the product from one home folder."""

    def __init__(self, given: Given, commands: Commands | None = None) -> None:
        self._given = given
        self._commands = commands or Commands()
        self._home = Home(given.home)
        self._keepers: list[Keeper] = []  # in the order of their start
        self._steps: list[Process] = []  # programs that run once
        self._ticking = False
        self._stop_asked: float | None = None  # when an end was asked for
        self._hurry = False
        self._errors = ErrorWatch(self._home.logs)
        self._looked = 0.0
        self._waiting_for = ""
        self._announce_at = 0.0
        self._wake: tuple[socket.socket, socket.socket] | None = None

    def run(self) -> None:
        """Run until a signal or a failure. Raises HomeUnusable, StartFailed, KeepsStopping, ServerFailed, NoAccount."""
        self._listen_to_signals()
        try:
            self._home.hold(self.pause, self.say)
            self._errors.skip()
            self._start()
            while True:
                self.pause(60)
                for keeper in self._keepers:
                    keeper.shorten_log()
        except Stopped:
            self.say("Stopping.")
        finally:
            self._stop()

    def say(self, text: str) -> None:
        """Print for the person at the terminal, who may have gone."""
        with contextlib.suppress(OSError):
            print(text, flush=True)  # noqa: T201 - this is the program's face

    def pause(self, seconds: float) -> None:
        """Let time pass while the children are looked after. Raises Stopped as soon as an end is asked for."""
        until = time.monotonic() + seconds
        while True:
            if self._stop_asked is not None:
                raise Stopped
            self._look_after_children()
            left = until - time.monotonic()
            if left <= 0:
                return
            if self._waiting_for and time.monotonic() > self._announce_at:
                self.say(f"Waiting for {self._waiting_for}.")
                self._announce_at = time.monotonic() + _PATIENCE * 10
            self._sleep(min(left, _TICK))

    # starting

    def _start(self) -> None:
        given, home = self._given, self._home
        postgres = PostgresServer(home.path / "postgres", home.secrets()["POSTGRES_PASSWORD"], home.logs / "postgres.log")
        redis = RedisServer(home.path / "redis", home.secrets()["REDIS_PASSWORD"], home.logs / "redis.log")
        postgres.env = redis.env = {strays.MARK: str(home.path)}
        if strays.stop(home.path, pause=self.pause):
            self.say("Stopped what an earlier run had left behind.")
        if problem := ports.obstacle(given.port, given.host):
            raise StartFailed(
                f"Port {given.port} {problem}. Choose another: PORT={8000 if given.port > 9999 else given.port + 1} make run"
            )
        home.describe(address=given.address)
        used = home.ports()
        avoid = frozenset({given.port})
        addresses: dict[str, str] = {}
        if not given.own_database:
            used["postgres"] = port = self._start_server(postgres, used.get("postgres"), avoid)
            roles = self._make_roles(postgres.dsn(port))
            addresses |= {"DATABASE_URL": roles.runtime, "DATABASE_OWNER_URL": roles.owner, "DATABASE_SYSTEM_URL": roles.system}
        if not given.own_redis:
            used["redis"] = port = self._start_server(redis, used.get("redis"), avoid)
            addresses["REDIS_URL"] = redis.url(port)
        stand_in = None if given.real_shopify else self._commands.sandbox
        if stand_in:
            used["sandbox"] = ports.wanted_or_free(used.get("sandbox"), avoid)
            addresses |= {"SANDBOX_PORT": str(used["sandbox"]), "SANDBOX_STATE": str(home.path / "sandbox")}
            if not given.has("SHOPIFY_BASE_URL"):
                addresses["SHOPIFY_BASE_URL"] = f"http://{ports.LOOPBACK}:{used['sandbox']}/shopify/{{shop}}"
        home.remember_ports(used)
        home.remember_addresses(addresses)
        self._start_product(for_children(given, home, addresses), stand_in, used.get("sandbox", 0))

    def _start_product(self, env: dict[str, str], stand_in: tuple[str, ...] | None, sandbox_port: int) -> None:
        commands, given = self._commands, self._given
        host = ports.LOOPBACK if given.host in ("0.0.0.0", "localhost") else given.host  # noqa: S104 - compared, not bound
        if stand_in:
            self._keep("sandbox", stand_in, env, lambda _: listens(ports.LOOPBACK, sandbox_port))
        if commands.migrate:
            self._run_step("migrate", commands.migrate, env, "the migrations")
        if stand_in:
            self._wait("the Shopify stand-in", self._keepers[-1].ready)
        api = self._keep("api", commands.serve, env, lambda _: status(host, given.port, "/readyz") == 200)
        if api:
            self._wait("the API", lambda: listens(host, given.port))
        # Last, so that it takes no time from the API, which people wait for.
        self._keep("worker", commands.worker, env, lambda _: True, stop_seconds=30)
        demo = commands.demo if stand_in else None
        if demo and not (api and api.ready()):
            self._run_step("demo", demo, env, "the import of the demo stores")
            demo = None
        if api:
            self._wait("the API to be ready", api.ready, every=0.2)
        self._announce(demo=bool(stand_in and commands.demo))
        if demo:  # it was imported by an earlier run; what has been deleted since is made again, and nothing waits for it
            try:
                self._run_step("demo", demo, env, "")
            except StartFailed as error:
                self.say(str(error))

    def _make_roles(self, dsn: str) -> RoleUrls:
        """Make the database and its roles; again when the server was killed and restarted meanwhile. Raises StartFailed."""
        for _ in range(_ATTEMPTS):
            try:
                return ensure_roles(dsn, DATABASE)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                reason = error
                self.pause(1)
        raise StartFailed(f"The database roles cannot be made: {reason}. The log: {self._home.logs / 'postgres.log'}")

    def _announce(self, *, demo: bool) -> None:
        for keeper in self._keepers:
            keeper.settled = True
        lines = ["", f"Storekeep is ready: {self._given.address}"]
        if demo:
            lines.append("Demo login: owner@demo.storekeep.test, password storekeep-demo")
        self.say("\n".join([*lines, f"Logs: {self._home.logs}. Stop with Ctrl-C.", ""]))

    def _start_server(self, server: PostgresServer | RedisServer, wanted: int | None, avoid: frozenset[int]) -> int:
        self._expect(server.name)
        try:
            process, port = servers.start(server, wanted, self.pause, avoid)
        except servers.ServerFailed:
            # One reason to fail is in our power: a file Redis cannot read is set aside by the next `prepare`.
            process, port = servers.start(server, wanted, self.pause, avoid)
        self._expect("")
        service = Service(server.name, lambda: server.program(port), lambda p: server.ready(p, port), server.prepare)
        keeper = Keeper(service, self.say, self.pause)
        keeper.adopt(process)
        self._keepers.append(keeper)
        return port

    def _keep(
        self,
        name: str,
        command: tuple[str, ...] | None,
        env: dict[str, str],
        ready: Callable[[Process], bool],
        stop_seconds: float = 15,
    ) -> Keeper | None:
        if command is None:
            return None
        program = Program(name, command, self._home.logs / f"{name}.log", Path.cwd(), env, stop_seconds=stop_seconds)
        keeper = Keeper(Service(name, lambda: program, ready), self.say, self.pause)
        keeper.start()
        self._keepers.append(keeper)
        return keeper

    def _run_step(self, name: str, command: tuple[str, ...], env: dict[str, str], what: str) -> None:
        """Run a program to its end; again when it was killed or what it leans on was restarted. Raises StartFailed."""
        program = Program(name, command, self._home.logs / f"{name}.log", Path.cwd(), env)
        for attempt in range(1, _ATTEMPTS + 1):
            self._expect(what)
            process = spawn(program)
            self._steps.append(process)
            while process.alive():
                self.pause(0.05)
            self._expect("")
            self._steps.remove(process)
            if process.exit_code == 0:
                return
            why = f"`storekeep {name}` failed ({describe_end(process)})"
            if attempt == _ATTEMPTS:
                raise StartFailed(f"{why}. Its log: {program.log}\n{process.last_words(12)}")
            self.say(f"{why}; trying again.")
            self.pause(attempt)

    def _wait(self, what: str, condition: Callable[[], bool], every: float = 0.05) -> None:
        self._expect(what)
        while not condition():
            self.pause(every)
        self._expect("")

    def _expect(self, what: str) -> None:
        self._waiting_for, self._announce_at = what, time.monotonic() + _PATIENCE

    # running

    def _look_after_children(self) -> None:
        if self._ticking:  # a service that is being mended pauses through here
            return
        self._ticking = True
        try:
            for keeper in self._keepers:
                keeper.tick()
            if time.monotonic() - self._looked > 1:
                self._looked = time.monotonic()
                self._tell_errors()
        finally:
            self._ticking = False

    def _tell_errors(self) -> None:
        for line in self._errors.look():
            self.say(line)

    def _sleep(self, seconds: float) -> None:
        """Sleep until the time is over or a signal arrives, the end of a child among them."""
        assert self._wake is not None
        if select.select([self._wake[0]], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                self._wake[0].recv(4096)

    def _listen_to_signals(self) -> None:
        self._wake = socket.socketpair()
        for end in self._wake:
            end.setblocking(False)
        signal.set_wakeup_fd(self._wake[1].fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to end a sleep early

    def _asked_to_stop(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._stop_asked is None:
            self._stop_asked = now
        elif number == signal.SIGINT and now - self._stop_asked > 1:  # one Ctrl-C may arrive by two ways
            self._hurry = True

    # stopping

    def _stop(self) -> None:
        """Stop everything: first what writes, then what it writes to. A second Ctrl-C cuts the writers' grace short."""
        try:
            if self._keepers or self._steps:
                self._home.describe(address=self._given.address, stopping=True)
            processes = [keeper.process for keeper in self._keepers if keeper.process is not None]
            bases = [process for process in processes if process.program.name in ("postgres", "redis")]
            stand_ins = [process for process in processes if process.program.name == "sandbox"]
            self._stop_together([p for p in (*self._steps, *reversed(processes)) if p not in bases and p not in stand_ins])
            self._stop_together(stand_ins)
            for process in reversed(bases):
                process.stop(self._sleep)
        finally:
            self._home.release()

    def _stop_together(self, processes: list[Process]) -> None:
        for process in processes:
            process.ask_to_stop()
        began = time.monotonic()
        while alive := [process for process in processes if process.alive()]:
            for process in alive:
                if self._hurry or time.monotonic() - began > process.program.stop_seconds:
                    process.kill()
            self._sleep(0.05)
