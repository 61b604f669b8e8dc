"""T46 to T48: every field and parameter of every route, given what breaks things: refused in the one format, never a 5xx."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest

from storekeep.kit.ids import uuid7
from storekeep.runtime.web import exchange
from tests.contract.asking import address, faults, listed
from tests.contract.doors import Door, Param, formats
from tests.contract.hostile import (
    ASTRAL,
    BODIES,
    COMBINING,
    EDGES,
    FAMILY,
    HEADERS,
    IN_CURSORS,
    MAYBE_RAW,
    NEVER,
    NEVER_ENCODED,
    RIGHT_TO_LEFT,
    SEGMENTS,
    SQL,
    WRONG,
)
from tests.contract.samples import SAMPLES, UNSEEN, Sample, path_of
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.support.accounts import PASSWORD
from tests.support.world import Furnished, World

JSON_TYPE = {"content-type": "application/json"}
# Each parameter meets one value in so many; the next parameter meets the next ones. The long form leaves none out.
SHARES = [3, pytest.param(1, marks=pytest.mark.long)]


class Victim:
    """A tenant that is attacked, and replaced when an attack was a valid request and left something of it."""

    def __init__(self, world: World, shopify: ShopifyStandIn) -> None:
        self._world, self._shopify = world, shopify
        self._tenant: Furnished | None = None
        self.findings: list[str] = []
        self.asked = 0

    async def tenant(self) -> Furnished:
        self._tenant = self._tenant or await self._world.guest()
        return self._tenant

    async def sample(self, door: Door) -> Sample:
        tenant = await self.tenant()
        return await SAMPLES[door.key](tenant, tenant.owner, self._shopify) if door.key in SAMPLES else Sample()

    async def ask(
        self,
        door: Door,
        what: str,
        *,
        sample: Sample | None = None,
        query: str = "",
        path: str | None = None,
        content: bytes | None = None,
        headers: Any = None,
        refused: bool = True,
    ) -> httpx.Response:
        """One attack. `refused`: nothing but a 4xx will do."""
        self.asked += 1
        tenant = await self.tenant()
        where = address(door, path_of(door, tenant, sample)) if path is None else path
        url = httpx.URL(self._world.house.wired.config.app_url + where + (f"?{query}" if query else ""))
        answer = await tenant.owner.http.request(door.method, url, content=content, headers=headers)
        name = f"{door.key} {what}"[:200]
        self.findings += [f"{name}: {fault}" for fault in faults(answer)]
        if refused and not 400 <= answer.status_code < 500:
            self.findings.append(f"{name}: accepted with {answer.status_code}")
        if len(answer.content) > 8_000 and answer.is_error:
            self.findings.append(f"{name}: a refusal of {len(answer.content)} bytes")
        if answer.is_success and door.method not in ("GET", "PATCH"):
            self._tenant = None
        return answer


@pytest.fixture
def victim(world: World, shopify: ShopifyStandIn, monkeypatch: pytest.MonkeyPatch) -> Victim:
    # Whoever sends a long body that is refused unread is given half a second to hear so; here nobody is on the way.
    monkeypatch.setattr(exchange, "LINGER_S", 0)
    return Victim(world, shopify)


def bodied(every_door: list[Door]) -> Iterator[Door]:
    """Doors that take a body."""
    return (door for door in every_door if door.body is not None)


@pytest.mark.parametrize("share", SHARES)
async def test_every_field_of_every_body(victim: Victim, every_door: list[Door], free_shops: None, share: int) -> None:
    fields = 0
    for door in bodied(every_door):
        sample = await victim.sample(door)
        for name, schema in door.fields().items():
            fields += 1
            accepts = jsonschema_rs.validator_for(schema, validate_formats=True).is_valid
            for raw in NEVER[fields % share :: share]:
                await victim.ask(door, f"{name}={raw[:40]}", sample=sample, content=_with(sample, name, raw), headers=JSON_TYPE)
            for raw in MAYBE_RAW[fields % share :: share]:
                content = _with(sample, name, raw)
                refused = not accepts(json.loads(raw))
                answer = await victim.ask(
                    door, f"{name}={raw[:40]}", sample=sample, content=content, headers=JSON_TYPE, refused=refused
                )
                if answer.is_error and len(raw) > 8 and raw.strip('"') in answer.text and "VALIDATION" in answer.text:
                    victim.findings.append(f"{door.key} {name}: repeats {raw[:40]}")
                if answer.is_success:
                    sample = await victim.sample(door)
    assert not victim.findings, listed(victim.findings)
    assert fields > 15


def _with(sample: Sample, name: str, raw: str) -> bytes:
    others = {key: json.dumps(value) for key, value in (sample.body or {}).items() if key != name}
    text = "{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in (others | {name: raw}).items()) + "}"
    return text.encode("utf-8", "surrogatepass")


async def test_whole_bodies_that_are_not_what_they_should_be(victim: Victim, every_door: list[Door]) -> None:
    for door in bodied(every_door):
        sample = await victim.sample(door)
        for what, content, kind in BODIES:
            headers = {"content-type": kind} if kind else {}
            harmless = what == "an empty object" and not (door.body or {}).get("required")
            answer = await victim.ask(door, what, sample=sample, content=content, headers=headers, refused=not harmless)
            if answer.is_success:
                sample = await victim.sample(door)
    assert not victim.findings, listed(victim.findings)


async def test_a_body_where_none_is_wanted(victim: Victim, every_door: list[Door]) -> None:
    """It is not even looked at."""
    for door in every_door:
        if door.unsafe and door.body is None:
            path = address(door, {param.name: str(uuid7()) for param in door.named("path")})
            bodies = BODIES if door.named("path") else BODIES[:1]
            for what, content, kind in bodies:
                headers = {"content-type": kind} if kind else {}
                await victim.ask(door, what, path=path, content=content, headers=headers, refused=bool(door.named("path")))
    assert not victim.findings, listed(victim.findings)


@pytest.mark.parametrize("share", SHARES)
async def test_every_query_parameter_of_every_route(victim: Victim, every_door: list[Door], share: int) -> None:
    tried = 0
    for door in every_door:
        if door.unsafe or door.streams:
            continue
        unseen = [Param("query", name, {"type": "string"}) for name in UNSEEN.get(door.key, ())]
        for param in [*door.named("query"), *unseen]:
            tried += 1
            kind = kind_of(param)
            for encoded in NEVER_ENCODED:
                await victim.ask(door, f"{param.name}={encoded}", query=f"{param.name}={encoded}")
            for value in WRONG[kind][tried % share :: share] + EDGES.get(kind, []):
                refused = kind != "string" and value in WRONG[kind]
                query = f"{param.name}={quote(value, safe='')}"
                answer = await victim.ask(door, query[:60], query=query, refused=refused)
                if answer.is_error and len(value) > 6 and value in answer.text:
                    victim.findings.append(f"{door.key}: repeats {query[:60]}")
            await victim.ask(door, f"{param.name} twice", query=f"{param.name}=%20&{param.name}=2", refused=False)
    assert not victim.findings, listed(victim.findings)
    assert tried > 60


def kind_of(param: Param) -> str:
    """Which list of wrong values a parameter is given."""
    options = [param.schema, *param.schema.get("anyOf", [])]
    if any("enum" in option for option in options):
        return "enum"
    for kind in ("uuid", "date"):
        if kind in formats(param.schema):
            return kind
    types = [option["type"] for option in options if option.get("type") not in (None, "null")]
    assert types[0] in WRONG, f"{param}: no wrong values for its type"
    return str(types[0])


@pytest.mark.parametrize("share", SHARES)
async def test_cursors_made_by_hand_on_every_list(victim: Victim, every_door: list[Door], share: int) -> None:
    """A cursor is read like any other input: whatever stands in it, it moves within the asker's own list or is refused."""
    tried = 0
    for door in every_door:
        if not any(param.name == "cursor" for param in door.params):
            continue
        tenant = await victim.tenant()
        path = address(door, path_of(door, tenant))
        real = (await tenant.owner.http.get(path, params={"limit": "1"})).json()["nextCursor"]
        assert real is not None, f"{door.key}: the world's list has no second page"
        values = json.loads(base64.urlsafe_b64decode(real + "=" * (-len(real) % 4)))
        for position in range(len(values)):
            for value in IN_CURSORS[position % share :: share]:
                tried += 1
                made = json.dumps([value if place == position else kept for place, kept in enumerate(values)])
                cursor = base64.urlsafe_b64encode(made.encode()).decode().rstrip("=")
                await victim.ask(door, f"cursor {made[:80]}", path=path, query=f"cursor={cursor}", refused=False)
    assert not victim.findings, listed(victim.findings)
    assert tried > 100


