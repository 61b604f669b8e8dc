"""The breaker: shared by all processes through Redis, exact under concurrency, and still there when Redis is not."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from storekeep.kit.errors import AppError, Kind
from storekeep.runtime.breaker import Breaker, BreakerOpen, BreakerPolicy, Breakers

POLICY = BreakerPolicy(threshold=5, open_s=0.3, probe_lease_s=0.5)


class Down(AppError):
    code = "DOWN"
    kind = Kind.UNAVAILABLE


class Refused(AppError):
    code = "REFUSED"
    kind = Kind.CONFLICT


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture(params=["redis", "local"])
async def breakers(request: pytest.FixtureRequest, redis: Redis) -> AsyncIterator[Breakers]:
    """With Redis, and with a Redis that is not there."""
    if request.param == "redis":
        yield Breakers(redis, POLICY)
        return
    gone = Redis.from_url("redis://127.0.0.1:1/0")
    yield Breakers(gone, POLICY)
    await gone.aclose()


async def call(breaker: Breaker, error: BaseException | None = None) -> None:
    async with breaker.guard():
        if error is not None:
            raise error


async def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Down):
            await call(breaker, Down())


async def test_opens_after_five_in_a_row_probes_once_and_closes(breakers: Breakers) -> None:
    breaker = breakers.of(uuid.uuid4(), "SHOPIFY")
    await fail(breaker, 5)
    with pytest.raises(BreakerOpen) as caught:
        await call(breaker)
    assert caught.value.retryable
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= 0.34
    await asyncio.sleep(0.32)
    answers = await asyncio.gather(*(slow_call(breaker) for _ in range(20)), return_exceptions=True)
    assert answers.count(None) == 1
    assert sum(isinstance(a, BreakerOpen) for a in answers) == 19
    await asyncio.gather(*(call(breaker) for _ in range(20)))


async def slow_call(breaker: Breaker, inside: asyncio.Event | None = None) -> None:
    async with breaker.guard():
        if inside is not None:
            inside.set()
        await asyncio.sleep(0.05)


async def test_a_failed_probe_opens_it_again(breakers: Breakers) -> None:
    breaker = breakers.of(uuid.uuid4(), "SHOPIFY")
    await fail(breaker, 5)
    await asyncio.sleep(0.32)
    await fail(breaker, 1)
    with pytest.raises(BreakerOpen):
        await call(breaker)


async def test_a_success_between_failures_starts_the_count_anew(breakers: Breakers) -> None:
    breaker = breakers.of(uuid.uuid4(), "SHOPIFY")
    await fail(breaker, 4)
    await call(breaker)
    await fail(breaker, 4)
    await call(breaker)


async def test_refusals_of_the_other_side_do_not_count(breakers: Breakers) -> None:
    breaker = breakers.of(uuid.uuid4(), "SHOPIFY")
    for _ in range(20):
        with pytest.raises(Refused):
            await call(breaker, Refused())
    await call(breaker)


async def test_tenants_and_integrations_do_not_share(breakers: Breakers) -> None:
    tenant = uuid.uuid4()
    await fail(breakers.of(tenant, "SHOPIFY"), 5)
    await call(breakers.of(tenant, "SLACK"))
    await call(breakers.of(uuid.uuid4(), "SHOPIFY"))
    with pytest.raises(BreakerOpen):
        await call(breakers.of(tenant, "SHOPIFY"))


async def test_a_cancelled_probe_gives_its_turn_back(breakers: Breakers) -> None:
    breaker = breakers.of(uuid.uuid4(), "SHOPIFY")
    await fail(breaker, 5)
    await asyncio.sleep(0.32)
    inside = asyncio.Event()
    probe = asyncio.create_task(slow_call(breaker, inside))
    await inside.wait()
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    await call(breaker)
    await call(breaker)


@pytest.mark.parametrize("steps", [1, 2, 3, 5])
async def test_a_probe_cancelled_while_it_asks_gives_its_turn_back(breakers: Breakers, steps: int) -> None:
    breaker = breakers.of(uuid.uuid4(), "SHOPIFY")
    await fail(breaker, 5)
    await asyncio.sleep(0.32)
    probe = asyncio.create_task(slow_call(breaker))
    for _ in range(steps):
        await asyncio.sleep(0)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    await call(breaker)


async def test_a_dead_probers_turn_ends_with_its_lease(breakers: Breakers) -> None:
    key = uuid.uuid4()
    breaker = breakers.of(key, "SHOPIFY")
    await fail(breaker, 5)
    await asyncio.sleep(0.32)
    guard = breaker.guard()
    await guard.__aenter__()  # and never leaves
    with pytest.raises(BreakerOpen):
        await call(breaker)
    await asyncio.sleep(0.52)
    await call(breaker)


async def test_outcomes_of_calls_begun_before_the_opening_change_nothing(breakers: Breakers) -> None:
    breaker = breakers.of(uuid.uuid4(), "SHOPIFY")
    late = breaker.guard()
    await late.__aenter__()
    await fail(breaker, 5)
    await late.__aexit__(None, None, None)
    with pytest.raises(BreakerOpen):
        await call(breaker)


async def test_two_processes_open_as_one(redis: Redis) -> None:
    tenant = uuid.uuid4()
    first, second = (Breakers(redis, POLICY).of(tenant, "SHOPIFY") for _ in range(2))
    await fail(first, 3)
    await fail(second, 2)
    for breaker in (first, second):
        with pytest.raises(BreakerOpen):
            await call(breaker)


@settings(max_examples=100, deadline=None)
@given(steps=st.lists(st.sampled_from(["ok", "down", "refused", "bug"]), max_size=25))
async def test_redis_and_local_rules_are_the_same(redis_url: str, steps: list[str]) -> None:
    client = Redis.from_url(redis_url)
    gone = Redis.from_url("redis://127.0.0.1:1/0")
    policy = BreakerPolicy(threshold=3, open_s=60)
    tenant = uuid.uuid4()
    pair = [Breakers(client, policy).of(tenant, "X"), Breakers(gone, policy).of(tenant, "X")]
    errors = {"ok": None, "down": Down, "refused": Refused, "bug": ZeroDivisionError}
    try:
        streak = 0
        for step in steps:
            wanted = errors[step]
            seen = []
            for breaker in pair:
                try:
                    await call(breaker, wanted() if wanted else None)
                    seen.append("ok")
                except Exception as error:
                    seen.append(type(error).__name__)
            if streak >= 3:
                assert seen == ["BreakerOpen"] * 2
            else:
                assert seen == [wanted.__name__ if wanted else "ok"] * 2
                streak = streak + 1 if step == "down" else streak if step == "bug" else 0
    finally:
        await client.aclose()
        await gone.aclose()
