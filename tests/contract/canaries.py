"""Secrets that are watched: a product whose every secret is known to the test, and every place where one could turn up."""

from __future__ import annotations

import base64
import io
import json
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import asyncpg
import httpx
from redis.asyncio import Redis
from sqlalchemy import select

from storekeep.domains.connections.models import Store
from storekeep.domains.connections.vault import open_tokens
from storekeep.entry.rooms import all_metadata, job_kinds
from storekeep.entry.wiring import secret_values
from storekeep.kit.scope import Scope
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from storekeep.runtime.logging import configure_logging
from storekeep.runtime.settings import SecretSettings, Settings, ShopifySettings
from tests.support.accounts import House, build_house, test_settings
from tests.support.database import TestDatabase

KEY = base64.b64encode(b"canary key: thirty-two bytes ok!").decode()
SESSION_SECRET = "canary-session-secret-0123456789-abcdef"


@dataclass(slots=True)
class Watch:
    """The product, its log from the first line on, and the secrets that must not be seen, by name."""

    house: House
    settings: Settings
    log: io.StringIO
    superuser: asyncpg.Connection
    secrets: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)

    @property
    def shaped(self) -> dict[str, str]:
        """Those a log can tell by their looks or was told of; a person's password in a programmer's sentence it cannot."""
        return {name: secret for name, secret in self.secrets.items() if not name.startswith("password")}

    def saw(self, answer: httpx.Response) -> httpx.Response:
        """Remember what an answer told its reader. Its cookies are meant for them."""
        headers = [f"{name}: {value}" for name, value in answer.headers.multi_items() if name != "set-cookie"]
        self.answers.append("\n".join((*headers, answer.text)))
        return answer

    def listen(self) -> None:
        """From now on this process logs into `log`, as the served product would; whoever makes another house ends that."""
        configure_logging(level="DEBUG", stream=self.log, secrets=secret_values(self.settings))

    def runner(self) -> JobRunner:
        """A worker's runner in the same product."""
        return JobRunner(self.house.db, self.house.wired.services, job_kinds(), RunnerTimes())

    async def learn_tokens(self, scope: Scope) -> int:
        """From now on the tokens of the tenant's stores are watched, too; how many there are."""
        cipher, found = self.house.wired.services.get(TokenCipher), 0
        async with self.house.db.tenant(scope) as session:
            for store in (await session.execute(select(Store))).scalars():
                tokens = open_tokens(cipher, store)
                for name, token in (("access", tokens and tokens.access), ("refresh", tokens and tokens.refresh)):
                    if token:
                        found += 1
                        self.secrets[f"{name} token {found} of {scope.tenant_id}"] = token
        return found

    async def sightings(self) -> list[str]:
        """Where a secret was seen: in the log, in answers, in Redis, in any table, in any process's arguments."""
        wanted = {name: _spellings(secret) for name, secret in self.secrets.items()}
        places = {"the log": self.log.getvalue(), "an answer": "\n".join(self.answers), "a command line": command_lines()}
        places |= {f"Redis {key}": value async for key, value in _redis(self.house.wired.redis)}
        found = [
            f"{name} in {place}: …{text[max(0, text.index(spelling) - 200) :][:300]}…"
            for place, text in places.items()
            for name, spellings in wanted.items()
            for spelling in spellings
            if spelling in text
        ]
        self.answers.clear()
        return found + await self._rows(wanted)

    async def _rows(self, wanted: dict[str, list[str]]) -> list[str]:
        every = [spelling.encode() for spellings in wanted.values() for spelling in spellings]
        patterns = [f"%{text.decode().replace('%', '_')}%" for text in every] + [f"%{text.hex()}%" for text in every]
        found = []
        for table in all_metadata().sorted_tables:
            query = f"SELECT to_jsonb(x)::text FROM {table.name} x WHERE to_jsonb(x)::text LIKE ANY ($1) LIMIT 3"
            found += [f"table {table.name}: {row[0][:300]}" for row in await self.superuser.fetch(query, patterns)]
        return found


def _spellings(secret: str) -> list[str]:
    """The ways a text can be written down."""
    return sorted({secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]})


async def _redis(redis: Redis) -> AsyncIterator[tuple[str, str]]:
    async for key in redis.scan_iter():
        kind = (await redis.type(key)).decode()
        read: Any = {
            "string": lambda key: redis.get(key),
            "hash": lambda key: redis.hgetall(key),
            "list": lambda key: redis.lrange(key, 0, -1),
            "set": lambda key: redis.smembers(key),
            "zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
            "stream": lambda key: redis.xrange(key),
        }[kind]
        yield str(key), f"{key!r} {await read(key)!r}"


def command_lines() -> str:
    """What `ps` shows of every process."""
    lines = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                lines.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue  # it has ended
    return "\n".join(lines)


def environments(names: Iterable[str]) -> dict[str, str]:
    """The environment of every process of ours whose command is one of `names`, by its number."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and Path(os.readlink(folder / "exe")).name in names:
                found[folder.name] = (folder / "environ").read_bytes().replace(b"\0", b"\n").decode(errors="replace")
        except OSError:
            continue
    return found


@asynccontextmanager
async def watching(database: TestDatabase, redis_url: str, shopify: ShopifySettings) -> AsyncIterator[Watch]:
    """A product that logs as the served one does, at its most talkative; nothing of earlier tests is in its Redis."""
    settings = test_settings(database, redis_url)
    settings.shopify = shopify
    settings.secrets = SecretSettings(
        encryption_key=KEY, session_secret=SESSION_SECRET, encryption_key_previous=None, session_secret_previous=None
    )
    async with AsyncExitStack() as stack:
        house = await build_house(settings, stack)
        stack.callback(lambda: configure_logging(stream=io.StringIO()))
        superuser = await asyncpg.connect(database.superuser_dsn)
        stack.push_async_callback(superuser.close)
        await house.wired.redis.flushdb()
        watch = Watch(house, settings, io.StringIO(), superuser)
        watch.listen()
        watch.secrets |= {"encryption key": KEY, "session secret": SESSION_SECRET}
        watch.secrets["client secret"] = shopify.api_secret.get_secret_value()
        for name, url in (("runtime", database.urls.runtime), ("system", database.urls.system), ("redis", redis_url)):
            password = urlsplit(url).password
            assert password
            watch.secrets[f"{name} address"] = password
        yield watch
