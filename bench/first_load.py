"""How much script a first visit loads."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from bench.harness import Bench, Figure, at_most, benchmark

DIST = Path(__file__).resolve().parents[1] / "frontend/dist"
BUDGET_KB = 250.0


@benchmark("first-load")
async def first_load(bench: Bench) -> list[Figure]:
    """Scripts that index.html names, and modules it preloads, gzipped, against the budget of 250 kB."""
    page = (DIST / "index.html").read_text()
    names = set(re.findall(r'(?:src|href)="/?([^"]+\.js)"', page))
    size = sum(len(gzip.compress((DIST / name).read_bytes(), 9)) for name in names) / 1000
    return [at_most("first-load script", size, "kB gzip", "budget", BUDGET_KB, 1.0)]
