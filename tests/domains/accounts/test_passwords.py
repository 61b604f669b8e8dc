"""Passwords: bcrypt of a peppered digest, every character counts, equal work for nobody, a pool that says when it is full."""

from __future__ import annotations

import asyncio
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from passlib.hash import bcrypt

from storekeep.domains.accounts.errors import SignInBusy
from storekeep.domains.accounts.passwords import Passwords
from storekeep.domains.accounts.schemas import MAX_PASSWORD, MIN_PASSWORD

SECRET = "one session secret of sufficient length"
OTHER = "another session secret, also long enough"
STRONG = Passwords(SECRET, rounds=10)
any_password = st.text(st.characters(exclude_categories=["Cs"]), min_size=MIN_PASSWORD, max_size=200)


def cheap(secret: str = SECRET, previous: str | None = None) -> Passwords:
    return Passwords(secret, previous, rounds=4)


# Feature: shopify-multi-tenant-dashboard, Property 35: *For any* user password, the system should hash it using bcrypt with a cost factor of at least 10.
@settings(max_examples=100, deadline=None)
@given(any_password)
async def test_every_password_is_hashed_with_bcrypt_of_cost_10_or_more(password: str) -> None:
    hashed, _, _ = (await STRONG.hash(password)).partition("#")
    parsed = bcrypt.from_string(hashed)
    assert parsed.ident == "$2b$"
    assert parsed.rounds >= 10
    assert password not in hashed


async def test_the_product_hashes_at_cost_12() -> None:
    stored = await Passwords(SECRET).hash("a password")
    assert stored.startswith("$2b$12$")
    assert await Passwords(SECRET).matches("a password", stored)


@settings(max_examples=100, deadline=None)
@given(any_password, st.data())
async def test_a_password_matches_itself_and_nothing_else(password: str, data: st.DataObject) -> None:
    passwords = cheap()
    stored = await passwords.hash(password)
    assert await passwords.matches(password, stored)
    other = data.draw(any_password.filter(lambda p: unicodedata.normalize("NFC", p) != unicodedata.normalize("NFC", password)))
    assert not await passwords.matches(other, stored)


@pytest.mark.parametrize("unit", ["x", "ü", "👩‍👩‍👧‍👦"])
async def test_the_last_character_of_the_longest_password_counts(unit: str) -> None:
    passwords = cheap()
    long = (unit * MAX_PASSWORD)[: MAX_PASSWORD - 1]
    stored = await passwords.hash(long + "a")
    assert await passwords.matches(long + "a", stored)
    assert not await passwords.matches(long + "b", stored)
    assert not await passwords.matches(long, stored)


async def test_the_same_characters_composed_differently_are_the_same_password() -> None:
    passwords = cheap()
    stored = await passwords.hash("pässwörd")
    assert await passwords.matches(unicodedata.normalize("NFD", "pässwörd"), stored)


async def test_one_bcrypt_call_whether_the_password_is_right_wrong_nobodys_or_of_a_lost_pepper() -> None:
    passwords = cheap()
    stored = await passwords.hash("a password")
    for given_password, against, expected in (
        ("a password", stored, True),
        ("another one", stored, False),
        ("a password", None, False),
        ("a password", await cheap(OTHER).hash("a password"), False),
    ):
        before = passwords.work
        assert await passwords.matches(given_password, against) is expected
        assert passwords.work == before + 1


async def test_nobodys_hash_costs_the_same_as_a_real_one() -> None:
    passwords = Passwords(SECRET, rounds=9)
    loop = asyncio.get_running_loop()
    stored = await passwords.hash("a password")
    spent = []
    for against in (stored, None):
        began = loop.time()
        for _ in range(3):
            await passwords.matches("wrong", against)
        spent.append(loop.time() - began)
    # A comparison that skipped bcrypt would be hundreds of times faster; the rest is the machine's noise.
    assert 0.2 < spent[0] / spent[1] < 5


async def test_a_rotated_pepper_still_verifies_with_one_call_and_is_renewed() -> None:
    stored = await cheap().hash("a password")
    rotated = cheap(OTHER, previous=SECRET)
    assert await rotated.matches("a password", stored)
    assert rotated.work == 1
    assert rotated.is_outdated(stored)
    fresh = await rotated.hash("a password")
    assert not rotated.is_outdated(fresh)
    assert not await cheap(OTHER).matches("a password", stored)
    assert await cheap(OTHER).matches("a password", fresh)


async def test_a_hash_of_less_work_is_outdated() -> None:
    stored = await cheap().hash("a password")
    assert Passwords(SECRET, rounds=5).is_outdated(stored)
    assert not cheap().is_outdated(stored)


async def test_more_checks_than_the_pool_holds_are_refused_not_queued_without_end() -> None:
    passwords = Passwords(SECRET, rounds=8, threads=1, waiting=3)
    outcomes = await asyncio.gather(*(passwords.matches("x", None) for _ in range(10)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(SignInBusy) == 6
    assert outcomes.count(False) == 4
    assert not await passwords.matches("x", None)
