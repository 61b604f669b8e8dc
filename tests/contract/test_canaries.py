"""T59: secrets pushed through every path, failing ones above all: none in logs, answers, Redis, tables or command lines."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx
import pytest
import structlog
from sqlalchemy import text

from storekeep.integrations.shopify.gateway import ShopifyGateway
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.database import Database
from storekeep.runtime.jobs import JobContext, JobKind, Payload, enqueue
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from storekeep.runtime.settings import ShopifySettings
from storekeep.sandbox.config import AWKWARD_JPY, AWKWARD_KWD, custom_app_token
from tests.contract.asking import address, listed
from tests.contract.canaries import Watch, environments, watching
from tests.contract.conftest import release_shops
from tests.contract.doors import Door, doors
from tests.contract.test_refusals import anything
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.support.accounts import Person, build_house, test_settings
from tests.support.database import TestDatabase
from tests.support.haste import quick_dice
from tests.support.world import World

PASSWORD = "canary horse battery staple"
WRONG = "canary wrong horse 'quoted' \"twice\""
TOKEN = "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"


@pytest.fixture(scope="module")
async def watch(
    test_database: TestDatabase, redis_url: str, shopify_settings: ShopifySettings, world: World
) -> AsyncIterator[Watch]:
    """The product under watch, made after every other of this folder's."""
    async with watching(test_database, redis_url, shopify_settings) as made:
        gateway = made.house.wired.services.get(ShopifyGateway)
        gateway.dice = gateway.oauth.dice = quick_dice
        made.secrets |= {"password": PASSWORD, "password of nobody": WRONG, "token of nobody": TOKEN}
        yield made


@pytest.fixture(scope="module")
async def owner(watch: Watch) -> Person:
    """Somebody whose session token is watched."""
    person = await watch.house.new_owner()
    watch.secrets["session token"] = person.http.cookies["storekeep_session"]
    return person


async def seen(watch: Watch, at_least: str = "") -> None:
    """Nothing was seen, and the log was written at all."""
    found = await watch.sightings()
    log = watch.log.getvalue()
    watch.log.truncate(0)
    watch.log.seek(0)
    assert not found, listed(found)
    assert at_least in log


async def test_signing_up_in_and_out(watch: Watch) -> None:
    account = {"email": "canary@world.test", "password": PASSWORD, "name": "Cora", "tenantName": "Canaries"}
    async with watch.house.browser() as page:
        for body in (account, account, account | {"password": WRONG * 100}, account | {"email": WRONG}):
            watch.saw(await page.post("/api/auth/signup", json=body))
        for username, password in (("canary@world.test", WRONG), ("nobody@world.test", PASSWORD), (WRONG, WRONG)):
            watch.saw(await page.post("/api/auth/login", json={"username": username, "password": password}))
        assert watch.saw(await page.post("/api/auth/login", json={"username": account["email"], "password": PASSWORD})).is_success
        watch.secrets["device token"] = page.cookies["storekeep_device"]
        for number, change in enumerate((WRONG, PASSWORD)):
            body = {"currentPassword": change, "newPassword": "canary two horses"}
            watch.saw(await page.post("/api/auth/password", json=body))
            watch.secrets[f"session token {number} of Cora"] = page.cookies["storekeep_session"]
        watch.secrets["password after"] = "canary two horses"
        for path in ("/api/auth/sessions", "/api/audit", "/api/members", "/api/auth/session"):
            assert watch.saw(await page.get(path)).is_success
        watch.saw(await page.post("/api/auth/logout"))
    await seen(watch, "session")


async def test_every_place_of_every_request(watch: Watch, owner: Person) -> None:
    """Somebody pastes a secret where it does not belong: it is not repeated, kept or written down."""
    refused = 0
    for door in doors(watch.house.app):
        if door.streams or not door.path.startswith(("/api/", "/docs/")):
            continue
        for secret in (WRONG, TOKEN, watch.secrets["session token"]):
            for answer in await _misplaced(owner, door, secret):
                watch.saw(answer)
                refused += answer.is_error
    assert refused > 300
    await seen(watch, "request")


async def _misplaced(owner: Person, door: Door, secret: str) -> list[httpx.Response]:
    path, http = anything(door), owner.http
    asked: list[dict[str, Any]] = [{"headers": {"authorization": f"Bearer {secret}", "x-shopify-access-token": secret}}]
    if door.path == "/api/auth/logout":
        return []
    names = {param.name for param in door.named("query")} | {"token", "password", "code"}
    asked += [{"params": {name: secret, "limit": "x"}} for name in sorted(names)]
    if door.body is not None:
        wrong: list[Any] = [{name: [secret], "surprise": secret} for name in door.fields()]
        asked += [{"json": body} for body in [*wrong, [secret], secret]]
        asked += [{"content": f'{{"password": "{TOKEN}', "headers": {"content-type": "application/json"}}]
    answers = [await http.request(door.method, path, **given) for given in asked if door.body is not None or not door.unsafe]
    if secret == WRONG:
        return answers  # in an address, words are a page like any other
    if door.named("path"):
        elsewhere = address(door, {param.name: secret for param in door.named("path")} | {"name": secret})
        answers.append(await http.request(door.method, elsewhere))
    answers.append(await http.get(f"{path}/{quote(secret, safe='')}"))
    return answers


