"""Sessions: unguessable, stored as hashes, one tenant's at a time, dead the moment they are ended."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from storekeep.domains.accounts import sessions
from storekeep.domains.accounts.errors import SessionExpired
from storekeep.domains.accounts.models import User, UserSession
from storekeep.domains.accounts.public import Role, add_member, create_account
from storekeep.domains.accounts.schemas import MIN_PASSWORD
from storekeep.domains.accounts.signing_in import SignIn, sweep
from storekeep.domains.accounts.types import Client
from storekeep.kit import clock
from storekeep.kit.ids import uuid7
from storekeep.kit.text import one_line
from storekeep.runtime.database import Database
from tests.support.accounts import PASSWORD, House, Person

locals_ = st.from_regex(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,40}", fullmatch=True)
passwords = st.text(st.characters(exclude_categories=["Cs"]), min_size=MIN_PASSWORD, max_size=100)


def sign_in_of(house: House) -> SignIn:
    return house.wired.services.get(SignIn)


async def stored(db: Database, token: str) -> UserSession | None:
    async with db.system("a test looks at a session") as session:
        query = select(UserSession).where(UserSession.token_hash == hashlib.sha256(token.encode()).digest())
        return (await session.execute(query)).scalar_one_or_none()


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """What was sent to PostgreSQL, by either role."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engines = (db.system_engine.sync_engine, db.runtime_engine.sync_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


TOKENS: set[str] = set()


# Feature: shopify-multi-tenant-dashboard, Property 27: *For any* valid username and password combination, the system should create a session with a unique secure token.
@settings(max_examples=100, deadline=None)
@given(local=locals_, password=passwords)
async def test_a_valid_login_makes_a_session_with_a_unique_secure_token(house: House, local: str, password: str) -> None:
    email = f"{local}@{uuid7().hex}.test"
    await create_account(house.wired.services, email=email, password=password, name="Somebody", tenant_name="Somewhere")
    signed_in = await sign_in_of(house).log_in(username=email.upper(), password=password, client=Client())
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", signed_in.token)  # 43 characters of base64 hold 256 bits
    assert signed_in.token not in TOKENS
    TOKENS.add(signed_in.token)
    row = await stored(house.db, signed_in.token)
    assert row is not None
    assert signed_in.token.encode() not in row.token_hash
    assert row.user_id == signed_in.identity.user.id
    assert row.expires_at - row.created_at == timedelta(hours=24)


@pytest.fixture(scope="session")
async def people(house: House) -> list[tuple[str, UUID, dict[UUID, Role]]]:
    """Address, id and roles by tenant of people who belong to one to three tenants."""
    services = house.wired.services
    elsewhere = [(await house.new_owner()).tenant_id for _ in range(2)]
    made = []
    for roles in ([], [Role.VIEWER], [Role.OWNER, Role.AGENT]):
        email = f"{uuid7().hex}@tenants.test"
        own = await create_account(services, email=email, password="a password", name="Somebody", tenant_name="Own")
        tenants = {own.tenant_id: Role.OWNER} | dict(zip(elsewhere, roles, strict=False))
        for tenant_id, role in list(tenants.items())[1:]:
            await add_member(services, tenant_id=tenant_id, email=email, role=role)
        made.append((email, own.user_id, tenants))
    return made


# Feature: shopify-multi-tenant-dashboard, Property 28: *For any* created session, it should be associated with the correct tenant identifier from the authenticated user.
@settings(max_examples=100, deadline=None)
@given(data=st.data(), browser=st.text(min_size=1, max_size=50))
async def test_a_session_belongs_to_a_tenant_of_its_user(
    house: House, people: list[tuple[str, UUID, dict[UUID, Role]]], data: st.DataObject, browser: str
) -> None:
    email, user_id, tenants = data.draw(st.sampled_from(people))
    client = Client("192.0.2.20", browser)
    signed_in = await sign_in_of(house).log_in(username=email, password="a password", client=client)
    turn = data.draw(st.sampled_from([None, *tenants]))
    expected = signed_in.memberships[0].tenant_id
    if turn is not None:
        expected = turn
        signed_in = await sign_in_of(house).switch(signed_in.identity, signed_in.token, turn, client)
    row = await stored(house.db, signed_in.token)
    assert row is not None
    assert row.user_agent == (one_line(browser, 400) or None)
    assert (row.user_id, row.active_tenant_id) == (user_id, expected)
    identity = await sessions.authenticate(house.db, signed_in.token)
    assert (identity.user.id, identity.membership.tenant_id) == (user_id, expected)
    assert identity.membership.role is tenants[expected]
    assert {m.tenant_id for m in signed_in.memberships} == set(tenants)


