"""Live news of a tenant: published to Redis by any process, followed by browsers through one subscription a process.

Each event goes to a capped stream and a channel in one step. A browser that comes back names the last event it saw and gets what
it missed from the stream; where that is gone it gets `data.changed` with `{"missed": true}` and reads everything again.
News is a hint, never the truth: losing Redis loses a refresh, nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import structlog
from anyio import move_on_after
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from storekeep.kit import clock
from storekeep.runtime.lua import LuaScript, RedisAway
from storekeep.runtime.web.problems import iso_utc
from storekeep.runtime.web.sse import FeedEnded, ServerEvent

log = structlog.get_logger(__name__)

KEPT_EVENTS = 500
_KEPT_S = 3600
_QUEUE = 256
_CONTROL = "live:-"  # one channel that is always subscribed: without any, the client library stops reading
_CONFIRM_S = 2.0
_ID = re.compile(r"\d{1,19}-\d{1,19}", re.ASCII)
_AWAY = (RedisError, OSError, TimeoutError)

_PUBLISH = """
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'e', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', ARGV[4], id .. ' ' .. ARGV[2])
return id
"""


def _stream(tenant_id: UUID) -> str:
    return f"live:{{{tenant_id}}}:events"


def _channel(tenant_id: UUID) -> str:
    return f"live:{tenant_id}"


class LiveNews:
    """The publishing side; workers and requests alike hold one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._script = LuaScript(redis, _PUBLISH)

    async def forget(self, tenant_id: UUID) -> None:
        """Delete what is kept for browsers that come back. Without Redis it dies by age within an hour."""
        try:
            await self._redis.unlink(_stream(tenant_id))
        except (RedisError, OSError) as error:
            log.warning("live_news_forget_failed", reason=type(error).__name__)

    async def publish(self, tenant_id: UUID, kind: str, data: Mapping[str, Any], *, permission: str | None) -> None:
        """Tell the tenant's browsers whose member holds `permission` (None: all). Call after the commit it speaks of.

        `kind` is a dotted word such as `sync.progress`; `data` is JSON-able and small. Never raises for want of Redis.
        """
        payload = orjson.dumps({"type": kind, "at": iso_utc(clock.now()), "data": dict(data), "permission": permission})
        try:
            await self._script.run([_stream(tenant_id)], [KEPT_EVENTS, payload, _KEPT_S, _channel(tenant_id)])
        except RedisAway:
            log.info("live_news_dropped", kind=kind)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One event as it came from Redis."""

    id: tuple[int, int]
    event: ServerEvent
    permission: str | None


def _entry(raw_id: str, payload: bytes) -> _Entry:
    value = orjson.loads(payload)
    permission = value.pop("permission", None)
    text = orjson.dumps(value).decode()
    return _Entry(_ordinal(raw_id), ServerEvent(event=value["type"], data=text, id=raw_id), permission)


def _ordinal(raw_id: str) -> tuple[int, int]:
    millis, _, sequence = raw_id.partition("-")
    return int(millis), int(sequence)


class Subscription:
    """One follower: a bounded queue. Who falls more than it behind loses the queue and is told to read everything again."""

    def __init__(self, permissions: frozenset[str]) -> None:
        self._permissions = permissions
        self._queue: asyncio.Queue[ServerEvent | None] = asyncio.Queue(_QUEUE)
        self._seen = (0, 0)
        self._held: list[_Entry] | None = None
        self._ended = False

    def hold(self) -> None:
        """Keep what is offered aside until `release`: what was missed comes first."""
        self._held = []

    def release(self, missed: Iterable[_Entry]) -> None:
        """Queue what was missed, then what was held back; an event that is in both comes once."""
        held, self._held = self._held or [], None
        for entry in (*missed, *held):
            self.offer(entry)

    def offer(self, entry: _Entry) -> None:
        """Queue an event unless the follower may not see it or has seen it."""
        if self._held is not None:
            self._held.append(entry)
            return
        if entry.id <= self._seen or (entry.permission is not None and entry.permission not in self._permissions):
            return
        self._seen = entry.id
        try:
            self._queue.put_nowait(entry.event)
        except asyncio.QueueFull:
            self.missed()

    def missed(self) -> None:
        """Something may have been lost: the follower must read everything again, so what is queued is worthless."""
        while not self._queue.empty():
            self._queue.get_nowait()
        body = {"type": "data.changed", "at": iso_utc(clock.now()), "data": {"missed": True}}
        self._queue.put_nowait(ServerEvent(event="data.changed", data=orjson.dumps(body).decode()))

    def end(self) -> None:
        """Let the follower go; the browser comes back by itself."""
        self._ended = True
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def next(self, timeout_s: float) -> ServerEvent | None:
        """The next event, or None when `timeout_s` passed without one. Raises FeedEnded once `end` was called."""
        if self._ended:
            raise FeedEnded
        try:
            async with asyncio.timeout(timeout_s):
                event = await self._queue.get()
        except TimeoutError:
            return None
        if event is None:
            raise FeedEnded
        return event


class LiveHub:
    """The following side: one Redis subscription for this process, fanned out to its followers."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._followers: dict[UUID, set[Subscription]] = {}
        self._confirmed: dict[str, asyncio.Event] = {}
        self._pubsub: PubSub | None = None
        self._task: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    @property
    def followers(self) -> int:
        """How many streams are open in this process."""
        return sum(map(len, self._followers.values()))

    def start(self) -> None:
        """Begin listening to Redis; it may be away and come later."""
        self._task = asyncio.create_task(self._listen(), name="live-hub")

    def end_all(self) -> None:
        """End every stream; the server calls it when it begins to stop, or it would wait for them."""
        for subscription in [s for group in self._followers.values() for s in group]:
            subscription.end()

    async def stop(self) -> None:
        """End every stream and the listening."""
        self.end_all()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    @asynccontextmanager
    async def follow(
        self, tenant_id: UUID, permissions: frozenset[str], last_event_id: str | None = None
    ) -> AsyncIterator[Subscription]:
        """A subscription to the tenant's news within the block, beginning after `last_event_id` where one is given."""
        subscription = Subscription(permissions)
        if last_event_id is not None:
            subscription.hold()
        self._followers.setdefault(tenant_id, set()).add(subscription)
        try:
            await self._subscribe(tenant_id)
            if last_event_id is not None:
                missed = await self._since(tenant_id, last_event_id)
                subscription.release(missed or ())
                if missed is None:
                    subscription.missed()
            yield subscription
        finally:
            # A browser that goes cancels the stream, and every await in it; leaving must happen all the same.
            with move_on_after(_CONFIRM_S, shield=True):
                await self._leave(tenant_id, subscription)

    async def _since(self, tenant_id: UUID, last_event_id: str) -> list[_Entry] | None:
        """What came after that event, or None when that cannot be told any more."""
        if not _ID.fullmatch(last_event_id):
            return None
        try:
            found = await self._redis.xrange(_stream(tenant_id), min=last_event_id, count=_QUEUE)
        except _AWAY:
            return None
        entries = [_entry(_text(raw_id), _bytes(fields)) for raw_id, fields in found]
        if not entries or entries[0].event.id != last_event_id or len(entries) == _QUEUE:
            # The event named is gone from the stream, and others with it; or there are more than a queue holds.
            return None
        return entries[1:]

    async def _subscribe(self, tenant_id: UUID) -> None:
        # Wait until Redis confirmed: an event between the replay and the subscription would be lost.
        channel = _channel(tenant_id)
        async with self._lock:
            confirmed = self._confirmed.get(channel)
            if confirmed is None:
                confirmed = self._confirmed[channel] = asyncio.Event()
                if self._pubsub is not None:
                    with contextlib.suppress(*_AWAY):
                        await self._pubsub.subscribe(channel)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CONFIRM_S if self._pubsub is not None else 0.01):
                await confirmed.wait()

    async def _leave(self, tenant_id: UUID, subscription: Subscription) -> None:
        group = self._followers.get(tenant_id, set())
        group.discard(subscription)
        if group:
            return
        self._followers.pop(tenant_id, None)
        async with self._lock:
            if tenant_id in self._followers:  # somebody came while we waited
                return
            channel = _channel(tenant_id)
            self._confirmed.pop(channel, None)
            if self._pubsub is not None:
                with contextlib.suppress(*_AWAY):
                    await self._pubsub.unsubscribe(channel)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await self._connect(pubsub)
                    while True:
                        message = await pubsub.get_message(timeout=10.0)
                        if message is not None:
                            self._take(message)
            except _AWAY as error:
                log.info("live_hub_away", reason=type(error).__name__)
            except Exception:
                # One bad message must not end live news for the life of the process.
                log.error("live_hub_failed", exc_info=True)
            finally:
                self._pubsub = None
                for confirmed in self._confirmed.values():
                    confirmed.clear()
            await asyncio.sleep(1.0)

    async def _connect(self, pubsub: PubSub) -> None:
        async with self._lock:
            again = bool(self._confirmed)
            await pubsub.subscribe(_CONTROL, *self._confirmed)
            self._pubsub = pubsub
        if again:
            # Redis was away, or came after the followers: whatever was said meanwhile did not reach them.
            for group in self._followers.values():
                for subscription in group:
                    subscription.missed()

    def _take(self, message: Mapping[str, Any]) -> None:
        channel = _text(message["channel"])
        if message["type"] == "subscribe":
            confirmed = self._confirmed.get(channel)
            if confirmed is not None:
                confirmed.set()
            return
        if message["type"] != "message" or channel == _CONTROL:
            return
        data = message["data"]
        raw_id, _, payload = (data if isinstance(data, bytes) else data.encode()).partition(b" ")
        entry = _entry(raw_id.decode("ascii"), payload)
        for subscription in self._followers.get(UUID(channel.removeprefix("live:")), ()):
            subscription.offer(entry)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _bytes(fields: Mapping[Any, Any]) -> bytes:
    # Whether the client decodes answers is wiring's choice; both are read.
    value = fields.get(b"e", fields.get("e"))
    return value if isinstance(value, bytes) else str(value).encode()
