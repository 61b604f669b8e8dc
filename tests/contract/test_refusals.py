"""Every route refuses what it must in the one format: unknown things, other methods, long bodies, foreign types, no session."""

from __future__ import annotations

import httpx
import pytest

from storekeep.kit.ids import uuid7
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.services import Services
from storekeep.runtime.web import exchange
from tests.contract.asking import address, faults, listed
from tests.contract.doors import Door
from tests.contract.samples import SAMPLES, path_of
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.support.world import World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "BREW")
MIB = 1024 * 1024


def check(answer: httpx.Response, status: int, code: str) -> list[str]:
    """What is wrong with a refusal."""
    found = faults(answer)
    if answer.request.method == "HEAD":
        found = [fault for fault in found if not fault.startswith("not the error format")]
        return found if answer.status_code == status else [*found, f"{answer.status_code} instead of {status}"]
    said = (answer.status_code, answer.json()["error"]["code"])
    return found if said == (status, code) else [*found, f"{said} instead of {(status, code)}"]


def anything(door: Door) -> str:
    """The door's address with ids of nothing."""
    return address(door, {param.name: str(uuid7()) for param in door.named("path")} | {"name": "swagger-ui.css"})


async def test_a_method_no_route_takes(world: World, every_door: list[Door]) -> None:
    """405 with the methods that are taken."""
    wrong: list[str] = []
    for path in dict.fromkeys(door.path for door in every_door):
        here = [door for door in every_door if door.path == path]
        taken = {door.method for door in here} | ({"HEAD"} if any(door.method == "GET" for door in here) else set())
        for method in METHODS:
            if method in taken:
                continue
            answer = await world.a.owner.http.request(method, anything(here[0]))
            found = check(answer, 405, "METHOD_NOT_ALLOWED")
            if set(answer.headers.get("allow", "").split(", ")) != taken:
                found.append(f"Allow: {answer.headers.get('allow')}")
            wrong += [f"{method} {path}: {fault}" for fault in found]
    assert not wrong, listed(wrong)


async def test_a_thing_that_does_not_exist(world: World, shopify: ShopifyStandIn, every_door: list[Door]) -> None:
    wrong: list[str] = []
    for door in every_door:
        if not door.named("path"):
            continue
        sample = await SAMPLES[door.key](world.a, world.a.owner, shopify) if door.unsafe else None
        answer = await world.a.owner.http.request(door.method, anything(door), json=sample.body if sample else None)
        wrong += [f"{door.key}: {fault}" for fault in check(answer, 404, answer.json()["error"]["code"])]
    for path in (
        "/api",
        "/api/",
        "/api/nothing",
        "/api/orders/",
        "/API/orders",
        "/webhooks/x",
        "/docs/",
        "/docs/x.py",
        "/%2e%2e/x",
    ):
        wrong += [f"{path}: {fault}" for fault in check(await world.a.owner.http.get(path), 404, "NOT_FOUND")]
    assert not wrong, listed(wrong)


# Shopify writes the query of these, signs it, and may add to it.
OPEN_QUERIES = {"GET /api/shopify/auth", "GET /api/shopify/callback"}


async def test_a_query_parameter_no_route_declares(world: World, every_door: list[Door]) -> None:
    """422 with its name, from every route of the API; only what Shopify signs may hold more than we know."""
    wrong: list[str] = []
    for door in every_door:
        if not door.path.startswith("/api/"):
            continue
        answer = await world.a.owner.http.request(door.method, anything(door), params={"createdFrom": "2026-01-01"})
        if door.key in OPEN_QUERIES:
            wrong += [f"{door.key}: createdFrom is refused"] if "createdFrom" in answer.text else []
            continue
        found = check(answer, 422, "VALIDATION_FAILED")
        fields = answer.json()["error"]["details"].get("fields")
        wrong += [f"{door.key}: {fault}" for fault in found]
        wrong += [] if [field["path"] for field in fields or []] == ["createdFrom"] else [f"{door.key}: {fields}"]
    assert not wrong, listed(wrong)


