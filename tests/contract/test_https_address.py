"""T55 and T63 on the real app with an https address: headers of every kind of response, every cookie, tokens that die at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from storekeep.domains.accounts.public import Role
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.web import exchange
from tests.contract.asking import address, faults, listed, listening
from tests.contract.doors import Door, doors
from tests.contract.samples import SAMPLES, path_of
from tests.contract.test_refusals import MIB, anything
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.entry.api.sample import spa_folder
from tests.support.accounts import PASSWORD, SECURE_URL, House, build_house, test_settings
from tests.support.database import TestDatabase
from tests.support.world import Furnished, furnish

SESSION = "__Host-storekeep_session"
# What a browser may keep: files, and pages that ask again each time.
FILES = ("/orders", "/assets/", "/favicon.svg", "/docs", "/openapi.json")


@pytest.fixture(scope="module")
async def secure(test_database: TestDatabase, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The whole product on an https address, its pages with it."""
    settings = test_settings(test_database, redis_url, SECURE_URL)
    settings.web.spa_dir = str(spa_folder(tmp_path_factory.mktemp("secure") / "dist"))
    async with AsyncExitStack() as stack:
        yield await build_house(settings, stack)


@pytest.fixture(scope="module")
async def tenant(secure: House) -> Furnished:
    """A tenant in it with one of everything."""
    return await furnish(secure, "secure", Decimal("1122334.05"), (Role.OWNER, Role.VIEWER))


def header_faults(answer: httpx.Response) -> list[str]:
    """What is wrong with the headers, whatever the status, and with what a browser may keep."""
    found = [fault for fault in faults(answer, https=True) if not fault.startswith("status 5")]
    if answer.request.method == "HEAD":
        found = [fault for fault in found if not fault.startswith("not the error format")]
    kept = "no-store" not in answer.headers["cache-control"]
    path = answer.request.url.path
    if kept and not (answer.status_code < 400 and (path == "/" or path.startswith(FILES))):
        found.append(f"may be kept: {answer.headers['cache-control']}")
    return [f"{answer.request.method} {answer.request.url} {answer.status_code}: {fault}" for fault in found]


async def answers_of(door: Door, tenant: Furnished, stranger: httpx.AsyncClient) -> AsyncIterator[httpx.Response]:
    """A door's answers of every kind: to somebody, to nobody, refused by method, origin, address, query, kind and length."""
    nothing = anything(door)
    own = address(door, {"name": "swagger-ui.css"} | path_of(door, tenant))
    yield await stranger.request(door.method, own)
    yield await tenant.owner.http.request("BREW", own)
    if door.streams:
        return  # what it answers does not end; another test listens
    if not door.unsafe:
        yield await tenant.owner.http.get(own, params={"shop": "somebody.myshopify.com"} if "shopify" in own else {})
        yield await tenant.owner.http.head(own)
        yield await tenant.owner.http.get(own, headers={"accept-encoding": "gzip"})
        yield await tenant.owner.http.get(own, params={"limit": "x", "shop": "y", "from": "z"})
    yield await tenant.owner.http.request(door.method, nothing)
    yield await tenant.owner.http.request(door.method, nothing, params={"q": "\x00"})
    yield await tenant.owner.http.request(door.method, nothing, headers={"host": "evil.example"})
    if door.unsafe:
        yield await tenant.people[Role.VIEWER].http.request(door.method, nothing, json={})
        yield await tenant.owner.http.request(door.method, nothing, json={"surprise": 1})
        yield await tenant.owner.http.request(door.method, nothing, headers={"sec-fetch-site": "cross-site"})
        yield await tenant.owner.http.request(door.method, nothing, content=b"<x/>", headers={"content-type": "application/xml"})
        yield await stranger.request(door.method, nothing, content=b"[" * (MIB + 1))


async def test_every_response_of_every_route(
    secure: House, tenant: Furnished, monkeypatch: pytest.MonkeyPatch, shopify: ShopifyStandIn
) -> None:
    monkeypatch.setattr(exchange, "LINGER_S", 0)
    wrong: list[str] = []
    seen: set[int] = set()
    async with secure.browser() as stranger:
        for door in doors(secure.app):
            async for answer in answers_of(door, tenant, stranger):
                seen.add(answer.status_code)
                if door.unsafe and answer.is_success:
                    await tenant.sign_in(Role.OWNER)
                wrong += [*header_faults(answer), *cookie_faults(answer)]
    assert not wrong, listed(wrong)
    assert seen >= {200, 302, 400, 401, 403, 404, 405, 413, 415, 422}


PAGES = {
    "/": 200,
    "/orders/1": 200,
    "/assets/index-abc123.js": 200,
    "/favicon.svg": 200,
    "/assets/gone.js": 404,
    "/robots.txt": 404,
    "/docs": 200,
    "/docs/start.js": 200,
    "/docs/gone.py": 404,
    "/openapi.json": 200,
    "/healthz": 200,
    "/metrics": 200,
    "/api/nothing": 404,
    "/webhooks/nothing": 404,
}


async def test_pages_files_and_what_is_none(secure: House) -> None:
    wrong: list[str] = []
    async with secure.browser() as page:
        for path, status in PAGES.items():
            for method in ("GET", "HEAD"):
                answer = await page.request(method, path)
                assert answer.status_code == status, f"{method} {path}"
                wrong += header_faults(answer)
            etag = answer.headers.get("etag")
            if etag:
                again = await page.get(path, headers={"if-none-match": etag})
                assert again.status_code == 304
                wrong += header_faults(again)
            wrong += header_faults(await page.post(path, json={}))
        preflight = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        wrong += header_faults(await page.options("/api/tenant", headers=preflight))
    assert not wrong, listed(wrong)


