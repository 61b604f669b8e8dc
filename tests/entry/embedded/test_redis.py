"""The embedded Redis: a password nobody sees, what it took kept over a kill, an unreadable file set aside."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
import redis

from storekeep.entry.embedded import servers
from storekeep.entry.embedded.processes import Process
from storekeep.entry.embedded.redis import RedisServer


@pytest.fixture
def server(tmp_path: Path) -> RedisServer:
    """A Redis in a path with a space and a quote."""
    return RedisServer(tmp_path / 'the "shop" data' / "redis", "5ecret", tmp_path / "redis.log")


def _kill(process: Process) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.popen.wait()


def test_it_demands_the_password_shows_it_to_nobody_and_evicts_nothing(server: RedisServer) -> None:
    process, port = servers.start(server)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port).ping()
    client = redis.Redis.from_url(server.url(port, 63))
    assert client.ping()
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert client.config_get("bind") == {"bind": "127.0.0.1"}
    assert not any("5ecret" in part for part in psutil.Process(process.pid).cmdline())
    assert "5ecret" not in server.log.read_text()
    process.stop()
    assert process.exit_code == 0


def test_what_it_took_a_second_ago_survives_a_kill(server: RedisServer) -> None:
    process, port = servers.start(server)
    client = redis.Redis.from_url(server.url(port))
    client.mset({f"job:{number}": "waiting" for number in range(100)})
    time.sleep(1.2)  # it writes through once a second
    _kill(process)
    process, port = servers.start(server, port)
    assert redis.Redis.from_url(server.url(port)).dbsize() == 100
    process.stop()


def test_a_torn_last_write_is_cut_off_and_a_broken_file_is_set_aside(server: RedisServer) -> None:
    process, port = servers.start(server)
    redis.Redis.from_url(server.url(port)).set("kept", "1")
    process.stop()
    file = server.folder / "appendonly.aof"
    file.write_bytes(file.read_bytes() + b"*3\r\n$3\r\nSET\r\n$4\r\nto")
    process, port = servers.start(server)
    assert redis.Redis.from_url(server.url(port)).get("kept") == b"1"
    process.stop()

    file.write_bytes(b"this is not a command\r\n" * 10)
    with pytest.raises(servers.ServerFailed):
        servers.start(server)
    process, port = servers.start(server)
    assert redis.Redis.from_url(server.url(port)).dbsize() == 0
    assert (server.folder / "appendonly.unreadable").exists()
    process.stop()


def test_its_restart_ends_a_server_left_behind_in_its_folder(server: RedisServer) -> None:
    left, _ = servers.start(server)
    process, _ = servers.start(server)
    assert left.popen.wait(5) == 0
    process.stop()
