"""Rate limits: exact in any window, one clock for all, and a stated policy without Redis."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from storekeep.runtime.ratelimit import LimiterAway, SlidingWindow, WhenAway


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url, max_connections=50)
    yield client
    await client.aclose()


@pytest.fixture
async def gone() -> AsyncIterator[Redis]:
    client = Redis.from_url("redis://127.0.0.1:1/0")
    yield client
    await client.aclose()


def key() -> str:
    return f"api:{uuid.uuid4()}:{uuid.uuid4()}"


async def test_exactly_the_limit_gets_through_a_burst_from_two_processes(redis: Redis) -> None:
    windows = [SlidingWindow(redis, budget_s=30), SlidingWindow(redis, budget_s=30)]
    who = key()
    gate = asyncio.Semaphore(40)

    async def one(n: int) -> bool:
        async with gate:
            return (await windows[n % 2].hit(who, 100, 60)).allowed

    answers = await asyncio.gather(*(one(n) for n in range(400)))
    assert sum(answers) == 100


@pytest.mark.parametrize("where", ["redis", "gone"])
async def test_the_window_slides(where: str, redis: Redis, gone: Redis) -> None:
    window = SlidingWindow(redis if where == "redis" else gone)
    who = key()
    first = await window.hit(who, 3, 0.4)
    assert (first.allowed, first.remaining, first.limit) == (True, 2, 3)
    assert 0.3 < first.reset_after < 0.401
    await asyncio.sleep(0.2)
    assert (await window.hit(who, 3, 0.4)).allowed
    assert (await window.hit(who, 3, 0.4)).remaining == 0
    refused = await window.hit(who, 3, 0.4)
    assert not refused.allowed
    assert refused.reset_after <= 0.21
    await asyncio.sleep(refused.reset_after + 0.01)
    # Only the first of the three has left the window.
    assert (await window.hit(who, 3, 0.4)).allowed
    assert not (await window.hit(who, 3, 0.4)).allowed


@settings(max_examples=100, deadline=None)
@given(limit=st.integers(1, 12), costs=st.lists(st.integers(1, 5), max_size=20))
async def test_redis_and_local_count_alike(redis_url: str, limit: int, costs: list[int]) -> None:
    client, away = Redis.from_url(redis_url), Redis.from_url("redis://127.0.0.1:1/0")
    shared, local = SlidingWindow(client, budget_s=10), SlidingWindow(away)
    who = key()
    used = 0
    try:
        for cost in costs:
            fits = used + cost <= limit
            used += cost if fits else 0
            for window in (shared, local):
                verdict = await window.hit(who, limit, 60, cost)
                assert verdict.allowed == fits
                assert verdict.remaining == limit - used
                assert 0 <= verdict.reset_after <= 60
                assert verdict.degraded is (window is local)
    finally:
        await client.aclose()
        await away.aclose()


async def test_keys_do_not_share_and_expire(redis: Redis) -> None:
    window = SlidingWindow(redis, prefix=f"t{uuid.uuid4()}", budget_s=10)
    assert (await window.hit("a", 1, 1)).allowed
    assert (await window.hit("b", 1, 1)).allowed
    assert not (await window.hit("a", 1, 1)).allowed
    ttls = [await redis.pttl(k) async for k in redis.scan_iter(match=f"{window._prefix}:*")]
    assert len(ttls) == 2
    assert all(0 < ttl <= 2000 for ttl in ttls)


async def test_one_round_trip(redis: Redis) -> None:
    window = SlidingWindow(redis, budget_s=10)
    await window.hit(key(), 100, 60)  # may load the script
    async with redis.monitor() as monitor:
        who = key()
        for _ in range(10):
            await window.hit(who, 100, 60)
        await redis.echo(f"end of {who}")
        sent = []
        async for command in monitor.listen():
            if command["command"].startswith("ECHO") and who in command["command"]:
                break
            if who in command["command"] and command["client_type"] != "lua":
                sent.append(command["command"].split()[0])
    assert sent == ["EVALSHA"] * 10


async def test_without_redis_logins_get_a_quarter_reads_all_and_money_nothing(gone: Redis) -> None:
    window = SlidingWindow(gone)
    strict = [(await window.hit("login:x", 20, 60, when_away=WhenAway.STRICT)).allowed for _ in range(20)]
    assert sum(strict) == 5
    reads = [(await window.hit("api:x", 20, 60)).allowed for _ in range(30)]
    assert sum(reads) == 20
    with pytest.raises(LimiterAway):
        await window.hit("ai:x", 20, 60, when_away=WhenAway.CLOSED)


async def test_a_hanging_redis_costs_its_budget_once_a_second() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = Redis.from_url(f"redis://127.0.0.1:{port}/0")
    window = SlidingWindow(client, budget_s=0.2)
    loop = asyncio.get_running_loop()
    started = loop.time()
    for _ in range(50):
        assert (await window.hit("api:x", 100, 60)).degraded
    assert loop.time() - started < 0.8
    await client.aclose()
    server.close()


@pytest.mark.parametrize(("limit", "window_s", "cost"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
async def test_senseless_limits_are_refused(redis: Redis, limit: int, window_s: float, cost: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        await SlidingWindow(redis).hit("x", limit, window_s, cost)
