"""Admission: workers together never take more than the bucket holds, and people come before background work."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from storekeep.integrations.shopify.admission import Admission, ThrottleStatus
from storekeep.integrations.shopify.errors import AdmissionDenied

SHOP = "demo-store.myshopify.com"
FULL = ThrottleStatus(maximum=2000, available=2000, restore_rate=100)


@pytest.fixture(params=["redis", "local"])
async def admission(request: pytest.FixtureRequest, redis: Redis) -> AsyncIterator[Admission]:
    """With Redis, and with one that is not there."""
    if request.param == "redis":
        yield Admission(redis, prefix=f"bucket:{uuid.uuid4()}")
        return
    gone = Redis.from_url("redis://127.0.0.1:1/0")
    yield Admission(gone)
    await gone.aclose()


async def know(admission: Admission, status: ThrottleStatus) -> None:
    """Let an answer tell what the bucket is like."""
    await admission.settle(await admission.admit(SHOP, 1, "interactive"), status)


async def denied(admission: Admission, cost: float, *, interactive: bool = False) -> float:
    """How long `admission` says to stay away, without waiting for it."""
    admission._patience = {"background": 0.0, "interactive": 0.0}
    with pytest.raises(AdmissionDenied) as caught:
        await admission.admit(SHOP, cost, "interactive" if interactive else "background")
    assert caught.value.retry_after is not None
    return caught.value.retry_after


async def test_background_leaves_a_fifth_to_people(admission: Admission) -> None:
    await know(admission, FULL)
    await admission.admit(SHOP, 900, "background")
    await admission.admit(SHOP, 700, "background")
    assert await denied(admission, 100) == pytest.approx(1, abs=0.2)
    await admission.admit(SHOP, 300, "interactive")
    assert await denied(admission, 500, interactive=True) == pytest.approx(4, abs=0.2)


async def test_the_bucket_fills_again_with_time(admission: Admission) -> None:
    await know(admission, ThrottleStatus(maximum=2000, available=0, restore_rate=4000))
    started = time.monotonic()
    await admission.admit(SHOP, 400, "background")
    assert 0.15 < time.monotonic() - started < 1.5


async def test_what_shopify_says_replaces_our_guess(admission: Admission) -> None:
    ticket = await admission.admit(SHOP, 500, "background")
    await admission.settle(ticket, FULL)
    # The call cost less than was set aside, and Shopify says that all is there.
    await admission.admit(SHOP, 1600, "background")


async def test_calls_under_way_are_not_forgotten_when_another_answers(admission: Admission) -> None:
    await know(admission, FULL)
    first = await admission.admit(SHOP, 800, "background")
    await admission.admit(SHOP, 800, "background")
    await admission.settle(first, ThrottleStatus(maximum=2000, available=1900, restore_rate=100))
    # 1900 there, 800 of them promised to the call still under way, 400 kept for people.
    await admission.admit(SHOP, 690, "background")
    await denied(admission, 100)


async def test_unused_points_go_back(admission: Admission) -> None:
    await know(admission, FULL)
    await admission.settle(await admission.admit(SHOP, 1500, "background"), None, used=False)
    await admission.settle(await admission.admit(SHOP, 1500, "background"), None)
    await denied(admission, 1500)


async def test_a_query_dearer_than_the_bucket_waits_for_a_full_one_not_for_ever(admission: Admission) -> None:
    await know(admission, ThrottleStatus(maximum=1000, available=1000, restore_rate=100))
    await admission.admit(SHOP, 5000, "background")


async def test_waiting_is_bounded(admission: Admission) -> None:
    await know(admission, ThrottleStatus(maximum=2000, available=0, restore_rate=1))
    admission._patience = {"background": 0.2, "interactive": 0.1}
    started = time.monotonic()
    with pytest.raises(AdmissionDenied) as caught:
        await admission.admit(SHOP, 500, "background")
    assert time.monotonic() - started < 0.5
    assert caught.value.retryable
    assert caught.value.code == "SHOPIFY_RATE_LIMIT"


async def test_shops_do_not_share(admission: Admission) -> None:
    await know(admission, ThrottleStatus(maximum=2000, available=0, restore_rate=1))
    await admission.admit("other.myshopify.com", 500, "background")


async def test_two_workers_share_one_bucket(redis: Redis) -> None:
    prefix = f"bucket:{uuid.uuid4()}"
    workers = [Admission(redis, prefix=prefix, background_wait_s=0) for _ in range(2)]
    await know(workers[0], ThrottleStatus(maximum=2000, available=2000, restore_rate=0.001))

    async def one(n: int) -> bool:
        try:
            await workers[n % 2].admit(SHOP, 100, "background")
        except AdmissionDenied:
            return False
        return True

    answers = await asyncio.gather(*(one(n) for n in range(40)))
    assert sum(answers) == 16


@settings(max_examples=100, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(1, 900), st.booleans(), st.integers(0, 2000)), max_size=15))
async def test_never_more_is_let_out_than_there_is(redis_url: str, steps: list[tuple[int, bool, int]]) -> None:
    """Against a bucket that does not refill: what is admitted never exceeds what Shopify last said was there."""
    client = Redis.from_url(redis_url)
    admission = Admission(client, prefix=f"bucket:{uuid.uuid4()}", background_wait_s=0, interactive_wait_s=0)
    try:
        await know(admission, ThrottleStatus(2000, 2000, 0.0001))
        left, tickets = 2000.0, []
        for cost, interactive, refund in steps:
            try:
                tickets.append(await admission.admit(SHOP, cost, "interactive" if interactive else "background"))
                left -= cost
            except AdmissionDenied:
                if tickets:
                    ticket = tickets.pop(0)
                    flying = sum(t.cost for t in tickets)
                    available = min(2000.0, left + flying + refund)
                    await admission.settle(ticket, ThrottleStatus(2000, available, 0.0001))
                    left = available - flying
            assert left >= -0.01
    finally:
        await client.aclose()
