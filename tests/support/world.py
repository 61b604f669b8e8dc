"""pytest plugin: two complete tenants, everything in them written with the models, every text of each carrying its own mark.

`world.a` has an owner, an admin, an agent and a viewer; `world.b` is whoever must never be seen. `await world.guest()` is one
more tenant, furnished alike, for what cannot be undone. A tenant's `ids` name one thing of every kind a route can be asked for.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, Integer, LargeBinary, Numeric, Text, Uuid, null, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from storekeep.domains.accounts.models import Tenant
from storekeep.domains.accounts.public import Role, add_member, create_account
from storekeep.domains.accounts.signing_in import SignIn
from storekeep.domains.accounts.types import Client, SignedIn
from storekeep.domains.audit.public import Subject, record
from storekeep.domains.commerce import models as commerce
from storekeep.domains.connections import models as connections
from storekeep.domains.connections.vault import StoreTokens, put_tokens
from storekeep.kit.ids import uuid7
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.database import TenantSession
from storekeep.runtime.jobs.models import Job, JobState
from storekeep.runtime.settings import ShopifySettings
from tests.support.accounts import APP_URL, PASSWORD, House, Person, build_house, test_settings
from tests.support.database import TestDatabase

Row = TypeVar("Row")
MOMENT = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
# Columns whose texts are codes, or somebody else's words that cannot carry a mark.
CODES = {
    "currency": "GBP",
    "presentment_currency": "GBP",
    "time_zone": "Europe/London",
    "actor_kind": "member",
    "resource": "orders",
    "key_id": "00",
}
_marks = count(1)


@dataclass(slots=True)
class Pen:
    """Writes rows of one tenant: a column that is not given gets something, and every text the tenant's mark."""

    mark: str
    amount: Decimal
    numbers: Any

    def row(self, model: type[Row], **given: Any) -> Row:
        """A row of `model` with every column filled, computed ones and the tenant's id aside."""
        table: Any = model.__table__  # type: ignore[attr-defined]
        hints = {name: hint for kind in model.__mro__ for name, hint in vars(kind).get("__annotations__", {}).items()}
        for column in table.columns:
            if column.name not in given and column.name != "tenant_id" and column.computed is None:
                given[column.name] = self._value(column, "list[" in hints[column.name])
        return model(**given)

    def _value(self, column: Column[Any], is_list: bool) -> Any:
        name, kind = column.name, column.type
        words = f"{self.mark} {name} {next(self.numbers)}"
        if isinstance(kind, ARRAY):
            return [f"https://track.test/{self.mark}" if name.endswith("urls") else words]
        if isinstance(kind, JSONB):
            return [self.parts()] if is_list else self.parts()
        made: list[tuple[type[Any], Any]] = [
            (Uuid, uuid7()), (Boolean, False), (DateTime, MOMENT), (Date, MOMENT.date()), (Numeric, self.amount),
            (Integer, next(self.numbers)), (LargeBinary, words.encode()),
        ]  # fmt: skip
        for expected, value in made:
            if isinstance(kind, expected):
                return value
        assert isinstance(kind, Text), f"{column} has a type this pen cannot write"
        if name in CODES:
            return CODES[name]
        return allowed(column) or (f"{self.mark}-{next(self.numbers)}@world.test" if name.startswith("email") else words)

    def parts(self) -> dict[str, str]:
        """A postal address, or an error, all of its texts marked."""
        of_addresses = ("name", "company", "address1", "address2", "city", "province", "country", "zip", "phone")
        of_errors = ("code", "message", "externalId")
        return {part: f"{self.mark} {part}" for part in (*of_addresses, *of_errors)}


def allowed(column: Column[Any]) -> str | None:
    """The first of the words a CHECK allows in the column, None where any text may stand."""
    for constraint in column.table.constraints:
        if isinstance(constraint, CheckConstraint):
            found = re.match(rf"{column.name} IN \('([^']*)'", str(constraint.sqltext))
            if found:
                return found[1]
    return None