class _Bug:
    """In the cache's place: fails as nobody foresaw."""

    async def get_or_make(self, *_: object) -> object:
        raise RuntimeError("a bug")


@pytest.fixture
def bug(secure: House) -> Iterator[None]:
    """The product with a bug in it."""
    services = secure.wired.services
    kept = services.get(TenantCache)
    services.provide(TenantCache, _Bug())  # type: ignore[type-abstract, arg-type]
    yield
    services.provide(TenantCache, kept)


async def test_what_nobody_foresaw(bug: None, tenant: Furnished) -> None:
    answer = await tenant.owner.http.get("/api/analytics/summary")
    assert answer.status_code == 500
    assert header_faults(answer) == []


async def test_while_the_database_is_away(test_database: TestDatabase, redis_url: str) -> None:
    away = "postgresql://app_rt:nobody@127.0.0.1:9/nowhere"
    nowhere = replace(test_database, urls=replace(test_database.urls, runtime=away, system=away))
    async with AsyncExitStack() as stack:
        house = await build_house(test_settings(nowhere, redis_url, SECURE_URL), stack)
        async with house.browser(token="x" * 43) as page:
            answer = await page.get("/api/analytics/summary")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "DATABASE_CONNECTION_FAILED")
    assert header_faults(answer) == []


async def test_a_live_stream(tenant: Furnished) -> None:
    async with listening(tenant.owner, "/api/live") as stream:
        pass
    request = httpx.Request("GET", f"{SECURE_URL}/api/live")
    assert header_faults(httpx.Response(stream.status, headers=stream.headers, request=request)) == []
    assert stream.headers["content-type"].startswith("text/event-stream")


def cookie_faults(answer: httpx.Response) -> list[str]:
    """What is wrong with the cookies of an answer."""
    found = []
    for cookie in answer.headers.get_list("set-cookie"):
        name, *attributes = [part.strip() for part in cookie.split(";")]
        exact = {a for a in attributes if not a.startswith("Max-Age=")}
        if not name.startswith("__Host-") or exact != {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}:
            found.append(f"{answer.request.url}: {cookie}")
    return found


async def test_every_cookie_of_every_route_that_changes_something(secure: House, shopify: ShopifyStandIn) -> None:
    """Each used as it is meant to be, so that those that give or take a cookie do."""
    wrong: list[str] = []
    given: set[str] = set()
    for door in doors(secure.app):
        if not door.unsafe or door.path.startswith(("/api/stores", "/api/orders", "/api/sync", "/api/jobs")):
            continue
        guest = await furnish(secure, "cookies", Decimal("9.99"), (Role.OWNER, Role.AGENT))
        made = await SAMPLES[door.key](guest, guest.owner, shopify)
        async with secure.browser() as page:
            http = page if made.public else guest.owner.http
            answer = await http.request(door.method, address(door, path_of(door, guest, made)), json=made.body)
        assert answer.is_success, answer.text
        wrong += [*header_faults(answer), *cookie_faults(answer)]
        if answer.headers.get_list("set-cookie"):
            given.add(door.key)
    assert not wrong, listed(wrong)
    assert given == {
        "POST /api/auth/signup", "POST /api/auth/login", "POST /api/auth/logout", "POST /api/auth/switch",
        "POST /api/auth/password", "DELETE /api/tenant",
    }  # fmt: skip


async def lives(secure: House, token: str) -> bool:
    """Whether somebody with this token is let in."""
    async with secure.browser(token=token) as page:
        return (await page.get("/api/auth/session")).status_code == 200


async def test_a_token_is_new_at_each_login_and_dead_as_soon_as_it_is_over(secure: House) -> None:
    owner = await secure.new_owner()
    agent = await owner.invite(Role.AGENT)
    page, tokens = owner.http, [owner.http.cookies[SESSION]]
    login = {"username": owner.email, "password": PASSWORD}
    changed = {"currentPassword": PASSWORD, "newPassword": "another password"}
    turns = [
        ("/api/auth/login", login, 200),
        ("/api/auth/switch", {"tenantId": str(owner.tenant_id)}, 200),
        ("/api/auth/password", changed, 204),
    ]
    for path, body, status in turns:
        async with secure.browser() as other:  # a second device, signed in before
            assert (await other.post("/api/auth/login", json=login)).status_code == 200
            second = other.cookies[SESSION]
        assert (await page.post(path, json=body)).status_code == status
        tokens.append(page.cookies[SESSION])
        assert [await lives(secure, token) for token in tokens] == [False] * (len(tokens) - 1) + [True], path
        assert await lives(secure, second) is (path != "/api/auth/password")
    assert len(set(tokens)) == len(tokens)
    assert (await page.delete(f"/api/members/{agent.member_id}")).status_code == 204
    assert not await lives(secure, agent.http.cookies[SESSION])
    assert (await page.post("/api/auth/logout")).status_code == 204
    assert SESSION not in page.cookies
    assert not await lives(secure, tokens[-1])


async def test_a_cookie_of_the_plain_address_opens_nothing_on_the_secure_one(secure: House) -> None:
    owner = await secure.new_owner()
    token = owner.http.cookies[SESSION]
    async with secure.browser() as page:
        for name in ("storekeep_session", "__Secure-storekeep_session", "__host-storekeep_session"):
            answer = await page.get("/api/auth/session", headers={"cookie": f"{name}={token}"})
            assert answer.status_code == 401, name