@pytest.fixture
async def shops(world: World) -> AsyncIterator[None]:
    """The stand-in's shops belong to nobody, before and after."""
    await release_shops(world)
    yield
    await release_shops(world)


async def test_connecting_a_shop_however_it_goes(watch: Watch, owner: Person, shopify: ShopifyStandIn, shops: None) -> None:
    connect = {"shop": AWKWARD_JPY, "accessToken": TOKEN}
    assert watch.saw(await owner.http.post("/api/stores", json=connect)).is_error
    connect["accessToken"] = watch.secrets["custom token"] = custom_app_token(AWKWARD_JPY)
    await seen(watch)
    for place, kind in (("graphql", "html"), ("oauth", "html")):
        await shopify.fresh()
        await watch.house.wired.redis.flushdb()  # the breaker, too, which would keep us from asking
        await shopify.fault(place=place, kind=kind, times=None, match="access_token" if place == "oauth" else "")
        assert watch.saw(await owner.http.post("/api/stores", json=connect)).is_error is (place == "graphql")
        back = await _consent(owner, shopify, AWKWARD_KWD)
        answer = watch.saw(await owner.http.get("/api/shopify/callback", params=back))
        assert answer.is_error or "error=" in answer.headers["location"]
        await seen(watch, "request_failed")
    await shopify.fresh()
    await watch.house.wired.redis.flushdb()
    back = await _consent(owner, shopify, AWKWARD_KWD)
    watch.secrets["authorization code"], watch.secrets["state"] = back["code"], back["state"]
    answer = await owner.http.get("/api/shopify/callback", params=back)
    assert answer.status_code == 302
    watch.saw(answer)
    assert await watch.learn_tokens(owner.scope) >= 3
    for path in ("/api/stores", "/api/connections", "/api/audit", "/api/sync/runs", "/api/jobs"):
        assert watch.saw(await owner.http.get(path)).is_success
    await seen(watch, "store")


async def _consent(owner: Person, shopify: ShopifyStandIn, shop: str) -> dict[str, str]:
    begun = await owner.http.get("/api/shopify/auth", params={"shop": shop})
    back = await shopify.consent(begun.headers["location"])
    return dict(httpx.QueryParams(urlsplit(back).query))


async def test_copying_while_shopify_fails(watch: Watch, owner: Person, shopify: ShopifyStandIn, shops: None) -> None:
    await watch.house.wired.redis.flushdb()
    shop = {"shop": AWKWARD_JPY, "accessToken": custom_app_token(AWKWARD_JPY)}
    assert (await owner.http.post("/api/stores", json=shop)).is_success
    await watch.learn_tokens(owner.scope)
    for kind, more in (("html", {}), ("status", {"status": 401})):
        await shopify.fresh()
        await shopify.fault(place="graphql", kind=kind, times=None, **more)
        watch.saw(await owner.http.post("/api/sync", json={}))
        for _ in range(2):
            for job_id in await _due(watch, owner):
                await watch.runner().run(owner.tenant_id, job_id)
        for path in ("/api/sync/runs", "/api/jobs", "/api/stores", "/api/audit"):
            watch.saw(await owner.http.get(path))
    await shopify.fresh()
    failed = await watch.superuser.fetchval(
        "SELECT count(*) FROM jobs WHERE tenant_id = $1 AND last_error IS NOT NULL", owner.tenant_id
    )
    assert failed
    await seen(watch, "job_")


async def _due(watch: Watch, owner: Person) -> list[UUID]:
    rows = await watch.superuser.fetch(
        "UPDATE jobs SET run_at = now() - interval '1 s' WHERE tenant_id = $1 AND state = 'ready' RETURNING id", owner.tenant_id
    )
    return [row["id"] for row in rows]


class _Said(Payload):
    """What a careless job says when it fails."""

    number: int


