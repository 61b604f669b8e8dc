"""`python -m bench [NAME …]`: start servers of its own, run, print tables, write bench/results.json.

The second table is what docs/performance.md keeps.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import traceback
from pathlib import Path

from bench import first_load, importing, rates, reading, starting  # noqa: F401 (each registers its benchmarks)
from bench.harness import REGISTRY, Bench, Figure, markdown, table
from bench.machine import description
from storekeep.entry.embedded import servers
from storekeep.entry.embedded.postgres import PostgresServer
from storekeep.entry.embedded.redis import RedisServer

HERE = Path(__file__).parent
HOME = Path(os.environ.get("BENCH_HOME", HERE.parent / ".storekeep-bench")).absolute()
_PASSWORD = "bench"


def main() -> int:
    """0 when every goal was met, 1 when one was missed or a benchmark broke, 2 for an unknown name."""
    wanted = sys.argv[1:] or list(REGISTRY)
    if unknown := [name for name in wanted if name not in REGISTRY]:
        print(f"No benchmark is called {', '.join(unknown)}. There are: {', '.join(REGISTRY)}.", file=sys.stderr)
        return 2
    machine = description()
    print(machine, flush=True)
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
        figures, broken = asyncio.run(run(bench, wanted))
    finally:
        for process in reversed(started):
            process.stop()
    print(f"\n{table(figures)}\n\n{machine}\n\n{markdown(figures)}")
    (HERE / "results.json").write_text(json.dumps([f.wire() for f in figures], indent=2) + "\n")
    if broken:
        print(f"\nBroke, see above: {', '.join(broken)}", file=sys.stderr)
    return 0 if not broken and all(f.ok for f in figures) else 1


async def run(bench: Bench, names: list[str]) -> tuple[list[Figure], list[str]]:
    """The figures of these benchmarks, one after another, and the names of those that broke; the others go on."""
    figures: list[Figure] = []
    broken: list[str] = []
    for name in names:
        began = time.monotonic()
        print(f"{name} …", flush=True)
        try:
            found = await REGISTRY[name](bench)
        except Exception:
            traceback.print_exc()
            broken.append(name)
            continue
        figures += found
        for figure in found:
            bench.say(f"{figure.name}: {figure.value:,.2f} {figure.unit}, ratio {figure.ratio:.2f} ({figure.goal})")
        bench.say(f"{time.monotonic() - began:.0f} s")
    return figures, broken


if __name__ == "__main__":
    sys.exit(main())