async def test_every_path_parameter_of_every_route(victim: Victim, every_door: list[Door]) -> None:
    for door in every_door:
        for param in door.named("path"):
            assert "uuid" in formats(param.schema), f"{door.key}: {param.name}"
            sample = await victim.sample(door)
            content = json.dumps(sample.body).encode() if sample.body else None
            others = path_of(door, await victim.tenant(), sample)
            for segment in SEGMENTS:
                path = door.path
                for name, value in others.items():
                    path = path.replace(f"{{{name}}}", segment if name == param.name else value)
                answer = await victim.ask(door, path[:80], path=path, content=content, headers=JSON_TYPE if content else None)
                if answer.status_code not in (400, 404, 405):
                    victim.findings.append(f"{door.key} {path[:80]}: {answer.status_code}")
    assert not victim.findings, listed(victim.findings)


async def test_headers_and_cookies_on_every_route(victim: Victim, world: World, every_door: list[Door]) -> None:
    async with world.house.browser() as stranger:
        for door in every_door:
            path = address(door, dict.fromkeys(("name",), "x") | path_of(door, world.a)) if door.params else door.path
            path = path.replace("{name}", "x")
            for name, value in HEADERS:
                if name == "content-length" and door.method == "GET":
                    continue
                answer = await stranger.request(door.method, path, headers=[(name.encode(), value)])
                victim.asked += 1
                victim.findings += [f"{door.key} {name}: {value[:40]!r}: {fault}" for fault in faults(answer)]
                if door.permissions and answer.status_code not in (400, 401, 413, 415, 431):
                    victim.findings.append(f"{door.key} {name}: {value[:40]!r}: {answer.status_code} without a session")
    assert not victim.findings, listed(victim.findings)