@dataclass(slots=True)
class Furnished:
    """A tenant with one of everything. `ids` by kind; `texts` are names a request may hold."""

    house: House
    mark: str
    people: dict[Role, Person]
    ids: dict[str, UUID]
    texts: dict[str, str]
    pen: Pen

    @property
    def owner(self) -> Person:
        """Its owner, signed in."""
        return self.people[Role.OWNER]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What another tenant must never be shown: the mark, the ids, the amount."""
        ids = {*self.ids.values(), *(p.member_id for p in self.people.values()), *(p.user_id for p in self.people.values())}
        return (self.mark, str(self.pen.amount.to_integral_value(rounding="ROUND_DOWN")), *sorted(map(str, ids)))

    async def sign_in(self, role: Role) -> Person:
        """A new session of one of its people, who is asked through it from now on."""
        person = self.people[role]
        token = (await self._log_in(person)).token
        await person.http.aclose()
        person.http = self.house.browser(token=token)
        return person

    async def spare_session(self, person: Person) -> UUID:
        """The id of one more session of that person."""
        return (await self._log_in(person)).identity.session_id

    async def order_at_shopify(self, store_id: UUID, number: int) -> UUID:
        """The id of an order of that store whose number Shopify knows."""
        async with self.house.db.tenant(self.owner.scope) as session:
            query = select(commerce.Order.id).where(commerce.Order.store_id == store_id, commerce.Order.shopify_id == number)
            known = (await session.execute(query)).scalar_one_or_none()
            if known is not None:
                return known
            session.add(self.pen.row(commerce.StoreCalendar, store_id=store_id))  # as its first run would have made one
            order = self.pen.row(commerce.Order, store_id=store_id, customer_id=None, shopify_id=number)
            session.add(order)
            await session.flush()
            return order.id

    async def _log_in(self, person: Person) -> SignedIn:
        client = Client("127.0.0.1", f"{self.mark} browser")
        return await self.house.wired.services.get(SignIn).log_in(username=person.email, password=PASSWORD, client=client)


@dataclass(slots=True)
class World:
    """Both tenants, the product they live in, and a connection that sees every row."""

    house: House
    a: Furnished
    b: Furnished
    superuser: asyncpg.Connection
    _guests: list[Furnished] = field(default_factory=list)

    async def guest(self, roles: Sequence[Role] = (Role.OWNER, Role.AGENT)) -> Furnished:
        """One more tenant, furnished like A, with people in these roles; nobody minds what happens to it."""
        made = await furnish(self.house, "guest", Decimal("2468246.03"), roles)
        self._guests.append(made)
        return made

    async def digest(self, tenant: Furnished) -> str:
        """A digest of everything stored of the tenant, in its own tables and in those outside tenants."""
        return await digest(self.superuser, tenant)

    async def close(self) -> None:
        """Close every client."""
        for furnished in (self.a, self.b, *self._guests):
            for person in furnished.people.values():
                await person.http.aclose()


async def digest(superuser: asyncpg.Connection, tenant: Furnished) -> str:
    """See `World.digest`."""
    tables = await superuser.fetch(
        "SELECT c.relname AS name, bool_or(a.attname = 'tenant_id') AS own"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0"
        " AND c.relname <> 'alembic_version' GROUP BY 1 ORDER BY 1"
    )
    rules = {
        "tenants": "id = $1",
        "users": "id = ANY ($2)",
        "sessions": "user_id = ANY ($2)",
        "oauth_states": "bound_tenant_id = $1",
        "erasures": "erased_tenant_id = $1",
    }
    wanted = {row["name"]: "tenant_id = $1" if row["own"] else rules[row["name"]] for row in tables}
    parts = [
        f"SELECT '{name}' AS name, count(*) AS rows, md5(string_agg(t.row, '|' ORDER BY t.row)) AS content"
        # That somebody looks at their own things moves this one time.
        f" FROM (SELECT (to_jsonb(x) - 'last_seen_at')::text AS row FROM {name} x WHERE {rule}) t"
        for name, rule in wanted.items()
    ]
    people = [person.user_id for person in tenant.people.values()]
    query = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS s WHERE $1::uuid IS NOT NULL AND $2::uuid[] IS NOT NULL"
    rows = sorted(await superuser.fetch(query, tenant.owner.tenant_id, people))
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()


async def furnish(house: House, name: str, amount: Decimal, roles: Sequence[Role]) -> Furnished:
    """A tenant with people in these roles (an owner first) and two of everything that lists show."""
    number = next(_marks)
    mark = f"{name}{number}w{secrets.token_hex(4)}"
    services = house.wired.services
    email = f"{mark}-owner@world.test"
    made = await create_account(services, email=email, password=PASSWORD, name=f"{mark} owner", tenant_name=f"{mark} tenant")
    members = {Role.OWNER: (email, made.member_id)}
    for role in [role for role in roles if role is not Role.OWNER]:
        address = f"{mark}-{role}@world.test"
        added = await add_member(
            services, tenant_id=made.tenant_id, email=address, role=role, name=f"{mark} {role}", password=PASSWORD
        )
        members[role] = (address, added)
    people = {role: await house.sign_in(email, role, made.tenant_id, member) for role, (email, member) in members.items()}
    pen = Pen(mark, amount, count(number * 1_000_000 + 1))
    tenant = Furnished(house, mark, people, {}, {"tenant": f"{mark} tenant"}, pen)
    tenant.ids |= {"tenant": made.tenant_id, "member": members[roles[-1]][1], "user": people[Role.OWNER].user_id}
    tenant.ids["session"] = await tenant.spare_session(people[Role.OWNER])
    async with house.db.tenant(people[Role.OWNER].scope) as session:
        await _fill(session, services.get(TokenCipher), tenant)
    async with house.db.system("a round trip under way, for tests") as system:
        state = pen.row(connections.OAuthState, session_id=tenant.ids["session"], user_id=tenant.ids["user"])
        state.state_hash, state.bound_tenant_id = secrets.token_bytes(32), made.tenant_id
        system.add(state)
    return tenant


async def _fill(session: TenantSession, cipher: TokenCipher, tenant: Furnished) -> None:
    pen, ids = tenant.pen, tenant.ids
    for turn in range(2):
        store = await _store(session, cipher, tenant, turn)
        customer = pen.row(commerce.Customer, store_id=store.id)
        product = pen.row(commerce.Product, store_id=store.id)
        session.add_all([customer, product])
        await session.flush()
        session.add(pen.row(commerce.Variant, product_id=product.id))
        session.add(pen.row(commerce.CustomerSales, store_id=store.id, customer_id=customer.id))
        order = await _order(session, tenant, store.id, customer.id, product.shopify_id)
        run = pen.row(commerce.SyncRun, store_id=store.id, status="SUCCEEDED", job_id=None)
        dead = pen.row(Job, args={"note": pen.mark}, state=JobState.DEAD, unique_key=None, lease_until=None)
        dead.last_error = {"code": f"{pen.mark} code", "message": f"{pen.mark} message"}
        waiting = pen.row(Job, args={"note": pen.mark}, state=JobState.READY, lease_until=None, finished_at=None)
        waiting.run_at, waiting.last_error = datetime(2100, 1, 1, tzinfo=UTC), null()
        erasure = pen.row(connections.Erasure, subject_kind="store", subject_id=uuid7(), erased_tenant_id=session.tenant_id)
        erasure.rooms = [{"room": "audit", "status": "DONE", "erased": 3}]
        session.add_all([run, dead, waiting, erasure])
        await session.flush()
        for kind in (commerce.SyncResource, commerce.SyncWindow):
            session.add(pen.row(kind, run_id=run.id))
        session.add(pen.row(commerce.SyncCursor, store_id=store.id))
        for words in ("before and after", "and once more"):
            await record(
                session,
                action=f"{pen.mark}.done",
                subjects=[Subject("order", order.id), Subject("store", store.id), Subject(f"{pen.mark} thing", order.id)],
                before={"note": f"{pen.mark} {words}"},
                after={"note": f"{pen.mark} {words}"},
                summary=f"{pen.mark} summary",
            )
        # The first of each pair is the one asked for, the second makes lists long enough to have a next page.
        if turn == 0:
            ids |= {
                "store": store.id, "connection": store.id, "customer": customer.id, "product": product.id, "order": order.id,
                "sync_run": run.id, "job": dead.id, "waiting_job": waiting.id, "erasure": erasure.id,
            }  # fmt: skip
            tenant.texts["shop"] = store.shop
    await session.flush()


async def _store(session: TenantSession, cipher: TokenCipher, tenant: Furnished, turn: int) -> connections.Store:
    pen = tenant.pen
    connection = pen.row(connections.Connection, status="CONNECTED", type="SHOPIFY")
    session.add(connection)
    await session.flush()
    store = pen.row(connections.Store, id=connection.id, shop=f"{pen.mark}-{turn}.myshopify.com", sync_interval_minutes=5)
    store.generation, store.scopes = 1, ["read_all_orders", f"{pen.mark} scope"]
    session.add(store)
    await session.flush()
    session.add(pen.row(connections.ShopDirectory, shop=store.shop, tenant_id=session.tenant_id, store_id=store.id))
    session.add(pen.row(commerce.StoreCalendar, store_id=store.id))
    await session.flush()
    await put_tokens(session, cipher, store, StoreTokens(access=f"shpat_{pen.mark}", refresh=f"shprt_{pen.mark}"))
    for day in (date(2026, 1, 30), date(2026, 1, 31)):
        session.add(pen.row(commerce.SalesDay, store_id=store.id, day=day))
    return store


async def _order(
    session: TenantSession, tenant: Furnished, store_id: UUID, customer_id: UUID, product_shopify_id: int
) -> commerce.Order:
    pen = tenant.pen
    order = pen.row(commerce.Order, store_id=store_id, customer_id=customer_id)
    session.add(order)
    await session.flush()
    line = pen.row(commerce.OrderLine, order_id=order.id, product_shopify_id=product_shopify_id)
    refund = pen.row(commerce.Refund, order_id=order.id, store_id=store_id)
    session.add_all([line, refund, pen.row(commerce.Fulfillment, order_id=order.id)])
    session.add(pen.row(commerce.OrderCorrection, order_id=order.id, store_id=store_id))
    await session.flush()
    session.add(pen.row(commerce.RefundLine, refund_id=refund.id, line_id=line.id))
    return order


@asynccontextmanager
async def a_world(
    database: TestDatabase, redis_url: str, app_url: str = APP_URL, shopify: ShopifySettings | None = None
) -> AsyncIterator[World]:
    """A product on these servers with the two tenants in it; `shopify` says where Shopify is."""
    settings = test_settings(database, redis_url, app_url)
    settings.shopify = shopify or settings.shopify
    async with AsyncExitStack() as stack:
        house = await build_house(settings, stack)
        superuser = await asyncpg.connect(database.superuser_dsn)
        stack.push_async_callback(superuser.close)
        a = await furnish(house, "anna", Decimal("1357913.11"), list(Role))
        b = await furnish(house, "bert", Decimal("7654321.09"), list(Role))
        world = World(house, a, b, superuser)
        stack.push_async_callback(world.close)
        yield world


def tenant_tables() -> list[str]:
    """Every table that belongs to tenants, that of the tenants themselves aside."""
    return sorted(table.name for table in Tenant.metadata.sorted_tables if "tenant_id" in table.primary_key.columns)


@pytest.fixture(scope="session")
async def world(test_database: TestDatabase, redis_url: str) -> AsyncIterator[World]:
    """The two tenants, reached over http; Shopify is nowhere."""
    async with a_world(test_database, redis_url) as made:
        yield made
