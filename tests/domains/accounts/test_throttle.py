"""How often passwords may be tried: floods are cut to a few guesses a minute, and the account's owner still gets in."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from storekeep.domains.accounts.devices import Devices
from storekeep.domains.accounts.errors import InvalidCredentials, TooManyAttempts
from storekeep.domains.accounts.passwords import Passwords
from storekeep.domains.accounts.signing_in import SignIn
from storekeep.domains.accounts.throttle import Throttle, ThrottleLimits, network_of
from storekeep.domains.accounts.types import Client
from storekeep.kit.ids import uuid7
from storekeep.runtime.database import Database

SECRET = "a session secret for the throttle's tests"
# However busy the machine is, Redis is not taken for away.
IMPATIENT = ThrottleLimits(patience_s=0, redis_s=30)


@asynccontextmanager
async def signing_in(db: Database, redis_url: str, limits: ThrottleLimits = IMPATIENT) -> AsyncIterator[SignIn]:
    redis: Redis = Redis.from_url(redis_url)
    yield SignIn(db, Passwords(SECRET, rounds=4), Throttle(redis, limits), Devices(SECRET))
    await redis.aclose()


async def guess(sign_in: SignIn, email: str, ip: str, password: str = "a wrong guess") -> bool:
    """Whether the guess was checked at all."""
    try:
        await sign_in.log_in(username=email, password=password, client=Client(ip))
    except InvalidCredentials:
        return True
    except TooManyAttempts as refused:
        assert refused.retry_after is not None
        assert 0 < refused.retry_after <= 60
        return False
    pytest.fail("a wrong password was accepted")


async def new_person(sign_in: SignIn, ip: str) -> str:
    email = f"{uuid7().hex}@throttle.test"
    await sign_in.sign_up(email=email, password="the right one", name="P", tenant_name="T", client=Client(ip))
    return email


def somewhere() -> str:
    return f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"


async def test_a_flood_at_one_account_from_many_networks_gets_few_guesses_and_the_owner_gets_in(
    db: Database, redis_url: str
) -> None:
    async with signing_in(db, redis_url) as sign_in:
        email = await new_person(sign_in, "192.0.2.1")
        before = sign_in.passwords.work
        checked = await asyncio.gather(*(guess(sign_in, email, f"198.18.{i // 250}.{i % 250}") for i in range(1000)))
        assert 1 <= sum(checked) <= 10
        assert sign_in.passwords.work - before == sum(checked)
        # From the network the owner was in before, amid the flood.
        owner = sign_in.log_in(username=email, password="the right one", client=Client("192.0.2.1"))
        more = asyncio.gather(*(guess(sign_in, email, somewhere()) for _ in range(50)))
        assert (await owner).identity.user.email == email
        assert not any(await more)


async def test_an_owner_on_a_known_device_gets_in_from_the_very_network_that_attacks(db: Database, redis_url: str) -> None:
    async with signing_in(db, redis_url) as sign_in:
        email = await new_person(sign_in, "192.0.2.2")
        checked = [await guess(sign_in, email, "192.0.2.2") for _ in range(40)]
        assert sum(checked) <= 7
        device = sign_in.devices.issue(email)
        with pytest.raises(TooManyAttempts):
            await sign_in.log_in(username=email, password="the right one", client=Client("192.0.2.2"))
        signed_in = await sign_in.log_in(
            username=email, password="the right one", client=Client("192.0.2.2"), device_token=device
        )
        assert signed_in.identity.user.email == email


async def test_no_more_than_ten_guesses_a_window_whatever_devices_and_networks_are_known(db: Database, redis_url: str) -> None:
    async with signing_in(db, redis_url) as sign_in:
        email = await new_person(sign_in, "192.0.2.3")
        devices = [sign_in.devices.issue(email) for _ in range(30)]
        wrong = 0
        for device in devices:
            for ip in ("192.0.2.3", somewhere()):
                try:
                    await sign_in.log_in(username=email, password="wrong", client=Client(ip), device_token=device)
                except InvalidCredentials:
                    wrong += 1
                except TooManyAttempts:
                    pass
        wrong += sum([await guess(sign_in, email, somewhere()) for _ in range(30)])
        assert wrong <= 10


async def test_a_stranger_waits_at_most_one_window_after_a_flood(db: Database, redis_url: str) -> None:
    async with signing_in(db, redis_url, ThrottleLimits(patience_s=0, window_s=1)) as sign_in:
        email = await new_person(sign_in, "192.0.2.4")
        await asyncio.gather(*(guess(sign_in, email, somewhere()) for _ in range(100)))
        with pytest.raises(TooManyAttempts) as refused:
            await sign_in.log_in(username=email, password="the right one", client=Client("203.0.113.9"))
        assert refused.value.retry_after is not None
        await asyncio.sleep(refused.value.retry_after + 0.05)
        await sign_in.log_in(username=email, password="the right one", client=Client("203.0.113.9"))


async def test_many_accounts_from_one_network_are_bound_by_the_network(db: Database, redis_url: str) -> None:
    limits = ThrottleLimits(patience_s=0, network=20)
    async with signing_in(db, redis_url, limits) as sign_in:
        owner = await new_person(sign_in, "192.0.2.5")
        nobody = [f"{uuid7().hex}@nobody.test" for _ in range(200)]
        checked = await asyncio.gather(*(guess(sign_in, email, "203.0.113.50") for email in nobody))
        assert sum(checked) == 20
        await sign_in.log_in(username=owner, password="the right one", client=Client("192.0.2.5"))


async def test_each_wrong_password_of_one_client_makes_it_wait_longer(db: Database, redis_url: str) -> None:
    limits = ThrottleLimits(patience_s=0, strangers=1000)
    async with signing_in(db, redis_url, limits) as sign_in:
        email = f"{uuid7().hex}@nobody.test"
        waits = []
        for _ in range(5):
            while not await guess(sign_in, email, "203.0.113.60"):
                with pytest.raises(TooManyAttempts) as refused:
                    await sign_in.throttle.admit(email, "203.0.113.60", None)
                waits.append(refused.value.retry_after or 0)
                # The delay itself is long; what is tested is how it grows.
                await _forget_delays(redis_url)
        assert [round(wait) for wait in waits] == [1, 2]


async def _forget_delays(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        await redis.delete(*[key async for key in redis.scan_iter("login:delay:*")])


async def test_right_passwords_are_not_held_against_anybody(db: Database, redis_url: str) -> None:
    limits = ThrottleLimits(patience_s=5)
    async with signing_in(db, redis_url, limits) as sign_in:
        email = await new_person(sign_in, "192.0.2.6")
        entered = await asyncio.gather(
            *(sign_in.log_in(username=email, password="the right one", client=Client("192.0.2.6")) for _ in range(25))
        )
        assert len({signed_in.token for signed_in in entered}) == 25


async def test_without_redis_a_quarter_is_allowed(db: Database) -> None:
    async with signing_in(db, "redis://127.0.0.1:1/0") as sign_in:
        email = f"{uuid7().hex}@nobody.test"
        checked = [await guess(sign_in, email, somewhere()) for _ in range(20)]
        assert checked == [True] + [False] * 19


async def test_too_many_sign_ups_from_one_network_wait(db: Database, redis_url: str) -> None:
    async with signing_in(db, redis_url, ThrottleLimits(signups=2)) as sign_in:
        for _ in range(2):
            await new_person(sign_in, "192.0.2.77")
        with pytest.raises(TooManyAttempts):
            await new_person(sign_in, "192.0.2.77")
        await new_person(sign_in, "192.0.2.78")


def test_an_ipv6_line_is_one_network() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")
    assert network_of("a pipe") == "unknown"


def test_a_device_token_is_ours_for_one_account_and_for_a_while() -> None:
    devices = Devices(SECRET)
    token = devices.issue("ada@example.com")
    assert devices.recognise(token, "ada@example.com") is not None
    assert Devices("another secret, rotated in", SECRET).recognise(token, "ada@example.com") is not None
    for bad, account in (
        (token, "bob@example.com"),
        (token[:-1], "ada@example.com"),
        ("", "ada@example.com"),
        ("é", "ada@example.com"),
    ):
        assert devices.recognise(bad, account) is None
    assert Devices("another secret, without the old").recognise(token, "ada@example.com") is None
    altered = ("A" if token[0] != "A" else "B") + token[1:]
    assert devices.recognise(altered, "ada@example.com") is None
