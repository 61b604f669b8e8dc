"""How often passwords may be tried: per account, per network and over all, with growing delays instead of a lock.

An account's attempts come in three shares: for devices it was signed in from before (a signed cookie), for networks it was signed
in from before, and for strangers; the better known may also draw from the shares after their own. So strangers can use up theirs
without end and the account's owner still gets in. A right password gives its attempt back: only wrong ones count.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import secrets
import time
from collections import Counter, deque
from dataclasses import dataclass

import structlog
from redis.asyncio import Redis

from storekeep.domains.accounts.errors import TooManyAttempts
from storekeep.runtime.lua import LuaScript, RedisAway
from storekeep.runtime.ratelimit import SlidingWindow, WhenAway

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ThrottleLimits:
    """Attempts within any `window_s` seconds; the three shares together bound an account. Delays in seconds.

    Redis may take `redis_s` to answer: checking a password takes a quarter of a second, so waiting a while for it is better than
    counting alone.
    """

    devices: int = 3
    networks: int = 2
    strangers: int = 5
    network: int = 100
    overall: int = 1000
    signups: int = 60
    window_s: float = 60
    free_failures: int = 3
    longest_delay_s: float = 30
    patience_s: float = 2
    redis_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """An admitted attempt; hand it back as `succeeded` or `failed`."""

    account: str
    client: str
    network: str
    nonce: str
    charged: tuple[str, ...]


# KEYS: delay, known networks, the account's three shares, the network's window, the overall window.
# ARGV: window in µs, is a device, network, nonce, the limit of each window in KEYS order.
# Returns the wait in µs, and when that is 0 the positions of the windows charged.
_ADMIT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local window, device, network, nonce = tonumber(ARGV[1]), ARGV[2] == '1', ARGV[3], ARGV[4]
local known = redis.call('SISMEMBER', KEYS[2], network) == 1
local function full(i)
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - window)
  local limit, used = tonumber(ARGV[i + 2]), redis.call('ZCARD', KEYS[i])
  if used < limit then return 0 end
  local entry = redis.call('ZRANGE', KEYS[i], used - limit, used - limit, 'WITHSCORES')
  return math.max(tonumber(entry[2]) + window - now, 1)
end
local share, wait
for i = 3, 5 do
  if i == 5 or (i == 4 and known) or (i == 3 and device) then
    local until_free = full(i)
    if share == nil or until_free < wait then share, wait = i, until_free end
    if wait == 0 then break end
  end
end
local charged = {share}
if not device then
  charged[#charged + 1] = 6
  if not known then charged[#charged + 1] = 7 end
end
for i = 2, #charged do wait = math.max(wait, full(charged[i])) end
wait = math.max(wait, tonumber(redis.call('GET', KEYS[1]) or '0') - now)
if wait > 0 then return {wait} end
for _, i in ipairs(charged) do
  redis.call('ZADD', KEYS[i], now, nonce)
  redis.call('PEXPIRE', KEYS[i], math.ceil(window / 1000) + 1000)
end
return {0, unpack(charged)}
"""

