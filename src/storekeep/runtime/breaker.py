"""The circuit breaker: stops calling an outside service that keeps failing, for one tenant and one integration.

State lives in Redis so that all processes open, probe and close as one. While Redis is away each process keeps its own.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from redis.asyncio import Redis

from storekeep.kit.errors import AppError, Kind
from storekeep.runtime.lua import LuaScript, RedisAway

Outcome = Literal["success", "failure", "neutral"]

# While a probe is under way others are told to come back soon: it is answered long before its lease ends.
_PROBE_WAIT_MS = 5_000
_KEEP_MS = 24 * 3600 * 1000

_LUA = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local op, token = ARGV[1], ARGV[2]
local threshold, open_ms, lease_ms = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local probe_wait, keep = tonumber(ARGV[6]), tonumber(ARGV[7])
local state = redis.call('HMGET', KEYS[1], 'open_until', 'probe', 'probe_until')
local open_until = tonumber(state[1] or '0')
local probe, probe_until = state[2], tonumber(state[3] or '0')
if op == 'enter' then
  if open_until == 0 then return {'allowed', 0} end
  if now < open_until then return {'refused', open_until - now} end
  if probe_until > now then return {'refused', math.min(probe_until - now, probe_wait)} end
  redis.call('HSET', KEYS[1], 'probe', token, 'probe_until', now + lease_ms)
  redis.call('PEXPIRE', KEYS[1], keep)
  return {'probe', 0}
end
if open_until > 0 then
  if probe ~= token then return {'open', 0} end
  if op == 'success' then
    redis.call('DEL', KEYS[1])
    return {'closed', 0}
  end
  redis.call('HDEL', KEYS[1], 'probe', 'probe_until')
  if op == 'failure' then
    redis.call('HSET', KEYS[1], 'open_until', now + open_ms)
    redis.call('PEXPIRE', KEYS[1], keep)
  end
  return {'open', 0}
end
if op == 'success' then
  redis.call('DEL', KEYS[1])
elseif op == 'failure' then
  local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
  redis.call('PEXPIRE', KEYS[1], keep)
  if failures >= threshold then
    redis.call('HSET', KEYS[1], 'open_until', now + open_ms)
    return {'opened', 0}
  end
end
return {'closed', 0}
"""


class BreakerOpen(AppError):
    """The service failed too often; calls are held back until `retry_after` seconds from now. Nothing was sent."""

    code = "CIRCUIT_OPEN"
    kind = Kind.UNAVAILABLE
    message = "The outside service is not answering. We try again by ourselves in a minute."


class State(StrEnum):
    """Where a breaker stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a breaker opens and how it closes; times in seconds.

    `probe_lease_s` must exceed the longest call: if the prober dies, its turn passes to another after that time.
    """

    threshold: int = 5
    open_s: float = 60.0
    probe_lease_s: float = 90.0


def counts_as_failure(error: BaseException) -> bool:
    """Whether an error speaks against the service's health: just the errors worth retrying (5xx, timeouts, 408, 409, 425, 429).

    Other refusals (a bad query, a revoked token) prove that the service is there.
    """
    return isinstance(error, AppError) and error.retryable and not isinstance(error, BreakerOpen)


@dataclass(slots=True)
class _LocalState:
    failures: int = 0
    open_until: float = 0.0
    probe: str = ""
    probe_until: float = 0.0