async def test_a_request_costs_one_statement_to_authenticate_and_a_second_once_a_minute(house: House, owner: Person) -> None:
    token = owner.http.cookies["storekeep_session"]
    with statements(house.db) as seen:
        for _ in range(3):
            await sessions.authenticate(house.db, token)
    assert len(seen) == 3
    later = clock.now() + timedelta(seconds=61)
    with statements(house.db) as seen, clock.at(later):
        for _ in range(3):
            await sessions.authenticate(house.db, token)
    assert len(seen) == 4
    row = await stored(house.db, token)
    assert row is not None
    assert row.last_seen_at == later


async def test_a_session_ends_after_a_day_however_much_it_is_used(house: House, owner: Person) -> None:
    token = owner.http.cookies["storekeep_session"]
    began = clock.now()
    for hours in (6, 12, 18, 23.99):
        with clock.at(began + timedelta(hours=hours)):
            await sessions.authenticate(house.db, token)
    with clock.at(began + timedelta(hours=24, seconds=1)), pytest.raises(SessionExpired):
        await sessions.authenticate(house.db, token)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 44, "é" * 43, "../../etc/passwd", "x" * 100_000])
async def test_what_is_no_token_is_nobodys(house: House, token: str) -> None:
    with pytest.raises(SessionExpired):
        await sessions.authenticate(house.db, token)


async def test_of_two_renewals_at_once_one_wins(house: House, owner: Person) -> None:
    token = owner.http.cookies["storekeep_session"]
    identity = await sessions.authenticate(house.db, token)
    async with house.db.system("renew once") as session:
        fresh = await sessions.renew_token(session, identity.session_id, token)
    async with house.db.system("renew again") as session:
        with pytest.raises(SessionExpired):
            await sessions.renew_token(session, identity.session_id, token)
    with pytest.raises(SessionExpired):
        await sessions.authenticate(house.db, token)
    assert (await sessions.authenticate(house.db, fresh)).session_id == identity.session_id


async def test_the_sweep_takes_expired_sessions_and_leaves_the_others(house: House, owner: Person) -> None:
    token = owner.http.cookies["storekeep_session"]
    async with house.db.system("sweep") as session:
        await sessions.sweep(session)
    assert await stored(house.db, token) is not None
    async with house.db.system("an old session") as session:
        row = await session.get(UserSession, (await sessions.authenticate(house.db, token)).session_id)
        assert row is not None
        row.expires_at = clock.now() - timedelta(seconds=1)
    async with house.db.system("sweep") as session:
        assert await sessions.sweep(session) >= 1
    assert await stored(house.db, token) is None


async def test_the_sweep_forgets_people_whom_a_crash_left_without_a_tenant(house: House, owner: Person) -> None:
    stranded, fresh = uuid7(), uuid7()
    async with house.db.system("people as a crash during sign-up leaves them") as session:
        for user_id, age in ((stranded, timedelta(hours=2)), (fresh, timedelta(minutes=5))):
            email = f"{user_id}@stranded.test"
            session.add(
                User(id=user_id, email=email, email_norm=email, name="S", password_hash="-", created_at=clock.now() - age)
            )
    await sweep(house.db)
    async with house.db.system("who is left") as session:
        left = (await session.execute(select(User.id).where(User.id.in_([stranded, fresh, owner.user_id])))).scalars()
        assert set(left) == {fresh, owner.user_id}


async def test_signing_up_again_replaces_what_a_crash_left_of_the_first_time(house: House) -> None:
    answers = []
    for age in (timedelta(seconds=1), timedelta(seconds=6)):
        email = f"{uuid7()}@stranded.test"
        async with house.db.system("a person as a crash during sign-up leaves them") as session:
            made = clock.now() - age
            session.add(User(id=uuid7(), email=email, email_norm=email, name="S", password_hash="-", created_at=made))
        account = {"email": email, "password": PASSWORD, "name": "S", "tenantName": "Second try"}
        async with house.browser() as page:
            answers.append((await page.post("/api/auth/signup", json=account)).status_code)
    # The first may still be under way.
    assert answers == [409, 201]
