"""The tenant: its name, its members' sight of it, and its end, of which nothing remains."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storekeep.domains.accounts import tenants
from storekeep.domains.accounts.errors import TenantDeleting
from storekeep.domains.accounts.events import TenantDeletionRequested
from storekeep.domains.accounts.public import Role, add_member, find_user_id, forget_tenant
from storekeep.domains.accounts.repository import lock_tenant
from storekeep.domains.audit.public import record
from storekeep.entry.rooms import all_metadata, job_kinds
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.database.engine import asyncpg_address
from storekeep.runtime.events import Subscriber
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from tests.domains.accounts.rows import put, put_many, put_store
from tests.support.accounts import PASSWORD, House, Person
from tests.support.database import TestDatabase

COPIES = ("customers", "orders", "products")


@pytest.fixture(scope="session")
async def everything(test_database: TestDatabase) -> AsyncIterator[AsyncEngine]:
    """The database as its superuser sees it, past row-level security: only keys and checks hold there."""
    engine = create_async_engine(asyncpg_address(test_database.superuser_dsn)[0], pool_size=1)
    yield engine
    await engine.dispose()


async def counts(connection: AsyncConnection, tenant_id: UUID) -> dict[str, int]:
    tables = (*COPIES, "stores", "members", "audit_entries")
    columns = ", ".join(f"(SELECT count(*) FROM {table} WHERE tenant_id = :tenant_id) AS {table}" for table in tables)
    row = (await connection.execute(text(f"SELECT {columns}"), {"tenant_id": tenant_id})).one()
    return dict(row._mapping)


async def test_the_tenant_is_read_and_renamed(owner: Person) -> None:
    viewer = await owner.invite(Role.VIEWER)
    before = (await viewer.http.get("/api/tenant")).json()
    assert (before["id"], before["name"]) == (str(owner.tenant_id), "Test tenant")
    renamed = (await owner.http.patch("/api/tenant", json={"name": " Ümlaut & Söhne 🦆 "})).json()
    assert renamed["name"] == "Ümlaut & Söhne 🦆"
    assert renamed["updatedAt"] > before["updatedAt"]
    assert (await viewer.http.get("/api/auth/session")).json()["tenant"]["name"] == "Ümlaut & Söhne 🦆"


async def test_an_audit_entry_does_not_wait_for_whoever_holds_the_tenant(house: House, owner: Person) -> None:
    """It refers to the tenant's row, and whoever holds that waits for the chain of entries: each for the other, it was."""
    async with house.db.tenant(owner.scope) as holder:
        await lock_tenant(holder)
        async with house.db.tenant(owner.scope) as writer:
            await writer.execute(text("SET LOCAL lock_timeout = '3s'"))
            await record(writer, action="test.written", subjects=[])


async def test_the_name_it_has_already_is_no_change(owner: Person) -> None:
    await owner.http.patch("/api/tenant", json={"name": "Fern"})
    once = (await owner.http.get("/api/tenant")).json()
    assert (await owner.http.patch("/api/tenant", json={"name": " Fern "})).json() == once
    entries = (await owner.http.get("/api/audit", params={"action": "tenant.renamed"})).json()["items"]
    assert [entry["after"] for entry in entries] == [{"name": "Fern"}]


async def test_deletion_wants_the_name(owner: Person) -> None:
    for name in ("", "test tenant", "Test tenant!"):
        answer = await owner.http.request("DELETE", "/api/tenant", json={"confirmName": name})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_NAME_MISMATCH")
    assert (await owner.http.get("/api/tenant")).status_code == 200


async def test_deletion_ends_every_session_at_once_and_is_announced(house: House, owner: Person) -> None:
    viewer = await owner.invite(Role.VIEWER)
    bystander = await house.new_owner()
    heard: list[TenantDeletionRequested] = []

    async def hear(session: TenantSession, event: TenantDeletionRequested) -> None:
        if session.tenant_id == owner.tenant_id:
            heard.append(event)

    house.db.bus.subscribe(Subscriber(TenantDeletionRequested, hear))
    answer = await owner.http.request("DELETE", "/api/tenant", json={"confirmName": " Test tenant "})
    assert answer.status_code == 202, answer.text
    assert [(e.tenant_id, str(e.erasure_id), e.actor.id) for e in heard] == [
        (owner.tenant_id, answer.json()["erasureId"], owner.member_id)
    ]
    for person in (owner, viewer):
        assert (await person.http.get("/api/auth/session")).status_code == 401
    assert (await bystander.http.get("/api/auth/session")).status_code == 200
    async with house.browser() as page:
        login = await page.post("/api/auth/login", json={"username": owner.email, "password": PASSWORD})
        assert (login.status_code, login.json()["error"]["code"]) == (403, "AUTH_NO_TENANT")
    with pytest.raises(TenantDeleting):
        await tenants.request_deletion(house.db, owner.scope, confirm_name="Test tenant")


