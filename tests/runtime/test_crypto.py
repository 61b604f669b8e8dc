"""Stored tokens: they come back whole in their own place, and nowhere else."""

from __future__ import annotations

import base64
import os
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storekeep.runtime.crypto import BadEncryptionKey, DecryptionFailed, Place, TokenCipher, hash_token, new_token, parse_key

KEYS = [bytes([n]) * 32 for n in (1, 2, 3)]
NAMES = st.text(min_size=1, max_size=20)


def place(**changes: object) -> Place:
    base = {"tenant_id": uuid.UUID(int=1), "table": "stores", "column": "access_token", "row_id": uuid.UUID(int=2)}
    return Place(**(base | changes))  # type: ignore[arg-type]


# Feature: shopify-multi-tenant-dashboard, Property 2: *For any* access token and shop name, storing the tenant record and then retrieving it should return the same decrypted access token value.
@settings(max_examples=200)
@given(token=st.text(), shop=NAMES, row=st.uuids(), tenant=st.uuids(), key=st.binary(min_size=32, max_size=32))
def test_token_comes_back_from_its_place(token: str, shop: str, row: uuid.UUID, tenant: uuid.UUID, key: bytes) -> None:
    cipher = TokenCipher(key)
    at = Place(tenant, shop, "access_token", row)
    blob = cipher.encrypt(token, at)
    assert cipher.decrypt(blob, at) == token
    if len(token) > 3:
        assert token.encode() not in blob


@settings(max_examples=200)
@given(data=st.data(), token=st.text(min_size=1, max_size=60))
def test_any_changed_bit_is_refused(data: st.DataObject, token: str) -> None:
    cipher = TokenCipher(KEYS[0], KEYS[1])
    blob = bytearray(cipher.encrypt(token, place()))
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(DecryptionFailed):
        cipher.decrypt(bytes(blob), place())


@settings(max_examples=100)
@given(data=st.binary(max_size=120))
def test_garbage_is_refused_not_crashed_on(data: bytes) -> None:
    with pytest.raises(DecryptionFailed):
        TokenCipher(KEYS[0]).decrypt(data, place())


@pytest.mark.parametrize(
    "elsewhere",
    [
        place(tenant_id=uuid.UUID(int=9)),
        place(row_id=uuid.UUID(int=9)),
        place(table="sessions"),
        place(column="refresh_token"),
        # The boundary between table and column must not be movable.
        place(table="storesa", column="ccess_token"),
    ],
)
def test_a_blob_moved_elsewhere_is_refused(elsewhere: Place) -> None:
    cipher = TokenCipher(KEYS[0])
    with pytest.raises(DecryptionFailed) as caught:
        cipher.decrypt(cipher.encrypt("shpat_1", place()), elsewhere)
    assert caught.value.details == {"reason": "altered"}
    assert not caught.value.retryable


def test_unknown_key_is_told_apart_from_tampering() -> None:
    blob = TokenCipher(KEYS[0]).encrypt("shpat_1", place())
    with pytest.raises(DecryptionFailed) as caught:
        TokenCipher(KEYS[1], KEYS[2]).decrypt(blob, place())
    assert caught.value.details == {"reason": "unknown_key"}


def test_rotation_reads_the_old_key_and_writes_the_new() -> None:
    old = TokenCipher(KEYS[0])
    ring = TokenCipher(KEYS[1], KEYS[0])
    blob = old.encrypt("shpat_1", place())
    assert ring.needs_rotation(blob)
    assert not old.needs_rotation(blob)
    renewed = ring.encrypt(ring.decrypt(blob, place()), place())
    assert not ring.needs_rotation(renewed)
    assert TokenCipher(KEYS[1]).decrypt(renewed, place()) == "shpat_1"


def test_same_secret_never_gives_the_same_blob() -> None:
    cipher = TokenCipher(KEYS[0])
    assert len({cipher.encrypt("shpat_1", place()) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text", ["", "short", base64.b64encode(b"x" * 31).decode(), base64.b64encode(b"x" * 33).decode(), "é" * 44]
)
def test_bad_keys_are_named_without_being_shown(text: str) -> None:
    with pytest.raises(BadEncryptionKey) as caught:
        parse_key(text)
    assert not text or text not in str(caught.value)
    with pytest.raises(BadEncryptionKey):
        TokenCipher(b"x" * 31)


def test_key_parses_from_base64_and_repr_hides_it() -> None:
    raw = os.urandom(32)
    assert parse_key(base64.b64encode(raw).decode() + "\n") == raw
    shown = repr(TokenCipher(raw))
    assert raw.hex() not in shown
    assert base64.b64encode(raw).decode() not in shown


def test_tokens_are_256_random_bits_and_hash_to_32_bytes() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(base64.urlsafe_b64decode(t + "=")) for t in tokens} == {32}
    one = tokens.pop()
    assert hash_token(one) == hash_token(one)
    assert len(hash_token(one)) == 32
    assert hash_token("\ud800")  # a forged cookie may hold anything
