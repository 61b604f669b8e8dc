"""The tenant cache: five minutes, dropped when data changes, never another tenant's, never in the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from storekeep.kit.ids import uuid7
from storekeep.runtime.cache import TTL_S, TenantCache


class Counter:
    """Answers how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self) -> dict[str, Any]:
        self.calls += 1
        return {"calls": self.calls}


@pytest.fixture(params=[False, True], ids=["bytes", "text"])
async def redis(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url, decode_responses=request.param)
    yield client
    await client.aclose()


@pytest.fixture
def cache(redis: Redis) -> TenantCache:
    return TenantCache(redis)


async def test_an_answer_is_made_once(cache: TenantCache) -> None:
    tenant, make = uuid7(), Counter()
    answers = [await cache.get_or_make(tenant, "summary", {"store": "a", "currency": None}, make) for _ in range(3)]
    assert answers == [{"calls": 1}] * 3


async def test_other_questions_have_other_answers(cache: TenantCache) -> None:
    tenant, make = uuid7(), Counter()
    for name, params in (("summary", {"a": 1}), ("summary", {"a": 2}), ("summary", {"a": "1"}), ("other", {"a": 1})):
        await cache.get_or_make(tenant, name, params, make)
    await cache.get_or_make(uuid7(), "summary", {"a": 1}, make)
    assert make.calls == 5


async def test_a_change_drops_everything_of_the_tenant_and_of_no_other(cache: TenantCache) -> None:
    ours, theirs, make = uuid7(), uuid7(), Counter()
    for tenant in (ours, theirs):
        for name in ("a", "b"):
            await cache.get_or_make(tenant, name, {}, make)
    assert make.calls == 4
    await cache.drop(ours)
    for tenant in (ours, theirs):
        for name in ("a", "b"):
            await cache.get_or_make(tenant, name, {}, make)
    assert make.calls == 6


async def test_an_answer_computed_while_data_changed_is_not_kept(cache: TenantCache) -> None:
    tenant = uuid7()

    async def overtaken() -> str:
        await cache.drop(tenant)
        return "old"

    async def fresh() -> str:
        return "new"

    assert await cache.get_or_make(tenant, "x", {}, overtaken) == "old"
    assert await cache.get_or_make(tenant, "x", {}, fresh) == "new"


async def test_entries_end_by_themselves(cache: TenantCache, redis: Redis) -> None:
    tenant = uuid7()
    await cache.get_or_make(tenant, "x", {}, Counter())
    (key,) = [key async for key in redis.scan_iter(f"cache:{{{tenant}}}:x:*")]
    assert 0 < await redis.ttl(key) <= TTL_S


async def test_kept_and_fresh_answers_look_the_same(cache: TenantCache) -> None:
    tenant, day = uuid7(), uuid7()

    async def make() -> dict[str, Any]:
        return {"id": day, "pair": (1, 2)}

    first = await cache.get_or_make(tenant, "x", {}, make)
    assert first == await cache.get_or_make(tenant, "x", {}, make) == {"id": str(day), "pair": [1, 2]}


async def test_what_fails_is_not_kept(cache: TenantCache) -> None:
    async def fail() -> None:
        raise RuntimeError("no")

    tenant = uuid7()
    with pytest.raises(RuntimeError):
        await cache.get_or_make(tenant, "x", {}, fail)
    assert await cache.get_or_make(tenant, "x", {}, Counter()) == {"calls": 1}


async def test_without_redis_every_answer_is_made() -> None:
    cache, make = TenantCache(Redis.from_url("redis://127.0.0.1:1/0")), Counter()
    await cache.drop(uuid7())
    for _ in range(2):
        await cache.get_or_make(uuid7(), "x", {}, make)
    assert make.calls == 2


@asynccontextmanager
async def far_away(redis_url: str, delay_s: float) -> AsyncIterator[str]:
    """An address under which Redis hears everything so much later."""
    real = urlsplit(redis_url)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
        while data := await reader.read(65536):
            await asyncio.sleep(delay_s)
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        redis_reader, redis_writer = await asyncio.open_connection(real.hostname, real.port)
        await asyncio.gather(pass_on(reader, redis_writer, delay_s), pass_on(redis_reader, writer, 0))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield real._replace(netloc=real.netloc.replace(f":{real.port}", f":{port}")).geturl()
    server.close()


async def test_a_drop_waits_longer_than_a_question(cache: TenantCache, redis_url: str) -> None:
    tenant, make = uuid7(), Counter()
    await cache.get_or_make(tenant, "x", {}, make)
    async with far_away(redis_url, 0.3) as slow_url, Redis.from_url(slow_url) as redis:
        slow = TenantCache(redis)
        assert await slow.get_or_make(tenant, "x", {}, make) == {"calls": 2}, "a question does not wait"
        await slow.drop(tenant)
    assert await cache.get_or_make(tenant, "x", {}, make) == {"calls": 3}
