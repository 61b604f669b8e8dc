"""Admission: how many cost points of a shop's bucket are left, known to all workers, so that Shopify rarely has to say no.

A call is admitted when the bucket holds what it may cost. A share is kept for people who wait: background calls stop above it.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from dataclasses import dataclass, field
from typing import Literal

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from storekeep.integrations.shopify.errors import AdmissionDenied
from storekeep.runtime.lua import LuaScript, RedisAway
from storekeep.runtime.retry import Dice, Sleep

log = structlog.get_logger(__name__)
Priority = Literal["background", "interactive"]

# What the smallest plan has been known to give; the first answer replaces it.
_FIRST_SIZE, _FIRST_RATE = 1000.0, 50.0
# A call whose end we never hear of (its worker died) is forgotten after this; longer than any call may last.
_CALL_TTL_S = 90
_KEEP_S = 24 * 3600
# Waiting is done in short naps, for the bucket may be fuller than thought once other calls have answered.
_NAP_S = 2.0

_LUA = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local op, id = ARGV[1], ARGV[2]
local state = redis.call('HMGET', KEYS[1], 'level', 'size', 'rate', 'at')
local size = tonumber(state[2] or ARGV[3])
local rate = tonumber(state[3] or ARGV[4])
local level = size
if state[1] then level = math.min(size, tonumber(state[1]) + math.max(0, now - tonumber(state[4])) * rate) end
local flying = 0
local calls = redis.call('HGETALL', KEYS[2])
for i = 1, #calls, 2 do
  local cost, ends = string.match(calls[i + 1], '([^:]+):(.+)')
  if tonumber(ends) < now or calls[i] == id then
    redis.call('HDEL', KEYS[2], calls[i])
  else
    flying = flying + tonumber(cost)
  end
end
local function save()
  redis.call('HSET', KEYS[1], 'level', level, 'size', size, 'rate', rate, 'at', now)
  redis.call('EXPIRE', KEYS[1], tonumber(ARGV[5]))
end
if op == 'admit' then
  local cost, kept = tonumber(ARGV[6]), tonumber(ARGV[7])
  local need = math.min(cost + kept * size, size)
  if level < need then return math.max(1, math.ceil((need - level) / rate * 1000)) end
  level = level - cost
  save()
  redis.call('HSET', KEYS[2], id, cost .. ':' .. string.format('%.3f', now + tonumber(ARGV[8])))
  redis.call('EXPIRE', KEYS[2], tonumber(ARGV[8]))
  return 0
end
if ARGV[6] ~= '' then
  size, rate = tonumber(ARGV[7]), tonumber(ARGV[8])
  level = math.min(size, tonumber(ARGV[6]) - flying)
else
  level = math.min(size, level + tonumber(ARGV[9]))
end
save()
return 0
"""


