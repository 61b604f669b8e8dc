"""pytest plugin: the whole product behind its real app and wiring, and people of any role signed in to it.

`house` is the app with everything wired; `owner` an owner of a fresh tenant; `await owner.invite(Role.VIEWER)` a colleague of
theirs, signed in. A person's `http` is an httpx client that sends what the browser's own page would.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from storekeep.domains.accounts.passwords import Passwords
from storekeep.domains.accounts.public import Role, ThrottleLimits, add_member, create_account, provide_accounts
from storekeep.domains.accounts.signing_in import SignIn
from storekeep.domains.accounts.types import Client, SignedIn
from storekeep.entry.api.app import create_app
from storekeep.entry.rooms import ROOMS
from storekeep.entry.wiring import Wired, build
from storekeep.kit.scope import Actor, ActorKind, Scope
from storekeep.runtime.database import Database
from storekeep.runtime.logging import configure_logging
from storekeep.runtime.settings import (
    DatabaseSettings,
    DemoSettings,
    Environment,
    JobSettings,
    RedisSettings,
    SecretSettings,
    Settings,
    ShopifySettings,
    TelemetrySettings,
    WebSettings,
)
from storekeep.runtime.web.cookies import SessionCookie
from tests.support.database import TestDatabase

APP_URL = "http://127.0.0.1:8000"
SECURE_URL = "https://desk.storekeep.test"
SESSION_SECRET = "test session secret, long enough to be one"
PASSWORD = "a password for tests"
PAGE = {"sec-fetch-site": "same-origin"}
_numbers = count(1)

# As wide as tests that all come from one address need; T57's own tests narrow it again.
WIDE = ThrottleLimits(network=100_000, overall=100_000, signups=100_000)


def test_settings(database: TestDatabase, redis_url: str, app_url: str = APP_URL) -> Settings:
    """Settings of a process under test, from nothing but the test servers' addresses."""
    return Settings.model_construct(
        environment=Environment.DEVELOPMENT,
        database=DatabaseSettings(url=database.urls.runtime, system_url=database.urls.system, pool_size=10),
        redis=RedisSettings(url=redis_url),
        secrets=SecretSettings(
            encryption_key="a" * 43 + "=",
            session_secret=SESSION_SECRET,
            encryption_key_previous=None,
            session_secret_previous=None,
        ),
        web=WebSettings(app_url=app_url, api_limit_per_minute=100_000, allowed_origins=[], spa_dir=None),
        shopify=ShopifySettings(
            api_key="test-key", api_secret="test-secret", base_url="http://127.0.0.1:9/{shop}", api_secret_previous=None
        ),
        jobs=JobSettings(),
        telemetry=TelemetrySettings(),
        demo=DemoSettings(demo=False),
    )


test_settings.__test__ = False  # type: ignore[attr-defined]


@dataclass(slots=True)
class House:
    """The product in this process."""

    wired: Wired
    app: FastAPI

    @property
    def db(self) -> Database:
        """Its database."""
        return self.wired.db

    @property
    def passwords(self) -> Passwords:
        """Its password checker, whose `work` counts bcrypt calls."""
        return self.wired.services.get(Passwords)

    def browser(self, *, ip: str = "127.0.0.1", token: str | None = None) -> httpx.AsyncClient:
        """A client that behaves like the product's own page at that address, signed in where a token is given."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(ip, 40_000))
        client = httpx.AsyncClient(transport=transport, base_url=self.wired.config.app_url, headers=PAGE)
        if token is not None:
            host = urlsplit(self.wired.config.app_url).hostname or ""
            client.cookies.set(self.wired.services.get(SessionCookie).name, token, domain=host)
        return client

    async def new_owner(self, name: str = "Olive Owner", tenant_name: str = "Test tenant") -> Person:
        """The owner of a fresh tenant, signed in."""
        email = f"owner{next(_numbers)}@accounts.test"
        made = await create_account(self.wired.services, email=email, password=PASSWORD, name=name, tenant_name=tenant_name)
        return await self.sign_in(email, Role.OWNER, made.tenant_id, made.member_id)

    async def sign_in(self, email: str, role: Role, tenant_id: UUID, member_id: UUID) -> Person:
        """Sign somebody in with the tests' password."""
        signed_in: SignedIn = await self.wired.services.get(SignIn).log_in(
            username=email, password=PASSWORD, client=Client("127.0.0.1", "tests")
        )
        user = signed_in.identity.user
        return Person(self, self.browser(token=signed_in.token), email, user.name, role, tenant_id, member_id, user.id)


@dataclass(slots=True)
class Person:
    """Somebody signed in. `http` carries their cookie."""

    house: House
    http: httpx.AsyncClient
    email: str
    name: str
    role: Role
    tenant_id: UUID
    member_id: UUID
    user_id: UUID

    @property
    def scope(self) -> Scope:
        """Their tenant, with them as the actor: for looking at the database as a room would."""
        return Scope(self.tenant_id, Actor(ActorKind.MEMBER, self.member_id, self.name), user_id=self.user_id)

    async def invite(self, role: Role, name: str | None = None) -> Person:
        """A new member of the same tenant, signed in."""
        email = f"{role}{next(_numbers)}@accounts.test"
        member_id = await add_member(
            self.house.wired.services,
            tenant_id=self.tenant_id,
            email=email,
            role=role,
            name=name or f"{role.title()} Person",
            password=PASSWORD,
        )
        return await self.house.sign_in(email, role, self.tenant_id, member_id)


async def build_house(settings: Settings, stack: AsyncExitStack) -> House:
    """The product on these settings, alive until the stack is left."""
    # As the product logs; unconfigured, structlog renders a traceback's every local, which takes seconds.
    configure_logging(stream=io.StringIO())
    wired = build(settings)
    # bcrypt's least cost: what is tested elsewhere need not be waited for here.
    provide_accounts(wired.services, session_secret=SESSION_SECRET, password_rounds=4, limits=WIDE)
    app = create_app(wired.services, ROOMS, wired.config)
    # A lifespan is begun and ended in one task; fixtures are not.
    begun, end = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.router.lifespan_context(app):
            begun.set()
            await end.wait()

    living = asyncio.create_task(live())
    await begun.wait()

    async def close() -> None:
        end.set()
        await living
        await wired.close()

    stack.push_async_callback(close)
    return House(wired, app)


@pytest.fixture(scope="session")
async def house(test_database: TestDatabase, redis_url: str) -> AsyncIterator[House]:
    """The product, reached over http."""
    async with AsyncExitStack() as stack:
        yield await build_house(test_settings(test_database, redis_url, APP_URL), stack)


@pytest.fixture(scope="session")
async def secure_house(test_database: TestDatabase, redis_url: str) -> AsyncIterator[House]:
    """The product, reached over https."""
    async with AsyncExitStack() as stack:
        yield await build_house(test_settings(test_database, redis_url, SECURE_URL), stack)


@pytest.fixture
async def owner(house: House) -> Person:
    """The owner of a fresh tenant, signed in."""
    return await house.new_owner()


@pytest.fixture
def new_owner(house: House) -> Callable[..., Awaitable[Person]]:
    """Makes owners of fresh tenants, signed in."""
    return house.new_owner
