"""GET /api/live: each member hears what their role lets them read, until their session ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.types import Message

from storekeep.domains.accounts.public import Role
from storekeep.runtime.live import LiveNews
from storekeep.runtime.web import sse
from tests.support.accounts import Person


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Heartbeats every fifth of a second instead of fifteen."""
    made = sse.EventStream.__init__.__kwdefaults__
    monkeypatch.setitem(made, "heartbeat_s", 0.2)
    yield


class Stream:
    """A browser's EventSource: the events heard so far, by reading the app's own answer as it comes."""

    def __init__(self) -> None:
        self.status = 0
        self.text = ""
        self.ended = asyncio.Event()
        self._more = asyncio.Event()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.text += message.get("body", b"").decode()
            if not message.get("more_body"):
                self.ended.set()
        self._more.set()

    @property
    def events(self) -> list[dict[str, Any]]:
        lines = [line.removeprefix("data: ") for line in self.text.splitlines() if line.startswith("data: ")]
        return [json.loads(line) for line in lines]

    async def until(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(10):
            while len(self.events) < count:
                self._more.clear()
                await self._more.wait()
        return self.events

    async def opened(self) -> None:
        async with asyncio.timeout(10):
            while ": connected" not in self.text and not self.ended.is_set():
                self._more.clear()
                await self._more.wait()


@asynccontextmanager
async def listening(person: Person, last_event_id: str | None = None) -> AsyncIterator[Stream]:
    """httpx's in-process transport waits for the end of an answer; a stream has none, so the app is called directly."""
    cookie = f"storekeep_session={person.http.cookies['storekeep_session']}"
    headers = [(b"host", b"127.0.0.1:8000"), (b"cookie", cookie.encode())]
    if last_event_id:
        headers.append((b"last-event-id", last_event_id.encode()))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/api/live", "raw_path": b"/api/live", "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 40_001), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    stream, gone = Stream(), asyncio.Event()
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    running = asyncio.create_task(person.house.app(scope, receive, stream.send))
    try:
        await stream.opened()
        yield stream
    finally:
        gone.set()
        await asyncio.wait_for(running, 10)


def news(person: Person) -> LiveNews:
    return person.house.wired.services.get(LiveNews)


async def test_each_role_hears_what_it_may_read(owner: Person) -> None:
    viewer = await owner.invite(Role.VIEWER)
    foreign = await owner.house.new_owner()
    async with listening(owner) as mine, listening(viewer) as theirs, listening(foreign) as elsewhere:
        await news(owner).publish(owner.tenant_id, "job.dead", {"n": 1}, permission="job:read")
        await news(owner).publish(owner.tenant_id, "data.changed", {"n": 2}, permission="order:read")
        await news(owner).publish(foreign.tenant_id, "data.changed", {"n": 3}, permission=None)
        assert [event["data"] for event in await mine.until(2)] == [{"n": 1}, {"n": 2}]
        assert [event["data"] for event in await theirs.until(1)] == [{"n": 2}]
        assert [event["data"] for event in await elsewhere.until(1)] == [{"n": 3}]
        assert set((await mine.until(1))[0]) == {"type", "at", "data"}


async def test_who_comes_back_hears_what_was_missed(owner: Person) -> None:
    async with listening(owner) as first:
        await news(owner).publish(owner.tenant_id, "data.changed", {"n": 1}, permission=None)
        await first.until(1)
        seen = next(line.removeprefix("id: ") for line in first.text.splitlines() if line.startswith("id: "))
    await news(owner).publish(owner.tenant_id, "data.changed", {"n": 2}, permission=None)
    async with listening(owner, last_event_id=seen) as second:
        assert [event["data"] for event in await second.until(1)] == [{"n": 2}]


@pytest.mark.parametrize("way", ["logout", "role"])
@pytest.mark.parametrize("busy", [False, True])
async def test_the_stream_ends_with_the_session_and_when_the_role_changed(
    quick: None, owner: Person, way: str, busy: bool
) -> None:
    agent = await owner.invite(Role.AGENT)
    async with listening(agent) as stream:
        if way == "logout":
            await agent.http.post("/api/auth/logout")
        else:
            await owner.http.patch(f"/api/members/{agent.member_id}", json={"role": "viewer"})
        async with asyncio.timeout(5):
            while not stream.ended.is_set():
                if busy:
                    await news(owner).publish(owner.tenant_id, "data.changed", {}, permission=None)
                await asyncio.sleep(0.05)


async def test_a_second_after_its_session_ended_a_stream_hears_nothing_more(owner: Person) -> None:
    """Long before the next heartbeat."""
    agent = await owner.invite(Role.AGENT)
    async with listening(agent) as stream:
        await agent.http.post("/api/auth/logout")
        await asyncio.sleep(1.1)
        await news(owner).publish(owner.tenant_id, "data.changed", {}, permission=None)
        async with asyncio.timeout(5):
            await stream.ended.wait()
        assert stream.events == []


async def test_without_a_session_there_is_no_stream(owner: Person) -> None:
    async with owner.house.browser() as stranger:
        assert (await stranger.get("/api/live")).status_code == 401