async def test_a_session_begun_in_the_instant_of_deletion_opens_nothing(house: House, owner: Person) -> None:
    # As if a sign-in had chosen the tenant just before: the row is locked for good, the session is there all the same.
    async with house.db.tenant(owner.scope) as session:
        await session.execute(text("UPDATE tenants SET deleting_since = now()"))
    assert (await owner.http.get("/api/tenant")).status_code == 401


async def test_people_with_another_tenant_stay_and_all_others_are_forgotten(house: House, owner: Person) -> None:
    viewer = await owner.invite(Role.VIEWER)
    elsewhere = await house.new_owner(tenant_name="Elsewhere")
    services = house.wired.services
    await add_member(services, tenant_id=owner.tenant_id, email=elsewhere.email, role=Role.ADMIN)
    await tenants.request_deletion(house.db, owner.scope, confirm_name="Test tenant")
    assert await forget_tenant(house.db, owner.tenant_id) > 0
    assert await forget_tenant(house.db, owner.tenant_id) == 0
    assert await find_user_id(services, owner.email) is None
    assert await find_user_id(services, viewer.email) is None
    assert await find_user_id(services, elsewhere.email) == elsewhere.user_id
    session = (await elsewhere.http.get("/api/auth/session")).json()
    assert [tenant["name"] for tenant in session["tenants"]] == ["Elsewhere"]
    async with house.browser() as page:
        login = await page.post("/api/auth/login", json={"username": owner.email, "password": PASSWORD})
        assert login.status_code == 401
        account = {"email": owner.email, "password": PASSWORD, "name": "Again", "tenantName": "Again"}
        assert (await page.post("/api/auth/signup", json=account)).status_code == 201


class Dying:
    """A database of a process that is killed before its transaction number `at`."""

    def __init__(self, db: Database, at: int) -> None:
        self._db, self._left = db, at

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ProcessLookupError("killed")

    def tenant(self, scope: Scope) -> Any:
        self._step()
        return self._db.tenant(scope)

    def system(self, reason: str) -> Any:
        self._step()
        return self._db.system(reason)


@pytest.mark.parametrize("at", [1, 2])
async def test_forgetting_a_tenant_killed_midway_is_ended_by_the_next_attempt(house: House, owner: Person, at: int) -> None:
    viewer = await owner.invite(Role.VIEWER)
    elsewhere = await house.new_owner(tenant_name="Elsewhere")
    services = house.wired.services
    await add_member(services, tenant_id=owner.tenant_id, email=elsewhere.email, role=Role.ADMIN)
    with pytest.raises(ProcessLookupError):
        await tenants.forget(Dying(house.db, at), owner.tenant_id)  # type: ignore[arg-type]
    assert await forget_tenant(house.db, owner.tenant_id) > 0
    assert [await find_user_id(services, person.email) for person in (owner, viewer)] == [None, None]
    assert await find_user_id(services, elsewhere.email) == elsewhere.user_id
    async with house.db.system("what is left, in a test") as system:
        for table, column in (("tenants", "id"), ("members", "tenant_id"), ("sessions", "active_tenant_id")):
            left = text(f"SELECT count(*) FROM {table} WHERE {column} = :tenant")
            assert (await system.execute(left, {"tenant": owner.tenant_id})).scalar_one() == 0


# Feature: shopify-multi-tenant-dashboard, Property 30: *For any* customer record, it must have a valid tenant identifier that references an existing tenant.
@settings(max_examples=100, deadline=None)
@given(stranger=st.uuids(), use_store_of_another=st.booleans())
async def test_no_customer_without_an_existing_tenant(
    house: House, everything: AsyncEngine, stranger: UUID, use_store_of_another: bool
) -> None:
    async with everything.connect() as connection:
        tenant_id = await put(connection, "tenants")
        store_id = await put_store(connection, tenant_id)
        customer = await put(connection, "customers", tenant_id=tenant_id, store_id=store_id)
        owned = text("SELECT count(*) FROM customers c JOIN tenants t ON t.id = c.tenant_id WHERE c.id = :id")
        assert (await connection.execute(owned, {"id": customer})).scalar_one() == 1
        with pytest.raises(IntegrityError):
            await put(connection, "customers", tenant_id=stranger, store_id=store_id if use_store_of_another else uuid7())
        await connection.rollback()


