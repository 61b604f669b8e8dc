"""How fast a store is imported, against a bare pipeline over the same files, and how much memory that takes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from bench.databases import kept
from bench.harness import Bench, Figure, at_least, at_most, benchmark, in_turn
from bench.processes import answers, environment, free_port, running
from storekeep.entry.cli.demo_data import full_year
from storekeep.entry.embedded.roles import RoleUrls, prepare_roles
from storekeep.sandbox.config import ONLINE_RETAIL

TENANT = UUID("01900000-0000-7000-8000-000000000009")
STORE = UUID("01900000-0000-7000-8000-00000000000a")
GOAL = 0.6
MEMORY_MB = 250.0
FLAT = 1.15
_DATABASE = "bench_import_round"


async def _fill(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("INSERT INTO tenants (id, name, created_at, updated_at) VALUES ($1, 'Bench', now(), now())", TENANT)
    await connection.close()


async def _empty(bench: Bench) -> RoleUrls:
    """A database with nothing but the tenant, in place of the last round's."""
    template = (await kept(bench.superuser_dsn, "bench_import", _fill)).owner.rsplit("/", 1)[1].partition("?")[0]
    connection = await asyncpg.connect(bench.superuser_dsn)
    await connection.execute(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {_DATABASE} TEMPLATE {template}")
    await connection.close()
    return await prepare_roles(bench.superuser_dsn, _DATABASE)


async def _add_store(bench: Bench) -> None:
    """A store for the bare pipeline, which knows of no connecting."""
    address, _, options = bench.superuser_dsn.partition("?")
    connection = await asyncpg.connect(f"{address.rsplit('/', 1)[0]}/{_DATABASE}?{options}")
    await connection.execute(
        "INSERT INTO connections (tenant_id, id, type, status, label, created_at, updated_at)"
        " VALUES ($1, $2, 'SHOPIFY', 'CONNECTED', 'Bench', now(), now())",
        TENANT,
        STORE,
    )
    await connection.execute(
        "INSERT INTO stores (tenant_id, id, shop, shop_name, currency, time_zone, connected_via, generation, installed_at,"
        " scopes, sync_interval_minutes, sync_paused, customers_count, orders_count, products_count, created_at, updated_at)"
        " VALUES ($1, $2, 'bench.myshopify.com', 'Bench', 'GBP', 'Europe/London', 'CUSTOM_APP', 1, now(), '{read_all_orders}', 5,"
        " false, 0, 0, 0, now(), now())",
        TENANT,
        STORE,
    )
    await connection.close()


@asynccontextmanager
async def _stand_in(bench: Bench, multiply: int) -> AsyncIterator[str]:
    """A stand-in Shopify for the length of the block; where a shop answers ({shop} its domain)."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="storekeep-bench-shopify-") as state:
        arguments = ["-m", "bench.stand_in", "--state-dir", state, "--port", str(port), "--multiply", str(multiply)]
        if bench.full:
            given = os.environ.get("DEMO_DATA")
            arguments += ["--full-data", str(full_year(Path(given) if given else None))]
        async with running(arguments, dict(os.environ), "stand-in"):
            await answers(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}/shopify/{{shop}}"


async def _child(bench: Bench, urls: RoleUrls, shopify: str, *arguments: str) -> dict[str, Any]:
    """What `python -m <arguments>` printed, as JSON. Raises RuntimeError when it failed."""
    keys = {"SHOPIFY_API_KEY": "storekeep-dev-key", "SHOPIFY_API_SECRET": "storekeep-dev-secret"}
    env = environment(urls, bench.redis_url, free_port(), SHOPIFY_BASE_URL=shopify, **keys)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *arguments, env=env, stdout=subprocess.PIPE)
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{arguments[0]} ended with {process.returncode}: {out.decode()}")
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


async def _product(bench: Bench, shopify: str) -> dict[str, Any]:
    return await _child(bench, await _empty(bench), shopify, "bench.import_run", str(TENANT), ONLINE_RETAIL)


async def _bare(bench: Bench, shopify: str) -> dict[str, Any]:
    urls = await _empty(bench)
    await _add_store(bench)
    return await _child(bench, urls, shopify, "bench.bare_pipeline", str(TENANT), str(STORE), ONLINE_RETAIL)


@benchmark("import")
async def importing(bench: Bench) -> list[Figure]:
    """Lines of the files a second, from exports COMPLETED to rows stored, and the peak memory of the importing process."""
    async with _stand_in(bench, 1) as shopify:
        lines = float((await _bare(bench, shopify))["rows"])  # the same for both; it also warms the files up

        async def ours() -> float:
            return lines / float((await _product(bench, shopify))["seconds"])

        async def theirs() -> float:
            return lines / float((await _bare(bench, shopify))["seconds"])

        value, baseline = await in_turn(ours, theirs)
        once = float((await _product(bench, shopify))["peakMb"])
    async with _stand_in(bench, 4) as shopify:
        fourfold = float((await _product(bench, shopify))["peakMb"])
    return [
        at_least("import", value, "rows/s", "bare COPY and merge", baseline, GOAL),
        at_most("import peak memory, 4 x the store", fourfold, "MB", "budget", MEMORY_MB, 1.0),
        at_most("import peak memory, growth", fourfold, "MB", "1 x the store", once, FLAT),
    ]
