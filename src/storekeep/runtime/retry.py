"""Retrying: how long to wait after a failed call, and the one loop that does it.

One call is retried in one layer only. The reading chosen for "at most 5, 1 s doubling, cap 32 s, full jitter": a first call and
at most 5 retries; before retry n (1..5) the wait is uniform between 0 and min(32, 2^(n-1)) seconds, so the ceilings are 1, 2, 4,
8, 16. The cap of 32 s is met by waits the other side asks for, and by a policy with more retries.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from storekeep.kit.errors import AppError

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]
Dice = Callable[[], float]

# A wait somebody else asked for is kept, and lengthened a little so that many callers do not return in the same instant.
_ASKED_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often and how long to wait. All times in seconds.

    `patience` is the longest single wait the caller sits through: a longer one asked for by the other side ends the retrying
    at once, so that a job gives up its worker and comes back later. `within`: no try begins later than that after the first.
    """

    retries: int = 5
    base: float = 1.0
    factor: float = 2.0
    cap: float = 32.0
    patience: float = 32.0
    within: float = math.inf

    def ceiling(self, retry: int) -> float:
        """The longest wait before retry number `retry` (1 for the first)."""
        if retry < 1:
            raise ValueError("retries are counted from 1")
        # Past 64 doublings the cap holds anyway; the bound keeps the power finite.
        return min(self.cap, self.base * self.factor ** min(retry - 1, 64))

    def delay(self, retry: int, *, asked: float | None = None, dice: Dice = random.random) -> float:
        """The wait before retry number `retry`: full jitter, or the `asked` wait (never less) with up to a tenth on top."""
        if asked is not None:
            return max(0.0, asked) + _ASKED_JITTER * max(asked, 1.0) * dice()
        return self.ceiling(retry) * dice()


DEFAULT_BACKOFF = Backoff()
NO_RETRY = Backoff(retries=0)


def is_retryable(error: BaseException) -> bool:
    """Whether a failure says of itself that trying again may help. Anything but an AppError is a bug, and is not retried."""
    return isinstance(error, AppError) and error.retryable


async def retrying(
    call: Callable[[], Awaitable[T]],
    *,
    backoff: Backoff = DEFAULT_BACKOFF,
    should_retry: Callable[[BaseException], bool] = is_retryable,
    sleep: Sleep = asyncio.sleep,
    dice: Dice = random.random,
    on_retry: Callable[[BaseException, int, float], None] | None = None,
) -> T:
    """The answer of `call`, tried again by `backoff` while `should_retry` says so; then its last error is raised unchanged.

    `call` must be safe to repeat. An error's `retry_after` is honoured: waited for when within `backoff.patience`, else raised.
    `on_retry(error, retry, wait)` is told before each wait.
    """
    retry, began = 0, time.monotonic()
    while True:
        try:
            return await call()
        except Exception as error:
            retry += 1
            asked = error.retry_after if isinstance(error, AppError) else None
            if retry > backoff.retries or not should_retry(error):
                raise
            if asked is not None and asked > backoff.patience:
                raise
            wait = backoff.delay(retry, asked=asked, dice=dice)
            if time.monotonic() - began + wait > backoff.within:
                raise
            if on_retry is not None:
                on_retry(error, retry, wait)
            await sleep(wait)
