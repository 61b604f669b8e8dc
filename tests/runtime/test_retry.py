"""Retrying: the ceilings, the jitter, the waits others ask for, and when to give up."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storekeep.kit.errors import AppError, Kind
from storekeep.runtime.retry import DEFAULT_BACKOFF, NO_RETRY, Backoff, retrying


class Away(AppError):
    code = "AWAY"
    kind = Kind.UNAVAILABLE


class Wrong(AppError):
    code = "WRONG"
    kind = Kind.INVALID


class Recorder:
    """A call that fails a number of times, and a clock that only notes how long was slept."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.waits: list[float] = []

    async def call(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


async def test_first_call_and_at_most_five_retries_with_doubling_ceilings() -> None:
    recorder = Recorder(*[Away() for _ in range(9)])
    with pytest.raises(Away):
        await retrying(recorder.call, sleep=recorder.sleep, dice=lambda: 1.0)
    assert recorder.calls == 6
    assert recorder.waits == [1, 2, 4, 8, 16]


async def test_an_answer_ends_it() -> None:
    recorder = Recorder(Away(), Away())
    assert await retrying(recorder.call, sleep=recorder.sleep, dice=lambda: 0.5) == "answer"
    assert recorder.waits == [0.5, 1.0]


@settings(max_examples=200)
@given(retry=st.integers(1, 10_000), dice=st.floats(0, 1, exclude_max=True))
def test_wait_is_full_jitter_below_the_cap(retry: int, dice: float) -> None:
    wait = DEFAULT_BACKOFF.delay(retry, dice=lambda: dice)
    assert 0 <= wait <= 32
    assert DEFAULT_BACKOFF.delay(retry, dice=lambda: 0.0) == 0
    assert DEFAULT_BACKOFF.ceiling(retry) == min(32, 2.0 ** min(retry - 1, 64))


@settings(max_examples=100)
@given(asked=st.floats(0, 1000), dice=st.floats(0, 1, exclude_max=True))
def test_asked_wait_is_never_cut_short(asked: float, dice: float) -> None:
    wait = DEFAULT_BACKOFF.delay(1, asked=asked, dice=lambda: dice)
    assert asked <= wait <= asked + max(asked, 1) * 0.1


async def test_no_try_begins_after_the_time_is_over() -> None:
    recorder = Recorder(*[Away() for _ in range(9)])
    with pytest.raises(Away):
        await retrying(recorder.call, backoff=Backoff(within=3.5), sleep=recorder.sleep, dice=lambda: 1.0)
    assert recorder.waits == [1, 2]


async def test_retry_after_is_honoured_and_a_long_one_is_left_to_the_caller() -> None:
    recorder = Recorder(Away(retry_after=7))
    assert await retrying(recorder.call, sleep=recorder.sleep, dice=lambda: 0.0) == "answer"
    assert recorder.waits == [7]
    recorder = Recorder(Away(retry_after=61))
    with pytest.raises(Away):
        await retrying(recorder.call, sleep=recorder.sleep)
    assert recorder.calls == 1
    assert recorder.waits == []


@pytest.mark.parametrize("error", [Wrong(), ValueError("bug"), Away(retryable=False)])
async def test_what_cannot_be_helped_is_raised_at_once(error: Exception) -> None:
    recorder = Recorder(error)
    with pytest.raises(type(error)):
        await retrying(recorder.call, sleep=recorder.sleep)
    assert recorder.calls == 1


async def test_cancelling_is_not_retried_and_no_retry_means_none() -> None:
    recorder = Recorder(Away())
    with pytest.raises(Away):
        await retrying(recorder.call, backoff=NO_RETRY, sleep=recorder.sleep)

    async def cancelled() -> None:
        recorder.calls += 1
        raise asyncio.CancelledError

    recorder.calls = 0
    with pytest.raises(asyncio.CancelledError):
        await retrying(cancelled, sleep=recorder.sleep)
    assert recorder.calls == 1


async def test_each_retry_is_announced() -> None:
    told: list[tuple[str, int, float]] = []
    recorder = Recorder(Away(), Away())
    await retrying(
        recorder.call,
        backoff=Backoff(base=2),
        sleep=recorder.sleep,
        dice=lambda: 1.0,
        on_retry=lambda error, retry, wait: told.append((type(error).__name__, retry, wait)),
    )
    assert told == [("Away", 1, 2.0), ("Away", 2, 4.0)]