def careless(watch: Watch) -> JobKind[_Said]:
    """A job whose errors hold a secret each: in words, in a statement's parameters, in what PostgreSQL says of a value."""

    async def fail(context: JobContext, payload: _Said) -> None:
        secret = list(watch.shaped.values())[payload.number // 3]
        if payload.number % 3 == 0:
            raise RuntimeError(f"could not use {secret}, at https://x.test/?code={secret}") from ValueError(secret)
        async with context.db.tenant(context.scope) as session:
            casts = (
                "SELECT CAST(:held AS integer)" if payload.number % 3 == 1 else "SELECT CAST(CAST(:held AS text) || '?' AS uuid)"
            )
            held = {"held": secret}
            await session.execute(text(casts), held)

    return JobKind("test.careless", _Said, fail)


async def test_jobs_that_say_too_much(watch: Watch, owner: Person) -> None:
    kind = careless(watch)
    runner = JobRunner(watch.house.db, watch.house.wired.services, {kind.name: kind}, RunnerTimes())
    for number in range(3 * len(watch.shaped)):
        async with watch.house.db.tenant(owner.scope) as session:
            job_id = await enqueue(session, kind, _Said(number=number))
        assert await runner.run(owner.tenant_id, job_id)
    items = watch.saw(await owner.http.get("/api/jobs", params={"kind": kind.name, "limit": "100"})).json()["items"]
    assert len(items) == 3 * len(watch.shaped)
    assert {item["lastError"]["code"] for item in items} == {"INTERNAL_SERVER_ERROR"}
    await seen(watch, "job_failed")


class _Careless:
    """In the cache's place: fails with a secret in its words, in a statement's parameters, or in what PostgreSQL repeats."""

    def __init__(self, db: Database, owner: Person, secret: str, way: str) -> None:
        self._db, self._owner, self._secret, self._way = db, owner, secret, way

    async def get_or_make(self, *_: object) -> object:
        held = {"held": self._secret, "id": self._owner.member_id}
        if self._way == "words":
            raise RuntimeError(f"token={self._secret} of postgresql://app:{self._secret}@db/x", {"password": self._secret})
        async with self._db.tenant(self._owner.scope) as session:
            await session.execute(text(self._way), held)
        raise AssertionError("the statement did not fail")


@pytest.fixture
def cache(watch: Watch) -> Iterator[None]:
    """Puts the cache back."""
    kept = watch.house.wired.services.get(TenantCache)
    yield
    watch.house.wired.services.provide(TenantCache, kept)


@pytest.mark.parametrize(
    "way",
    [
        "words",
        "SELECT CAST(CAST(:held AS text) AS integer)",
        "SELECT CAST(CAST(:held AS text) || '?' AS uuid)",
        "SELECT to_tsquery('simple', CAST(:held AS text) || ' & & (')",
        "UPDATE members SET role = :held WHERE id = :id",
        "INSERT INTO audit_entries (tenant_id, id, action) VALUES (gen_random_uuid(), :id, :held)",
        "SELECT no_such_column FROM orders WHERE note = :held",
    ],
)
async def test_bugs_that_say_too_much(watch: Watch, owner: Person, cache: None, way: str) -> None:
    # In a statement's parameters a person's password is as unseen as anything: nothing of them is ever shown.
    for secret in (watch.shaped if way == "words" else watch.secrets).values():
        careless = _Careless(watch.house.db, owner, secret, way)
        watch.house.wired.services.provide(TenantCache, careless)  # type: ignore[type-abstract, arg-type]
        assert watch.saw(await owner.http.get("/api/analytics/summary")).is_error
    await seen(watch, "request_failed" if "CAST" not in way and "members" not in way else "")


async def test_servers_that_do_not_let_us_in(watch: Watch, owner: Person, test_database: TestDatabase, redis_url: str) -> None:
    """Passwords that are refused, and addresses where nobody listens: what drivers say of them is seen by nobody."""
    wrong = "canaryWrong0123456789"
    watch.secrets["password of an address"] = wrong
    urls = test_database.urls
    for runtime in (_with(urls.runtime, password=wrong), _with(urls.runtime, port=9)):
        nowhere = replace(test_database, urls=replace(urls, runtime=runtime, system=_with(urls.system, password=wrong)))
        async with AsyncExitStack() as stack:
            house = await build_house(test_settings(nowhere, _with(redis_url, password=wrong)), stack)
            watch.listen()
            async with house.browser(token=watch.secrets["session token"]) as page:
                for path in ("/api/analytics/summary", "/api/orders", "/readyz"):
                    watch.saw(await page.get(path))
                watch.saw(await page.post("/api/auth/login", json={"username": "a@b.test", "password": PASSWORD}))
                structlog.get_logger("test").error("unusable", error=house.wired.settings, config=house.db)
    await seen(watch, "request_failed")


def _with(url: str, *, password: str | None = None, port: int | None = None) -> str:
    parts = urlsplit(url)
    netloc = f"{parts.username or ''}:{password or parts.password}@{parts.hostname}:{port or parts.port}"
    return parts._replace(netloc=netloc).geturl()


def test_the_servers_are_told_nothing_of_the_products_secrets(watch: Watch, owner: Person) -> None:
    """PostgreSQL and Redis, started as the embedded mode starts them: neither arguments nor environment hold a secret."""
    found = environments(("postgres", "redis-server"))
    assert len(found) >= 2
    assert not [name for name, secret in watch.secrets.items() for text in found.values() if secret in text]


async def test_the_watch_sees(watch: Watch, owner: Person) -> None:
    """Without this the others could pass for want of eyes."""
    watch.secrets = {"planted": "canaryPlanted0123"}
    print("canaryPlanted0123", file=watch.log)
    await watch.house.wired.redis.hset("test:planted", "x", "canaryPlanted0123")
    async with watch.house.db.tenant(owner.scope) as session:
        await session.execute(text("UPDATE tenants SET name = 'canaryPlanted0123'"))
    watch.answers.append("canaryPlanted0123")
    found = " ".join(await watch.sightings())
    for place in ("the log", "an answer", "test:planted", "table tenants"):
        assert place in found
    await watch.house.wired.redis.delete("test:planted")
    watch.log = io.StringIO()
