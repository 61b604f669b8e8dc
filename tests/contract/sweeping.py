"""The twin-tenant sweep: somebody of A asks every door for everything of B; nothing of B is seen, touched or even hinted at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from storekeep.domains.accounts.public import Role
from storekeep.kit.ids import uuid7
from storekeep.runtime.live import LiveNews
from tests.contract.asking import address, faults, listening, said, shown
from tests.contract.doors import Door
from tests.contract.samples import IDS, SAMPLES, WORDS, Sample, path_of, swapped
from tests.domains.connections.sandbox import ShopifyStandIn
from tests.support.accounts import Person
from tests.support.world import Furnished, World

Params = dict[str, str]


@dataclass(slots=True)
class Sweep:
    """What was asked, and what was wrong with the answers."""

    world: World
    shopify: ShopifyStandIn
    findings: list[str] = field(default_factory=list)
    asked: int = 0
    covered: set[str] = field(default_factory=set)

    async def over(self, doors: Iterable[Door], roles: Iterable[Role] = tuple(Role)) -> Sweep:
        """Try these doors as a member of A in each of these roles."""
        digest = await self.world.digest(self.world.b)
        for door in doors:
            for role in roles:
                await self._try(door, role)
            after = await self.world.digest(self.world.b)
            if after != digest:
                self.findings.append(f"{door.key}: something of B changed")
                digest = after
            self.covered.add(door.key)
        return self

    async def _try(self, door: Door, role: Role) -> None:
        a, b = self.world.a, self.world.b
        person = a.people[role]
        if door.streams:
            await self._listen(door, person)
            return
        made = await SAMPLES[door.key](a, person, self.shopify) if door.unsafe else None
        own = made or Sample()
        if door.named("path"):
            theirs, nobodys = path_of(door, b), {name: str(uuid7()) for name in path_of(door, b)}
            await self._compare(door, role, (theirs, {}, own.body), (nobodys, {}, own.body), ids=True)
        path = path_of(door, a, own)
        body = swapped(own.body, a, lambda kind: _name(b, kind))
        if body != own.body:
            nothing = swapped(own.body, a, lambda kind: _nobodys(b, kind))
            with_ids = set(door.fields()) & set(IDS["body"])
            await self._compare(door, role, (path, {}, body), (path, {}, nothing), ids=bool(with_ids))
        for name in set(door.fields()) & set(IDS["body"]):
            theirs, nobodys = str(b.ids[IDS["body"][name]]), str(uuid7())
            bodies = ((own.body or {}) | {name: value} for value in (theirs, nobodys))
            await self._compare(door, role, *((path, {}, body) for body in bodies), ids=True)
        if not door.unsafe:
            path = path_of(door, a)
            for theirs, nobodys in await self._queries(door, b):
                await self._compare(door, role, (path, theirs, None), (path, nobodys, None), ids=False)
            await self._ask(door, person, path, {"tenantId": str(b.ids["tenant"])}, None)

    async def _queries(self, door: Door, b: Furnished) -> list[tuple[Params, Params]]:
        """Queries with something of B, each with the same of nobody."""
        named = door.named("query")
        ids = {p.name: (str(b.ids[IDS["query"][p.name]]), str(uuid7())) for p in named if p.name in IDS["query"]}
        made: list[tuple[Params, Params]] = []
        for name, (theirs, nobodys) in ids.items():
            with_it = {"subjectType": "order"} if name == "subjectId" else {}
            made.append(({name: theirs} | with_it, {name: nobodys} | with_it))
        for param in named:
            if param.name in WORDS and (word := WORDS[param.name](b)) and b.mark in word and param.name != "subjectType":
                made.append(({param.name: word}, {param.name: word.replace(b.mark, "nobody")}))
        if any(param.name == "cursor" for param in named):
            page = await b.owner.http.get(address(door, path_of(door, b)), params={"limit": "1"})
            cursor = page.json()["nextCursor"]
            if cursor is None:
                self.findings.append(f"{door.key}: B's list has no second page, so its cursor cannot be tried")
            else:
                made.append(({"cursor": cursor, "limit": "100"}, {"limit": "100"}))
        return made

    async def _compare(
        self, door: Door, role: Role, theirs: tuple[Params, Params, Any], nobodys: tuple[Params, Params, Any], *, ids: bool
    ) -> None:
        """What is B's must be answered exactly like what nobody has: then there is nothing to learn."""
        person = self.world.a.people[role]
        answer = await self._ask(door, person, *theirs)
        expected = await self._ask(door, person, *nobodys)
        name = f"{role} {door.key} {theirs}"
        if not door.admits(role):
            if (answer.status_code, said(answer)) != (403, said(expected)):
                self.findings.append(f"{name}: {answer.status_code} instead of a refusal")
            return
        if "cursor" in theirs[1]:
            # A place in B's list is at most a place in A's own: whatever comes, comes from A (`_ask` looks for B's marks).
            return
        if said(answer) != said(expected):
            self.findings.append(f"{name}: told apart from nobody's: {answer.status_code} {answer.text[:200]}")
        if ids and answer.status_code != 404:
            self.findings.append(f"{name}: {answer.status_code} instead of 404: {answer.text[:200]}")
        if door.unsafe and not 400 <= answer.status_code < 500:
            self.findings.append(f"{name}: {answer.status_code}, although it named something of B")

    async def _ask(self, door: Door, person: Person, path: Params, params: Params, body: Any) -> httpx.Response:
        self.asked += 1
        foreign = {"x-tenant-id": str(self.world.b.ids["tenant"])}
        answer = await person.http.request(door.method, address(door, path), params=params, json=body, headers=foreign)
        name = f"{person.role} {door.key} {path} {params} {body}"
        self.findings += [f"{name}: {fault}" for fault in faults(answer)]
        if not answer.is_redirect:  # which leads to the very shop that was named
            self.findings += [f"{name}: shows {secret}" for secret in leaked(answer, self.world.b)]
        if door.unsafe and answer.is_success:
            await self.world.a.sign_in(person.role)
        return answer

    async def _listen(self, door: Door, person: Person) -> None:
        """B's news are not A's, not even for a browser that names one of B's events as the last it saw."""
        a, b, news = self.world.a, self.world.b, self.world.house.wired.services.get(LiveNews)
        await news.publish(b.owner.tenant_id, "data.changed", {"note": b.mark}, permission=None)
        last = await self.world.house.wired.redis.xrevrange(f"live:{{{b.owner.tenant_id}}}:events", count=1)
        first = last[0][0]
        headers = {"last-event-id": first.decode() if isinstance(first, bytes) else first, "x-tenant-id": str(b.ids["tenant"])}
        self.asked += 1
        async with listening(person, door.path, **headers) as stream:
            await news.publish(b.owner.tenant_id, "data.changed", {"note": b.mark}, permission=None)
            await news.publish(a.owner.tenant_id, "data.changed", {"note": f"end {a.mark}"}, permission=None)
            await stream.until(f"end {a.mark}")
        if any(secret in stream.text for secret in b.secrets):
            self.findings.append(f"{person.role} {door.key}: hears {stream.text}")


def leaked(answer: httpx.Response, b: Furnished) -> list[str]:
    """What of B an answer shows."""
    text = shown(answer)
    return [secret for secret in b.secrets if secret in text]


def _name(b: Furnished, kind: str) -> str:
    return b.owner.email if kind == "email" else b.texts[kind] if kind in b.texts and kind != "tenant" else _id_or_text(b, kind)


def _id_or_text(b: Furnished, kind: str) -> str:
    return str(b.ids[kind]) if kind in b.ids else b.texts[kind]


def _nobodys(b: Furnished, kind: str) -> str:
    return str(uuid7()) if kind in b.ids else _name(b, kind).replace(b.mark, "nobody0")
