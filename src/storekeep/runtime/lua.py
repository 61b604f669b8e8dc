"""Small programs that Redis runs atomically: one round trip, a time budget, and a plain sign when Redis is away.

What to do without Redis is each caller's policy (limits, breaker, admission), never this module's.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from storekeep.runtime.redis_line import Arg, line_of


class RedisAway(Exception):
    """Redis did not answer in time, or at all. Callers fall back; nobody outside `runtime` sees this."""


class LuaScript:
    """A Lua program bound to a Redis client.

    After a failure the program is not even sent for `rest_s`, so that a dead Redis costs one budget a second and not one a call.
    The default budget is far above a healthy answer (under 1 ms) because a busy event loop, not Redis, is the usual delay.
    """

    def __init__(self, redis: Redis, source: str, *, budget_s: float = 0.25, rest_s: float = 1.0) -> None:
        self._line = line_of(redis)
        self._source = source
        self._digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()  # the name Redis gives it
        self._budget = budget_s
        self._rest = rest_s
        self._away_until = 0.0

    async def run(self, keys: Sequence[str], args: Sequence[Arg]) -> Any:
        """The program's answer. Raises RedisAway; it is then unknown whether the program ran."""
        if time.monotonic() < self._away_until:
            raise RedisAway
        try:
            try:
                return await self._line.call("EVALSHA", self._digest, len(keys), *keys, *args, budget_s=self._budget)
            except NoScriptError:
                return await self._line.call("EVAL", self._source, len(keys), *keys, *args, budget_s=self._budget)
        except (RedisError, OSError, TimeoutError) as error:
            self._away_until = time.monotonic() + self._rest
            raise RedisAway from error