async def test_a_body_too_long_or_of_another_kind(world: World, every_door: list[Door], monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anybody asks who sends it."""
    monkeypatch.setattr(exchange, "LINGER_S", 0)
    wrong: list[str] = []
    async with world.house.browser() as stranger:
        for door in every_door:
            if not door.unsafe:
                continue
            path = anything(door)
            answer = await stranger.request(
                door.method, path, content=b"[" * (MIB + 1), headers={"content-type": "application/json"}
            )
            wrong += [f"{door.key} long: {fault}" for fault in check(answer, 413, "PAYLOAD_TOO_LARGE")]
            packed = {"content-type": "application/json", "content-encoding": "gzip"}
            answer = await stranger.request(door.method, path, content=b"{}", headers=packed)
            wrong += [f"{door.key} packed: {fault}" for fault in check(answer, 415, "UNSUPPORTED_MEDIA_TYPE")]
            if door.body is None:
                continue
            answer = await stranger.request(door.method, path, content=b"<x/>", headers={"content-type": "application/xml"})
            wrong += [f"{door.key} XML: {fault}" for fault in check(answer, 415, "UNSUPPORTED_MEDIA_TYPE")]
    assert not wrong, listed(wrong)


async def test_a_body_without_what_is_needed(world: World, every_door: list[Door]) -> None:
    wrong: list[str] = []
    for door in every_door:
        if door.body is None or not door.body.get("required"):
            continue
        for body in ({}, {"surprise": 1}):
            answer = await world.a.owner.http.request(door.method, anything(door), json=body)
            found = check(answer, 422, "VALIDATION_FAILED")
            missing = {field["path"] for field in answer.json()["error"]["details"].get("fields", [])}
            if not missing >= set(door.body["required"]) | set(body):
                found.append(f"names {missing}")
            wrong += [f"{door.key}: {fault}" for fault in found]
    assert not wrong, listed(wrong)


async def test_nobody_and_strangers(world: World, every_door: list[Door]) -> None:
    """Without a session 401; from another site, with whatever session, nothing unsafe."""
    wrong: list[str] = []
    async with world.house.browser() as stranger:
        for door in every_door:
            if door.permissions:
                answer = await stranger.request(door.method, address(door, path_of(door, world.a)))
                wrong += [f"{door.key}: {fault}" for fault in check(answer, 401, "AUTH_REQUIRED")]
            if not door.unsafe:
                continue
            before = await world.digest(world.a)
            for site in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"}):
                foreign = site | {"origin": "https://evil.example"}
                answer = await world.a.owner.http.request(door.method, address(door, path_of(door, world.a)), headers=foreign)
                wrong += [f"{door.key} {site}: {fault}" for fault in check(answer, 403, "CSRF_REFUSED")]
            if await world.digest(world.a) != before:
                wrong.append(f"{door.key}: changed something for a foreign page")
    assert not wrong, listed(wrong)


@pytest.fixture
def broken(world: World) -> Services:
    """The product with a bug in it: the cache answers with something nobody foresaw."""
    services = world.house.wired.services

    class Bug:
        async def get_or_make(self, *_: object) -> object:
            raise RuntimeError("shpat_0123456789abcdef0123456789abcdef at postgresql://app:hunter2hunter2@db/x")

    kept = services.get(TenantCache)
    services.provide(TenantCache, Bug())  # type: ignore[type-abstract, arg-type]
    yield services
    services.provide(TenantCache, kept)


async def test_an_unforeseen_error_says_nothing_of_itself(world: World, broken: Services) -> None:
    answer = await world.a.owner.http.get("/api/analytics/summary")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "INTERNAL_SERVER_ERROR")
    assert faults(answer) == [fault for fault in faults(answer) if fault.startswith("status 500")]
    assert "shpat_" not in answer.text
    assert "support" in answer.json()["error"]["details"]