NAMES = [FAMILY, RIGHT_TO_LEFT, COMBINING, ASTRAL, SQL, "Ümlaut & Söhne <b>", "ﷺ", "\u00e9 \u0065\u0301"]


@pytest.mark.parametrize("name", NAMES)
async def test_t48_names_are_kept_to_the_byte(world: World, name: str) -> None:
    """What people type comes back as they typed it, everywhere it is shown."""
    guest = await world.guest()
    http = guest.owner.http
    assert (await http.patch("/api/tenant", json={"name": name})).json()["name"] == name
    assert (await http.patch("/api/auth/profile", json={"name": name})).json()["user"]["name"] == name
    session = (await http.get("/api/auth/session")).json()
    assert (session["tenant"]["name"], session["user"]["name"]) == (name, name)
    assert name in [member["name"] for member in (await http.get("/api/members")).json()["items"]]
    renamed = (await http.get("/api/audit", params={"action": "tenant.renamed"})).json()["items"]
    assert [entry["after"]["name"] for entry in renamed] == [name]
    account = {"email": f"{guest.mark}-t48@world.test", "password": PASSWORD + name, "name": name, "tenantName": name}
    async with world.house.browser() as page:
        body = (await page.post("/api/auth/signup", json=account)).json()
        assert (body["user"]["name"], body["tenant"]["name"]) == (name, name)
        again = await page.post("/api/auth/login", json={"username": account["email"], "password": account["password"]})
        assert again.status_code == 200