# Feature: shopify-multi-tenant-dashboard, Property 33: *For any* tenant, deleting it should either cascade delete all associated customers, orders, and products, or prevent deletion if dependencies exist.
@settings(max_examples=100, deadline=None)
@given(customers=st.integers(0, 3), orders=st.integers(0, 3), products=st.integers(0, 3), stores=st.integers(1, 2))
async def test_deleting_a_tenant_deletes_all_its_copies_and_nobody_elses(
    house: House, everything: AsyncEngine, bystander: UUID, customers: int, orders: int, products: int, stores: int
) -> None:
    async with everything.begin() as connection:
        doomed = await put_copies(connection, stores, customers, orders, products)
        made = await counts(connection, doomed)
    assert [made[table] for table in COPIES] == [stores * customers, stores * orders, stores * products]
    assert await forget_tenant(house.db, doomed) == 1
    async with everything.connect() as connection:
        assert set((await counts(connection, doomed)).values()) == {0}
        assert [(await counts(connection, bystander))[table] for table in COPIES] == [2, 3, 4]


@pytest.fixture(scope="session")
async def bystander(everything: AsyncEngine) -> UUID:
    """A tenant with copies that nobody deletes."""
    async with everything.begin() as connection:
        return await put_copies(connection, 1, 2, 3, 4)


async def put_copies(connection: AsyncConnection, stores: int, customers: int, orders: int, products: int) -> UUID:
    tenant_id = await put(connection, "tenants")
    for _ in range(stores):
        store: dict[str, Any] = {"tenant_id": tenant_id, "store_id": await put_store(connection, tenant_id)}
        people = [*await put_many(connection, "customers", [store] * customers), None]
        bought = [store | {"customer_id": people[number % len(people)]} for number in range(orders)]
        await put_many(connection, "orders", bought)
        await put_many(connection, "products", [store] * products)
    return tenant_id


async def test_after_its_erasure_no_table_holds_a_row_of_the_tenant(
    house: House, everything: AsyncEngine, test_database: TestDatabase
) -> None:
    owner = await house.new_owner()
    await owner.invite(Role.VIEWER)
    async with everything.begin() as connection:
        store: dict[str, Any] = {"tenant_id": owner.tenant_id, "store_id": await put_store(connection, owner.tenant_id)}
        for table in COPIES:
            await put_many(connection, table, [store] * 3)
    answer = await owner.http.request("DELETE", "/api/tenant", json={"confirmName": "Test tenant"})
    assert answer.status_code == 202, answer.text
    runner = JobRunner(house.db, house.wired.services, job_kinds(), RunnerTimes())
    async with everything.connect() as connection:
        jobs = text("SELECT id FROM jobs WHERE tenant_id = :tenant_id AND kind = 'connections.erase'")
        (job_id,) = (await connection.execute(jobs, {"tenant_id": owner.tenant_id})).scalars()
    assert await runner.run(owner.tenant_id, job_id)
    left = {}
    async with everything.connect() as connection:
        for table in all_metadata().sorted_tables:
            for column in table.columns:
                if "tenant" in column.name or (table.name == "tenants" and column.name == "id"):
                    query = text(f'SELECT count(*) FROM "{table.name}" WHERE {column.name} = :tenant_id')
                    found = (await connection.execute(query, {"tenant_id": owner.tenant_id})).scalar_one()
                    if found:
                        left[f"{table.name}.{column.name}"] = found
        people = text("SELECT count(*) FROM users WHERE id = :id")
        assert (await connection.execute(people, {"id": owner.user_id})).scalar_one() == 0
    assert left == {"erasures.erased_tenant_id": 1}
    async with everything.connect() as connection:
        finished = text("SELECT finished_at FROM erasures WHERE id = :id")
        assert (await connection.execute(finished, {"id": answer.json()["erasureId"]})).scalar_one() is not None
