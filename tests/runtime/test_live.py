"""Live news: fanned out once a process, tenants apart, permissions kept, nothing missed silently, Redis free to go."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from storekeep.kit.ids import uuid7
from storekeep.runtime import live
from storekeep.runtime.live import LiveHub, LiveNews, Subscription
from storekeep.runtime.web.sse import EventStream, FeedEnded, ServerEvent

ALL = frozenset({"order:read", "audit:read"})


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def hub(redis: Redis) -> AsyncIterator[LiveHub]:
    hub = LiveHub(redis)
    hub.start()
    yield hub
    await hub.stop()


@pytest.fixture
def news(redis: Redis) -> LiveNews:
    return LiveNews(redis)


async def take(subscription: Subscription, count: int = 1) -> list[ServerEvent]:
    events = []
    for _ in range(count):
        event = await subscription.next(3.0)
        assert event is not None, "no event came"
        events.append(event)
    return events


def numbers(events: list[ServerEvent]) -> list[int]:
    return [json.loads(event.data)["data"]["n"] for event in events]


async def test_every_follower_of_the_tenant_hears_it_and_nobody_else(hub: LiveHub, news: LiveNews) -> None:
    ours, theirs = uuid7(), uuid7()
    async with hub.follow(ours, ALL) as first, hub.follow(ours, ALL) as second, hub.follow(theirs, ALL) as other:
        assert hub.followers == 3
        await news.publish(ours, "sync.progress", {"n": 1}, permission=None)
        for subscription in (first, second):
            (event,) = await take(subscription)
            body = json.loads(event.data)
            assert event.event == body["type"] == "sync.progress"
            assert body["data"] == {"n": 1}
            assert body.keys() == {"type", "at", "data"}
        assert await other.next(0.2) is None
    assert hub.followers == 0


async def test_what_a_role_may_not_see_is_not_sent(hub: LiveHub, news: LiveNews) -> None:
    tenant = uuid7()
    async with hub.follow(tenant, frozenset({"order:read"})) as viewer:
        await news.publish(tenant, "store.changed", {"n": 1}, permission="audit:read")
        await news.publish(tenant, "store.changed", {"n": 2}, permission="order:read")
        assert numbers(await take(viewer)) == [2]
        assert await viewer.next(0.1) is None


async def test_coming_back_brings_what_was_missed_once_and_in_order(hub: LiveHub, news: LiveNews) -> None:
    tenant = uuid7()
    async with hub.follow(tenant, ALL) as subscription:
        await news.publish(tenant, "data.changed", {"n": 0}, permission=None)
        (seen,) = await take(subscription)
    for n in (1, 2, 3):
        await news.publish(tenant, "data.changed", {"n": n}, permission=None)
    async with hub.follow(tenant, ALL, seen.id) as subscription:
        await news.publish(tenant, "data.changed", {"n": 4}, permission=None)
        assert numbers(await take(subscription, 4)) == [1, 2, 3, 4]
        assert await subscription.next(0.1) is None


async def test_no_event_falls_between_replay_and_news(hub: LiveHub, news: LiveNews) -> None:
    tenant = uuid7()
    async with hub.follow(tenant, ALL) as subscription:
        await news.publish(tenant, "data.changed", {"n": 0}, permission=None)
        (seen,) = await take(subscription)

    async def speak() -> None:
        for n in range(1, 101):
            await news.publish(tenant, "data.changed", {"n": n}, permission=None)

    speaking = asyncio.create_task(speak())
    await asyncio.sleep(0.005)
    async with hub.follow(tenant, ALL, seen.id) as subscription:
        assert numbers(await take(subscription, 100)) == list(range(1, 101))
    await speaking


@pytest.mark.parametrize("last", ["1-1", "nonsense", "9" * 30 + "-1", ""])
async def test_who_asks_from_too_long_ago_is_told_to_read_again(hub: LiveHub, last: str) -> None:
    async with hub.follow(uuid7(), ALL, last) as subscription:
        (event,) = await take(subscription)
    assert event.event == "data.changed"
    assert json.loads(event.data)["data"] == {"missed": True}


async def test_who_falls_behind_is_told_to_read_again(hub: LiveHub, news: LiveNews, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_QUEUE", 5)
    tenant = uuid7()
    async with hub.follow(tenant, ALL) as slow, hub.follow(tenant, ALL) as quick:
        for n in range(9):
            await news.publish(tenant, "data.changed", {"n": n}, permission=None)
            assert numbers(await take(quick)) == [n]
        first, *rest = [event for event in [await slow.next(0.05) for _ in range(6)] if event is not None]
        assert json.loads(first.data)["data"] == {"missed": True}
        assert numbers(rest) == [6, 7, 8]


async def test_the_stream_is_capped(redis: Redis, news: LiveNews) -> None:
    tenant = uuid7()
    # A few at a time: news that Redis is slow to take is dropped, as it should be.
    for n in range(0, live.KEPT_EVENTS + 300, 10):
        await asyncio.gather(*(news.publish(tenant, "data.changed", {"n": n + i}, permission=None) for i in range(10)))
    key = f"live:{{{tenant}}}:events"
    assert await redis.xlen(key) < live.KEPT_EVENTS + 200
    assert 0 < await redis.ttl(key) <= 3600


async def test_publishing_without_redis_is_no_error() -> None:
    away = Redis.from_url("redis://127.0.0.1:1/0")
    await LiveNews(away).publish(uuid7(), "data.changed", {}, permission=None)


async def test_a_hub_survives_the_loss_of_its_connection(hub: LiveHub, news: LiveNews, redis: Redis) -> None:
    tenant = uuid7()
    async with hub.follow(tenant, ALL) as subscription:
        await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        (event,) = await take(subscription)
        assert json.loads(event.data)["data"] == {"missed": True}
        await news.publish(tenant, "sync.finished", {"n": 1}, permission=None)
        assert numbers(await take(subscription)) == [1]


async def test_a_stream_beats_while_quiet_and_ends_when_no_longer_allowed(hub: LiveHub, news: LiveNews) -> None:
    tenant = uuid7()
    answers = iter([True, False])

    async def still_allowed() -> bool:
        return next(answers)

    stream = EventStream(hub.follow(tenant, ALL), still_allowed=still_allowed, heartbeat_s=0.05)
    chunks = [chunk async for chunk in stream.body_iterator]
    assert chunks[0].startswith(b": connected\nretry: ")
    assert chunks[1:] == [b"event: beat\ndata: {}\n\n"]
    assert hub.followers == 0


async def test_ending_lets_every_follower_go(hub: LiveHub) -> None:
    async with hub.follow(uuid7(), ALL) as subscription:
        waiting = asyncio.create_task(subscription.next(10))
        await asyncio.sleep(0)
        hub.end_all()
        with pytest.raises(FeedEnded):
            await waiting
        with pytest.raises(FeedEnded):
            await subscription.next(10)


def test_events_on_the_wire() -> None:
    assert ServerEvent("a.b", '{"x":1}', "1-2").encode() == b'id: 1-2\nevent: a.b\ndata: {"x":1}\n\n'
    assert ServerEvent("a", "{}").encode() == b"event: a\ndata: {}\n\n"