@dataclass
class _LocalBreakers:
    """The same rules as the Lua program, in this process, for the time Redis is away. Times in seconds, monotonic."""

    policy: BreakerPolicy
    states: dict[str, _LocalState] = field(default_factory=dict)

    def enter(self, key: str, token: str) -> tuple[str, float]:
        now, state = time.monotonic(), self.states.get(key)
        if state is None or state.open_until == 0:
            return "allowed", 0.0
        if now < state.open_until:
            return "refused", state.open_until - now
        if state.probe_until > now:
            return "refused", min(state.probe_until - now, _PROBE_WAIT_MS / 1000)
        state.probe, state.probe_until = token, now + self.policy.probe_lease_s
        return "probe", 0.0

    def leave(self, key: str, token: str, outcome: Outcome) -> str:
        now, state = time.monotonic(), self.states.get(key)
        if state is not None and state.open_until > 0:
            return self._leave_open(key, state, token, outcome, now)
        if outcome == "success":
            self.states.pop(key, None)
        elif outcome == "failure":
            state = self.states.setdefault(key, _LocalState())
            state.failures += 1
            if state.failures >= self.policy.threshold:
                state.open_until = now + self.policy.open_s
                return "opened"
        return "closed"

    def _leave_open(self, key: str, state: _LocalState, token: str, outcome: Outcome, now: float) -> str:
        if state.probe != token:
            return "open"
        if outcome == "success":
            del self.states[key]
            return "closed"
        state.probe, state.probe_until = "", 0.0
        if outcome == "failure":
            state.open_until = now + self.policy.open_s
        return "open"


class Breaker:
    """The breaker of one tenant and integration; made by `Breakers.of`. Cheap to make, holds no state of its own."""

    def __init__(self, board: Breakers, key: str) -> None:
        self._board = board
        self._key = key

    @asynccontextmanager
    async def guard(self, counts: Callable[[BaseException], bool] = counts_as_failure) -> AsyncIterator[None]:
        """Around one call to the service. Raises BreakerOpen instead of entering; passes the call's own errors on unchanged.

        No error: success. An error that `counts`: a failure. Another AppError: the service answered, so success. Cancelled, or
        a bug of ours: says nothing, and gives a probe's turn back.
        """
        token = secrets.token_hex(8)
        try:
            local = await self._board._enter(self._key, token)
        except asyncio.CancelledError:
            # Redis may have given us the probe's turn all the same, and nobody else would get it for as long as its lease lasts.
            await self._board._leave(self._key, token, "neutral", local=False)
            raise
        outcome: Outcome = "neutral"
        try:
            yield
            outcome = "success"
        except Exception as error:
            if counts(error):
                outcome = "failure"
            elif isinstance(error, AppError):
                outcome = "success"
            raise
        finally:
            await self._board._leave(self._key, token, outcome, local=local)


class Breakers:
    """All breakers of a process."""

    def __init__(self, redis: Redis, policy: BreakerPolicy | None = None, *, prefix: str = "breaker") -> None:
        self.policy = policy or BreakerPolicy()
        self._prefix = prefix
        self._script = LuaScript(redis, _LUA)
        self._local = _LocalBreakers(self.policy)

    def of(self, tenant_id: uuid.UUID, integration: str) -> Breaker:
        """The breaker of `integration` (e.g. "SHOPIFY") for one tenant."""
        return Breaker(self, f"{self._prefix}:{{{tenant_id}:{integration}}}")

    async def _enter(self, key: str, token: str) -> bool:
        """Ask to call; True when the answer came from this process alone. Raises BreakerOpen."""
        local = False
        try:
            verdict, wait = await self._run(key, "enter", token)
        except RedisAway:
            local = True
            verdict, wait = self._local.enter(key, token)
        if verdict == "refused":
            # Up to a tenth on top, so that everything waiting does not come back in one instant.
            raise BreakerOpen(retry_after=round(wait * (1 + 0.1 * random.random()), 3))  # noqa: S311 - not a secret
        return local

    async def _leave(self, key: str, token: str, outcome: Outcome, *, local: bool) -> None:
        if not local:
            try:
                await self._run(key, outcome, token)
            except RedisAway:
                # The failure must not be forgotten because Redis went away meanwhile.
                self._local.leave(key, token, outcome)
            return
        self._local.leave(key, token, outcome)

    async def _run(self, key: str, op: str, token: str) -> tuple[str, float]:
        policy = self.policy
        word, wait_ms = await self._script.run(
            [key],
            [
                op,
                token,
                policy.threshold,
                int(policy.open_s * 1000),
                int(policy.probe_lease_s * 1000),
                _PROBE_WAIT_MS,
                _KEEP_MS,
            ],
        )
        return (word.decode() if isinstance(word, bytes) else str(word)), float(wait_ms) / 1000
