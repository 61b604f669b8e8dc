"""Many calls over one connection: each gets its own answer, and giving up, errors and lost connections harm nobody else."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from storekeep.runtime.redis_line import RedisLine, line_of


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url, socket_timeout=5, health_check_interval=30)
    yield client
    await client.aclose()


@pytest.fixture
def line(redis: Redis) -> RedisLine:
    return line_of(redis)


async def who(line: RedisLine) -> int:
    return int(await line.call("CLIENT", "ID", budget_s=5))


async def test_calls_made_at_once_get_their_own_answers_over_one_connection(line: RedisLine) -> None:
    words = [f"{number} ünï\r\n$3" * (number % 7) for number in range(300)]
    answers = await asyncio.gather(*(line.call("ECHO", word, budget_s=30) for word in words))
    assert [answer.decode() for answer in answers] == words
    assert len(set(await asyncio.gather(*(who(line) for _ in range(20))))) == 1


async def test_every_kind_of_argument_arrives(line: RedisLine) -> None:
    name = f"line:{uuid.uuid4()}"
    for value, stored in ((b"\x00\xff", b"\x00\xff"), (7, b"7"), (0.25, b"0.25"), ("é", "é".encode())):
        await line.call("SET", name, value, "PX", 60_000, budget_s=5)
        assert await line.call("GET", name, budget_s=5) == stored


async def test_an_error_is_its_own_callers(line: RedisLine) -> None:
    calls = (line.call("ECHO", "a", budget_s=5), line.call("NOSUCH", budget_s=5), line.call("ECHO", "b", budget_s=5))
    before = await who(line)
    first, second, third = await asyncio.gather(*calls, return_exceptions=True)
    assert (first, third) == (b"a", b"b")
    assert isinstance(second, ResponseError)
    assert await who(line) == before


async def test_whoever_gives_up_costs_neither_the_connection_nor_anybodys_answer(line: RedisLine) -> None:
    before = await who(line)
    calls = [asyncio.create_task(line.call("ECHO", number, budget_s=30)) for number in range(50)]
    await asyncio.sleep(0)
    for call in calls[::3]:
        call.cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    for number, answer in enumerate(answers):
        assert isinstance(answer, asyncio.CancelledError) if number % 3 == 0 else answer == str(number).encode()
    assert await who(line) == before


async def test_over_its_budget_a_call_ends_and_takes_what_waits_behind_it_along(line: RedisLine) -> None:
    before = await who(line)
    late = line.call("BLPOP", f"line:{uuid.uuid4()}", 0, budget_s=0.05)
    behind = line.call("ECHO", "behind", budget_s=600)
    outcomes = await asyncio.gather(late, behind, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [TimeoutError, TimeoutError]
    assert await who(line) != before, "a connection that owes an answer is not used again"


async def test_a_connection_closed_while_idle_is_replaced(line: RedisLine, redis: Redis) -> None:
    before = await who(line)
    await redis.client_kill_filter(_id=str(before))
    assert await who(line) != before


async def test_nobody_there_is_an_error_for_all_who_wait(redis_url: str) -> None:
    gone = Redis.from_url("redis://127.0.0.1:1/0")
    outcomes = await asyncio.gather(*(line_of(gone).call("PING", budget_s=5) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(outcome, RedisError | OSError) for outcome in outcomes)
    await gone.aclose()


async def test_the_connection_is_the_clients_and_closes_with_it(redis_url: str, redis: Redis) -> None:
    own = Redis.from_url(redis_url)
    number = await who(line_of(own))
    assert line_of(own) is line_of(own)
    assert number in [int(client["id"]) for client in await redis.client_list()]
    await own.aclose()
    # The server notices a closed socket when it next looks at it; an answer to a later command comes after that.
    for _ in range(100):
        if number not in [int(client["id"]) for client in await redis.client_list()]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the connection outlived its client")