# KEYS: failures, delay. ARGV: failures without delay, longest delay in µs.
_FAIL = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local failures = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], 900)
local over = failures - tonumber(ARGV[1])
if over < 0 then return 0 end
local delay = math.min(2 ^ math.min(over, 20) * 1000000, tonumber(ARGV[2]))
redis.call('SET', KEYS[2], string.format('%.0f', now + delay), 'PX', math.ceil(delay / 1000))
return delay
"""

# KEYS: failures, delay, known networks, then the charged windows. ARGV: network, nonce, how long a network stays known in s.
_SUCCEED = """
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('EXPIRE', KEYS[3], ARGV[3])
if redis.call('SCARD', KEYS[3]) > 64 then redis.call('SPOP', KEYS[3]) end
for i = 4, #KEYS do redis.call('ZREM', KEYS[i], ARGV[2]) end
return 1
"""
_KNOWN_S = 90 * 86_400
_POLL_S = 0.2
_WAITERS = 50
_LINES = 32


class Throttle:
    """The attempts of a deployment, counted in Redis; without Redis this process counts alone, at a quarter of the limits."""

    def __init__(self, redis: Redis, limits: ThrottleLimits | None = None) -> None:
        self.limits = limits or ThrottleLimits()
        self._admit, self._fail, self._succeed = (
            LuaScript(redis, source, budget_s=self.limits.redis_s) for source in (_ADMIT, _FAIL, _SUCCEED)
        )
        self._signups = SlidingWindow(redis, prefix="signup")
        self._alone = _Alone(self.limits)
        self._under_way: Counter[str] = Counter()
        self._waiting = 0
        # A flood queues here rather than at Redis, or it would look as if Redis were away.
        self._lines = asyncio.Semaphore(_LINES)

    async def admit(self, account: str, ip: str, device: str | None) -> Attempt:
        """Let one password be tried for `account` (a normalised address, whether anybody has it or not).

        `device` is the recognised device's id. Raises TooManyAttempts with the seconds to wait. While other attempts at the
        account are being checked here, it waits a little for their outcome first: right ones give their place back.
        """
        account, network = _digest(account), network_of(ip)
        client = f"device:{device}" if device else f"network:{network}"
        ends = time.monotonic() + self.limits.patience_s
        while True:
            others = account in self._under_way
            async with self._lines:
                attempt, wait_s = await self._try(account, client, network, is_device=device is not None)
            if attempt is not None:
                self._under_way[account] += 1
                return attempt
            others = others or account in self._under_way
            if not others or self._waiting >= _WAITERS or time.monotonic() >= ends:
                raise TooManyAttempts(retry_after=wait_s)
            self._waiting += 1
            try:
                await asyncio.sleep(_POLL_S)
            finally:
                self._waiting -= 1

    async def admit_signup(self, ip: str) -> None:
        """Let somebody make an account. Raises TooManyAttempts."""
        verdict = await self._signups.hit(network_of(ip), self.limits.signups, self.limits.window_s, when_away=WhenAway.STRICT)
        if not verdict.allowed:
            raise TooManyAttempts(retry_after=verdict.reset_after)

    async def meet(self, account: str, ip: str) -> None:
        """Remember that the account was signed in from this network."""
        network = network_of(ip)
        await self._forgive(Attempt(_digest(account), f"network:{network}", network, "", ()))

    async def failed(self, attempt: Attempt) -> None:
        """The password was wrong: the next attempt of this client at this account waits, twice as long each time."""
        keys = [_key("failures", attempt.account, attempt.client), _key("delay", attempt.account, attempt.client)]
        try:
            async with self._lines:
                await self._fail.run(keys, [self.limits.free_failures, int(self.limits.longest_delay_s * 1_000_000)])
        except RedisAway:
            log.info("throttle_alone")
        finally:
            self._over(attempt)

    async def succeeded(self, attempt: Attempt) -> None:
        """The password was right: nothing is held against the client, and its network is known from now on."""
        self._alone.give_back(attempt)
        try:
            await self._forgive(attempt)
        finally:
            self._over(attempt)

    def abandoned(self, attempt: Attempt) -> None:
        """Nothing was learned, as the check itself failed; the attempt stays counted."""
        self._over(attempt)

    def _over(self, attempt: Attempt) -> None:
        self._under_way[attempt.account] -= 1
        if self._under_way[attempt.account] <= 0:
            del self._under_way[attempt.account]

    async def _forgive(self, attempt: Attempt) -> None:
        of_client = [_key(name, attempt.account, attempt.client) for name in ("failures", "delay")]
        keys = [*of_client, _key("known", attempt.account), *attempt.charged]
        try:
            async with self._lines:
                await self._succeed.run(keys, [attempt.network, attempt.nonce, _KNOWN_S])
        except RedisAway:
            log.info("throttle_alone")

    async def _try(self, account: str, client: str, network: str, *, is_device: bool) -> tuple[Attempt | None, float]:
        limits = self.limits
        keys = [
            _key("delay", account, client),
            _key("known", account),
            *(_key("share", account, share) for share in ("devices", "networks", "strangers")),
            _key("network", network),
            _key("overall"),
        ]
        nonce = secrets.token_hex(8)
        bounds = [limits.devices, limits.networks, limits.strangers, limits.network, limits.overall]
        window_us = int(limits.window_s * 1_000_000)
        try:
            wait, *charged = await self._admit.run(keys, [window_us, int(is_device), network, nonce, *bounds])
        except RedisAway:
            return self._alone.admit(account, client, network, nonce, is_device=is_device)
        if int(wait) > 0:
            return None, int(wait) / 1_000_000
        return Attempt(account, client, network, nonce, tuple(keys[int(i) - 1] for i in charged)), 0


class _Alone:
    """The same windows in this process, for while Redis is away: a quarter of the limits, no known networks, no delays."""

    def __init__(self, limits: ThrottleLimits) -> None:
        self._limits = limits
        self._logs: dict[str, deque[tuple[float, str]]] = {}

    def admit(self, account: str, client: str, network: str, nonce: str, *, is_device: bool) -> tuple[Attempt | None, float]:
        limits = self._limits
        now = time.monotonic()
        if len(self._logs) > 10_000:
            self._logs = {key: log for key, log in self._logs.items() if log and log[-1][0] > now - limits.window_s}
        windows = {_key("share", account, "devices"): limits.devices}
        if not is_device:
            windows = {
                _key("share", account, "strangers"): limits.networks + limits.strangers,
                _key("network", network): limits.network,
                _key("overall"): limits.overall,
            }
        wait = 0.0
        for key, limit in windows.items():
            log_ = self._logs.setdefault(key, deque())
            while log_ and log_[0][0] <= now - limits.window_s:
                log_.popleft()
            allowed = max(1, limit // 4)
            if len(log_) >= allowed:
                wait = max(wait, log_[len(log_) - allowed][0] + limits.window_s - now)
        if wait > 0:
            return None, wait
        for key in windows:
            self._logs[key].append((now, nonce))
        return Attempt(account, client, network, nonce, tuple(windows)), 0

    def give_back(self, attempt: Attempt) -> None:
        for key in attempt.charged:
            kept = self._logs.get(key)
            if kept:
                self._logs[key] = deque(entry for entry in kept if entry[1] != attempt.nonce)


def network_of(ip: str) -> str:
    """What counts as one place: an IPv4 address, or an IPv6 /64, for a single line is given that many addresses."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _digest(account: str) -> str:
    # E-mail addresses stay out of Redis.
    return hashlib.sha256(account.encode()).hexdigest()[:32]


def _key(*parts: str) -> str:
    return ":".join(("login", *parts))