@dataclass(frozen=True, slots=True)
class ThrottleStatus:
    """What Shopify says of the bucket: points it can hold, points in it now, points restored a second."""

    maximum: float
    available: float
    restore_rate: float


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave to make one call. Give it back with `Admission.settle`, whatever became of the call."""

    shop: str
    id: str
    cost: float
    local: bool


@dataclass(slots=True)
class _LocalBucket:
    """The same arithmetic as the Lua program, for this process alone while Redis is away."""

    size: float = _FIRST_SIZE
    rate: float = _FIRST_RATE
    level: float = _FIRST_SIZE
    at: float = field(default_factory=time.monotonic)
    calls: dict[str, tuple[float, float]] = field(default_factory=dict)

    def _refill(self, now: float) -> None:
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        self.calls = {id: call for id, call in self.calls.items() if call[1] >= now}

    def admit(self, id: str, cost: float, kept: float) -> float:
        now = time.monotonic()
        self._refill(now)
        need = min(cost + kept * self.size, self.size)
        if self.level < need:
            return max(0.001, (need - self.level) / self.rate)
        self.level -= cost
        self.calls[id] = (cost, now + _CALL_TTL_S)
        return 0.0

    def settle(self, id: str, status: ThrottleStatus | None, refund: float) -> None:
        self._refill(time.monotonic())
        self.calls.pop(id, None)
        if status is None:
            self.level = min(self.size, self.level + refund)
        else:
            self.size, self.rate = status.maximum, status.restore_rate
            self.level = min(self.size, status.available - sum(cost for cost, _ in self.calls.values()))


class Admission:
    """The buckets of all shops, one a shop, shared through Redis."""

    def __init__(
        self,
        redis: Redis,
        *,
        reserve: float = 0.2,
        background_wait_s: float = 120.0,
        interactive_wait_s: float = 10.0,
        prefix: str = "shopify:bucket",
        sleep: Sleep = asyncio.sleep,
        dice: Dice = random.random,
    ) -> None:
        """`reserve` is the share of a bucket that background calls leave for interactive ones; the waits bound `admit`."""
        self._redis = redis
        self._script = LuaScript(redis, _LUA)
        self._reserve = reserve
        self._patience: dict[Priority, float] = {"background": background_wait_s, "interactive": interactive_wait_s}
        self._prefix = prefix
        self._sleep = sleep
        self._dice = dice
        self._local: dict[str, _LocalBucket] = {}

    async def admit(self, shop: str, cost: float, priority: Priority) -> Ticket:
        """Wait until `shop`'s bucket has room for `cost` points, and set them aside.

        Raises AdmissionDenied, with the time to come back, when that would take longer than this priority waits.
        """
        id = secrets.token_hex(8)
        kept = self._reserve if priority == "background" else 0.0
        waited = 0.0
        while True:
            wait, local = await self._ask(shop, id, cost, kept)
            if wait <= 0:
                return Ticket(shop, id, cost, local)
            if waited + wait > self._patience[priority]:
                raise AdmissionDenied(details={"shop": shop, "cost": cost}, retry_after=round(wait, 3))
            # A random tenth on top: callers told the same time must not all return in it.
            nap = min(wait, _NAP_S) * (1 + 0.1 * self._dice())
            await self._sleep(nap)
            waited += nap

    async def settle(self, ticket: Ticket, status: ThrottleStatus | None, *, used: bool = True) -> None:
        """Give the ticket back, with what Shopify said of the bucket, or None when there was no answer to read it from.

        Not `used`: Shopify never charged the call, so its points go back.
        """
        refund = 0.0 if used else ticket.cost
        if ticket.local:
            self._bucket(ticket.shop).settle(ticket.id, status, refund)
            return
        numbers: list[str | float] = ["", 0, 0]
        if status is not None:
            numbers = [status.available, status.maximum, status.restore_rate]
        try:
            await self._run("settle", ticket.shop, ticket.id, [*numbers, refund])
        except RedisAway:
            self._bucket(ticket.shop).settle(ticket.id, status, refund)

    async def forget(self, shop: str) -> None:
        """Drop what is known of `shop`'s bucket: it is no store of ours any more. Without Redis it dies by age within a day."""
        key = f"{self._prefix}:{{{shop}}}"
        self._local.pop(shop, None)
        try:
            await self._redis.unlink(key, f"{key}:calls")
        except (RedisError, OSError) as error:
            log.warning("shopify_bucket_forget_failed", shop=shop, reason=type(error).__name__)

    async def _ask(self, shop: str, id: str, cost: float, kept: float) -> tuple[float, bool]:
        try:
            return float(await self._run("admit", shop, id, [cost, kept, _CALL_TTL_S])) / 1000, False
        except RedisAway:
            return self._bucket(shop).admit(id, cost, kept), True

    async def _run(self, op: str, shop: str, id: str, rest: list[str | float]) -> int:
        key = f"{self._prefix}:{{{shop}}}"
        args: list[str | int | float | bytes] = [op, id, _FIRST_SIZE, _FIRST_RATE, _KEEP_S, *rest]
        return int(await self._script.run([key, f"{key}:calls"], args))

    def _bucket(self, shop: str) -> _LocalBucket:
        return self._local.setdefault(shop, _LocalBucket())
