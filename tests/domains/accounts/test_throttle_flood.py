"""T57 at its full size, under the product's own limits: ten thousand guesses, from a thousand networks, at a thousand people."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest
from redis.asyncio import Redis

from storekeep.domains.accounts.errors import TooManyAttempts
from storekeep.domains.accounts.signing_in import SignIn
from storekeep.domains.accounts.throttle import ThrottleLimits
from storekeep.domains.accounts.types import Client
from storekeep.kit.ids import uuid7
from storekeep.runtime.database import Database
from tests.domains.accounts.test_throttle import guess, new_person, signing_in

SIZES = [500, pytest.param(10_000, marks=pytest.mark.long)]
AT_ONCE = 50
# The product's, but that nobody waits for a turn and a busy machine's Redis is not taken for away.
LIMITS = ThrottleLimits(patience_s=0, redis_s=30)
PER_MINUTE = 10


@pytest.fixture
async def quiet_minute(redis_url: str) -> None:
    """No guesses of other tests lie in the minute behind: all accounts together have a limit too."""
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()


async def flood(sign_in: SignIn, attempts: list[tuple[str, str]]) -> tuple[Counter[str], float]:
    """Guess at (account, address), many at once; how many guesses were checked by account, and how many minutes had begun."""
    checked: Counter[str] = Counter()
    began, gate = time.monotonic(), asyncio.Semaphore(AT_ONCE)

    async def one(email: str, ip: str) -> None:
        async with gate:
            was_checked = await guess(sign_in, email, ip)
        checked[email] += was_checked

    await asyncio.gather(*(one(email, ip) for email, ip in attempts))
    return checked, (time.monotonic() - began) // 60 + 1


@pytest.mark.parametrize("guesses", SIZES)
async def test_one_account_from_a_thousand_networks(db: Database, redis_url: str, guesses: int, quiet_minute: None) -> None:
    async with signing_in(db, redis_url, LIMITS) as sign_in:
        email = await new_person(sign_in, "192.0.2.201")
        networks = max(guesses // 10, 100)
        attempts = [(email, f"198.{18 + n % networks // 65_000}.{n % networks // 250}.{n % 250}") for n in range(guesses)]
        checked, minutes = await flood(sign_in, attempts)
        assert 1 <= checked[email] <= PER_MINUTE * minutes
        # The owner, where they were before, gets in amid all that; a stranger with the right password within a minute.
        owner = await sign_in.log_in(username=email, password="the right one", client=Client("192.0.2.201"))
        assert owner.identity.user.email == email
        with pytest.raises(TooManyAttempts) as refused:
            await sign_in.log_in(username=email, password="the right one", client=Client("203.0.113.201"))
        assert refused.value.retry_after is not None
        assert refused.value.retry_after <= 60


@pytest.mark.parametrize("guesses", SIZES)
async def test_a_thousand_accounts_from_one_network(db: Database, redis_url: str, guesses: int, quiet_minute: None) -> None:
    async with signing_in(db, redis_url, LIMITS) as sign_in:
        victim = await new_person(sign_in, "192.0.2.202")
        accounts = [victim, *(f"{uuid7().hex}@nobody.test" for _ in range(max(guesses // 10, 100) - 1))]
        network = f"203.0.113.{202 + (guesses > 1000)}"
        checked, minutes = await flood(sign_in, [(accounts[n % len(accounts)], network) for n in range(guesses)])
        assert 1 <= sum(checked.values()) <= LIMITS.network * minutes
        assert max(checked.values()) <= PER_MINUTE * minutes
        # Whoever is elsewhere notices nothing.
        owner = await sign_in.log_in(username=victim, password="the right one", client=Client("192.0.2.202"))
        assert owner.identity.user.email == victim
