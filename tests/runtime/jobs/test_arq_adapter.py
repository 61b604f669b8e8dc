"""Waking workers: a Redis that accepts and never answers costs whoever enqueued a moment, never the wait for it."""

from __future__ import annotations

import asyncio
import time

import pytest

from storekeep.kit.ids import uuid7
from storekeep.runtime.jobs import arq_adapter
from storekeep.runtime.jobs.arq_adapter import ArqWaker


async def test_a_redis_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[asyncio.StreamWriter] = []

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    monkeypatch.setattr(arq_adapter, "_BUDGET_S", 0.3)
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    waker = ArqWaker(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0")
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await waker.wake(uuid7(), uuid7(), 1)
    assert time.monotonic() - began < 5
    assert held
    for writer in held:
        writer.close()
    server.close()
