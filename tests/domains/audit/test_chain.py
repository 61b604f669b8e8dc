"""The arithmetic of the chain: one text for one value, however it is written, and through the database and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import bindparam

from storekeep.domains.audit import chain
from storekeep.domains.audit.types import Subject
from storekeep.kit.scope import ActorKind, Scope
from storekeep.runtime.database import Database

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.dates()
    | st.uuids()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)
SCOPE = Scope(UUID(int=1))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=20), values, max_size=4))
async def test_what_postgresql_gives_back_has_the_digest_of_what_was_given(db: Database, value: dict[str, object]) -> None:
    plain = chain.plain(value)
    async with db.tenant(SCOPE) as session:
        back = (await session.execute(text("SELECT :v").bindparams(bindparam("v", type_=JSONB)), {"v": plain})).scalar_one()
    assert chain.canonical(back) == chain.canonical(plain)
    assert chain.digest_of(b"salt", back) == chain.digest_of(b"salt", plain)


def test_values_become_plain() -> None:
    given_ = {
        "at": datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
        "day": date(2026, 1, 31),
        "money": Decimal("42.00"),
        "id": UUID(int=7),
        "kind": ActorKind.MEMBER,
        "big": 2**64,
        "ratio": 0.5,
        "list": ({"a": None}, True),
        "nul": "a\x00b\ud800",
    }
    assert chain.plain(given_) == {
        "at": "2026-01-31T09:30:00+00:00",
        "day": "2026-01-31",
        "money": "42.00",
        "id": "00000000-0000-0000-0000-000000000007",
        "kind": "member",
        "big": "18446744073709551616",
        "ratio": "0.5",
        "list": [{"a": None}, True],
        "nul": "ab\ufffd",
    }


def test_a_secrets_value_is_never_kept() -> None:
    kept = chain.plain({"accessToken": "shpat_1", "password": "x", "nested": [{"api_key": "k"}], "token": None, "name": "n"})
    assert kept == {
        "accessToken": "[redacted]",
        "password": "[redacted]",
        "nested": [{"api_key": "[redacted]"}],
        "token": None,
        "name": "n",
    }


def test_what_has_no_place_in_an_entry_is_refused_at_once() -> None:
    with pytest.raises(TypeError):
        chain.plain({"session": object()})
    deep: object = "x"
    for _ in range(30):
        deep = [deep]
    with pytest.raises(ValueError, match="nested"):
        chain.plain(deep)


def test_every_word_of_a_header_changes_the_link() -> None:
    base = {
        "seq": 1,
        "entry_id": UUID(int=1),
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "actor_kind": "member",
        "actor_id": UUID(int=2),
        "action": "a.b",
        "request_id": "r",
    }
    other = {
        "seq": 2,
        "entry_id": UUID(int=3),
        "at": datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        "actor_kind": "system",
        "actor_id": None,
        "action": "a.c",
        "request_id": "s",
    }
    links = {chain.link(chain.GENESIS, b"digest", **base)}  # type: ignore[arg-type]
    links |= {chain.link(chain.GENESIS, b"digest", **base | {name: other[name]}) for name in base}  # type: ignore[arg-type]
    links |= {chain.link(b"x" * 32, b"digest", **base), chain.link(chain.GENESIS, b"other", **base)}  # type: ignore[arg-type]
    assert len(links) == len(base) + 3


def test_subjects_are_values() -> None:
    assert Subject("order", UUID(int=1)) == Subject("order", UUID(int=1))
