"""How many authenticated requests a process answers a second, against a bare FastAPI route with one query."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from itertools import cycle

import asyncpg

from bench.databases import kept
from bench.harness import Bench, Figure, at_least, benchmark, in_turn
from bench.processes import answers, environment, free_port, running
from storekeep.kit.clock import now
from storekeep.kit.ids import uuid7

USERS = 200
CONNECTIONS = 16
SECONDS = 3.0
_TOKENS = [urlsafe_b64encode(hashlib.sha256(f"bench {number}".encode()).digest()).decode().rstrip("=") for number in range(USERS)]


async def _fill(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    moment = now()
    try:
        for token in _TOKENS:
            tenant, user, member = uuid7(), uuid7(), uuid7()
            email = f"{secrets.token_hex(6)}@bench.test"
            await connection.execute(
                "INSERT INTO tenants (id, name, created_at, updated_at) VALUES ($1, 'Bench', $2, $2)", tenant, moment
            )
            await connection.execute(
                "INSERT INTO users (id, email, email_norm, name, password_hash, created_at, updated_at)"
                " VALUES ($1, $2, $2, 'Bench', '', $3, $3)",
                user,
                email,
                moment,
            )
            await connection.execute(
                "INSERT INTO members (tenant_id, id, user_id, role, created_at, updated_at) VALUES ($1, $2, $3, 'owner', $4, $4)",
                tenant,
                member,
                user,
                moment,
            )
            await connection.execute(
                "INSERT INTO sessions (id, token_hash, user_id, active_tenant_id, expires_at, last_seen_at, created_at)"
                " VALUES ($1, $2, $3, $4, $5::timestamptz + interval '20 years', $5, $5)",
                uuid7(),
                hashlib.sha256(token.encode()).digest(),
                user,
                tenant,
                moment,
            )
    finally:
        await connection.close()


async def _rate(port: int, requests: list[bytes]) -> float:
    """Requests answered a second over CONNECTIONS kept-alive connections."""
    turns = cycle(requests)
    done = 0
    end = time.perf_counter() + SECONDS

    async def client() -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            writer.write(next(turns))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode("latin-1").splitlines()[0])
            size = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            await reader.readexactly(size)
            done += 1
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return done / (time.perf_counter() - began)


@benchmark("request-rate")
async def request_rate(bench: Bench) -> list[Figure]:
    """GET /api/tenant, spread over seeded users: session, rate limit, permission, tenant transaction, all of it."""
    urls = await kept(bench.superuser_dsn, "bench_rates", _fill)
    whole = bench.superuser_dsn.rsplit("/", 1)[0] + "/" + urls.owner.rsplit("/", 1)[1]
    connection = await asyncpg.connect(whole)
    tenants = [row["id"] for row in await connection.fetch("SELECT id FROM tenants")]
    await connection.close()
    port, bare_port = free_port(), free_port()
    bare_env = {"BARE_DATABASE_URL": whole}
    env = environment(urls, bench.redis_url, port)
    async with (
        running(["-m", "storekeep.entry.cli", "serve"], env, "api"),
        running(["-m", "bench.bare_app"], environment(urls, bench.redis_url, bare_port, **bare_env), "bare"),
    ):
        await answers(f"http://127.0.0.1:{port}/healthz")
        await answers(f"http://127.0.0.1:{bare_port}/openapi.json")
        mine = [
            f"GET /api/tenant HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: storekeep_session={token}\r\n\r\n".encode()
            for token in _TOKENS
        ]
        bare = [f"GET /tenants/{tenant} HTTP/1.1\r\nHost: bench\r\n\r\n".encode() for tenant in tenants]
        ours, theirs = await in_turn(lambda: _rate(port, mine), lambda: _rate(bare_port, bare))
    return [at_least("authenticated requests", ours, "requests/s", "bare FastAPI route, one query", theirs, 0.5)]
