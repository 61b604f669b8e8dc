"""`python -m bench [NAME …]`: start servers of its own, run, print a table, write bench/results.json."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from bench import first_load, importing, rates, reading, starting  # noqa: F401 (each registers its benchmarks)
from bench.harness import REGISTRY, Bench, Figure, table
from storekeep.entry.embedded import servers
from storekeep.entry.embedded.postgres import PostgresServer
from storekeep.entry.embedded.redis import RedisServer

HERE = Path(__file__).parent
HOME = Path(os.environ.get("BENCH_HOME", HERE.parent / ".storekeep-bench")).absolute()
_PASSWORD = "bench"


def main() -> int:
    """0 when every goal was met, 1 when one was missed, 2 for an unknown name."""
    wanted = sys.argv[1:] or list(REGISTRY)
    if unknown := [name for name in wanted if name not in REGISTRY]:
        print(f"No benchmark is called {', '.join(unknown)}. There are: {', '.join(REGISTRY)}.", file=sys.stderr)
        return 2
    HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
    postgres = PostgresServer(HOME / "postgres", _PASSWORD, HOME / "postgres.log")
    redis = RedisServer(HOME / "redis", _PASSWORD, HOME / "redis.log")
    started = []
    try:
        database, port = servers.start(postgres)
        started.append(database)
        cache, redis_port = servers.start(redis)
        started.append(cache)
        bench = Bench(postgres.dsn(port), redis.url(redis_port), os.environ.get("SIZE") == "full")
        figures = asyncio.run(run(bench, wanted))
    finally:
        for process in reversed(started):
            process.stop()
    print("\n" + table(figures))
    (HERE / "results.json").write_text(json.dumps([f.wire() for f in figures], indent=2) + "\n")
    return 0 if all(f.ok for f in figures) else 1


async def run(bench: Bench, names: list[str]) -> list[Figure]:
    """The figures of these benchmarks, one after another."""
    figures: list[Figure] = []
    for name in names:
        began = time.monotonic()
        print(f"{name} …", flush=True)
        figures += await REGISTRY[name](bench)
        print(f"    {time.monotonic() - began:.0f} s", flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main())
