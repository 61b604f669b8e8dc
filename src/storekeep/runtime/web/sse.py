"""Server-sent events: a response that follows a feed, breathes while it is quiet, and ends when the feed does."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from starlette.responses import StreamingResponse

HEARTBEAT_S = 15.0
_ALLOWED_FOR_S = 1.0  # a session or role that ended hears nothing for longer than this
_RETRY_MS = 2000
# An event and no comment, which a page could not hear: by its silence it knows that a connection is dead.
_BEAT = b"event: beat\ndata: {}\n\n"


class FeedEnded(Exception):
    """The feed is over: the process stops, or the follower fell behind. Browsers reconnect and say where they were."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: `data` is one line of text (JSON), `id` is what the browser repeats as Last-Event-ID."""

    event: str
    data: str
    id: str | None = None

    def encode(self) -> bytes:
        """The event in the wire format of the HTML standard §9.2.6."""
        head = f"id: {self.id}\n" if self.id is not None else ""
        return f"{head}event: {self.event}\ndata: {self.data}\n\n".encode()


class Feed(Protocol):
    """Something to follow."""

    async def next(self, timeout_s: float) -> ServerEvent | None:
        """The next event, or None when `timeout_s` passed without one. Raises FeedEnded."""


class EventStream(StreamingResponse):
    """The response of a live route.

    `feed` is entered when the response starts and left when the client goes, so its route must not hold a database session.
    `still_allowed` is asked every heartbeat, and before an event when its last answer is a second old; False ends the stream, so
    that a dead login is not followed on.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        feed: AbstractAsyncContextManager[Feed],
        *,
        still_allowed: Callable[[], Awaitable[bool]] | None = None,
        heartbeat_s: float = HEARTBEAT_S,
        status_code: int = 200,  # FastAPI reads the documented status from this default
    ) -> None:
        super().__init__(
            _follow(feed, still_allowed, heartbeat_s),
            status_code,
            media_type=self.media_type,
            # A proxy must neither keep, change nor gather events.
            headers={"cache-control": "no-store, no-transform", "x-accel-buffering": "no"},
        )


async def _follow(
    feed: AbstractAsyncContextManager[Feed], still_allowed: Callable[[], Awaitable[bool]] | None, heartbeat_s: float
) -> AsyncIterator[bytes]:
    async with feed as source:
        # Spread reconnects after a restart over two seconds. The comment makes the headers leave at once.
        yield f": connected\nretry: {_RETRY_MS + random.randrange(_RETRY_MS)}\n\n".encode()  # noqa: S311
        asked = time.monotonic()
        while True:
            try:
                event = await source.next(heartbeat_s)
            except FeedEnded:
                return
            if event is None or time.monotonic() - asked >= min(heartbeat_s, _ALLOWED_FOR_S):
                if still_allowed is not None and not await still_allowed():
                    return
                asked = time.monotonic()
            yield _BEAT if event is None else event.encode()
