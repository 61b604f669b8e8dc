"""Rate limits: an exact sliding-window log in Redis, and what happens while Redis is away.

Which routes have which limit, and the response headers, belong to `runtime.web`.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from enum import StrEnum

from redis.asyncio import Redis

from storekeep.kit.errors import AppError, Kind
from storekeep.runtime.lua import LuaScript, RedisAway

# Scores are microseconds of Redis' own clock: one clock for all processes, and exact in a double until the year 2255.
_LUA = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local limit, window, cost, nonce = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local used = redis.call('ZCARD', KEYS[1])
if used + cost > limit then
  local blocking = used + cost - limit - 1
  if blocking >= used then return {0, math.max(limit - used, 0), window} end
  local entry = redis.call('ZRANGE', KEYS[1], blocking, blocking, 'WITHSCORES')
  return {0, math.max(limit - used, 0), tonumber(entry[2]) + window - now}
end
for i = 1, cost do
  redis.call('ZADD', KEYS[1], now, nonce .. ':' .. i)
end
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000) + 1000)
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local reset = window
if oldest[2] then reset = tonumber(oldest[2]) + window - now end
return {1, limit - used - cost, reset}
"""


class WhenAway(StrEnum):
    """What a limit does while Redis is away."""

    OPEN = "open"  # reads: this process counts alone, at the full limit
    STRICT = "strict"  # login, reset, API keys: this process counts alone, at a quarter of the limit
    CLOSED = "closed"  # calls that cost money: refused until Redis is back


class LimiterAway(AppError):
    """The limit cannot be checked, and what it protects is too dear to let through unchecked."""

    code = "SERVICE_UNAVAILABLE"
    kind = Kind.UNAVAILABLE
    message = "A part of the service is away for a moment. Nothing was changed; please try again."


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one hit.

    `remaining`: units left in the window now. `reset_after` (seconds): when refused, until this very request would be allowed;
    when allowed, until the oldest counted unit is given back. `degraded`: counted by this process alone.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_after: float
    degraded: bool = False


class _LocalWindows:
    """The same log in this process. Holds at most `size` keys; the ones longest unused are dropped first."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._logs: OrderedDict[str, deque[float]] = OrderedDict()

    def hit(self, key: str, limit: int, window_s: float, cost: int) -> Verdict:
        now = time.monotonic()
        log = self._logs.setdefault(key, deque())
        self._logs.move_to_end(key)
        while len(self._logs) > self._size:
            self._logs.popitem(last=False)
        while log and log[0] <= now - window_s:
            log.popleft()
        used = len(log)
        if used + cost > limit:
            blocking = used + cost - limit - 1
            wait = window_s if blocking >= used else log[blocking] + window_s - now
            return Verdict(False, limit, max(limit - used, 0), wait, degraded=True)
        log.extend([now] * cost)
        reset = log[0] + window_s - now if log else window_s
        return Verdict(True, limit, limit - used - cost, reset, degraded=True)


class SlidingWindow:
    """Counts hits exactly: at most `limit` in any stretch of `window_s` seconds, over all processes, in one round trip."""

    def __init__(self, redis: Redis, *, prefix: str = "limit", budget_s: float = 0.25) -> None:
        self._prefix = prefix
        self._script = LuaScript(redis, _LUA, budget_s=budget_s)
        self._local = _LocalWindows()

    async def hit(self, key: str, limit: int, window_s: float, cost: int = 1, *, when_away: WhenAway = WhenAway.OPEN) -> Verdict:
        """Count `cost` units against `key` (`class:tenant:user`) and say whether they are allowed. A refusal counts nothing.

        Raises LimiterAway only under `WhenAway.CLOSED`, and ValueError for a limit, window or cost that is not positive.
        """
        if limit < 1 or window_s <= 0 or cost < 1:
            raise ValueError("limit, window and cost must be positive")
        try:
            allowed, remaining, reset_us = await self._script.run(
                [f"{self._prefix}:{{{key}}}"], [limit, int(window_s * 1_000_000), cost, secrets.token_hex(8)]
            )
        except RedisAway:
            if when_away is WhenAway.CLOSED:
                raise LimiterAway(retry_after=1.0) from None
            cap = max(1, limit // 4) if when_away is WhenAway.STRICT else limit
            return self._local.hit(key, cap, window_s, cost)
        return Verdict(bool(allowed), limit, int(remaining), max(0.0, int(reset_us) / 1_000_000))
