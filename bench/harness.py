"""What a benchmark is, and how two things are measured in turn so that a machine's moods fall on both."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `ratio` is value ÷ baselineValue; `goal` says in words what `ok` means."""

    name: str
    value: float
    unit: str
    baseline: str
    baseline_value: float
    ratio: float
    goal: str
    ok: bool

    def wire(self) -> dict[str, Any]:
        """As it stands in results.json."""
        fields = asdict(self)
        fields["baselineValue"] = fields.pop("baseline_value")
        return {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in (
                (k, fields[k]) for k in ("name", "value", "unit", "baseline", "baselineValue", "ratio", "goal", "ok")
            )
        }


Benchmark = Callable[["Bench"], Awaitable[list[Figure]]]
REGISTRY: dict[str, Benchmark] = {}


def benchmark(name: str) -> Callable[[Benchmark], Benchmark]:
    """Register a benchmark under `name`, the NAME of `make bench`."""

    def keep(run: Benchmark) -> Benchmark:
        REGISTRY[name] = run
        return run

    return keep


@dataclass(frozen=True, slots=True)
class Bench:
    """What a benchmark is given: addresses of the servers, the sizes wanted, and a way to say how far it is."""

    superuser_dsn: str
    redis_url: str
    full: bool

    def say(self, text: str) -> None:
        """A line of progress."""
        print(f"    {text}", flush=True)


async def in_turn(
    ours: Callable[[], Awaitable[float]], baseline: Callable[[], Awaitable[float]], rounds: int = ROUNDS
) -> tuple[float, float]:
    """Medians of both after one warm-up each, measured A B A B …"""
    await ours()
    await baseline()
    pairs = [(await ours(), await baseline()) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def at_least(name: str, value: float, unit: str, baseline: str, baseline_value: float, goal: float) -> Figure:
    """A figure whose ratio to the baseline should be `goal` or more."""
    ratio = value / baseline_value if baseline_value else float("inf")
    return Figure(name, value, unit, baseline, baseline_value, ratio, f"ratio ≥ {goal:g}", ratio >= goal)


def at_most(name: str, value: float, unit: str, baseline: str, baseline_value: float, goal: float) -> Figure:
    """A figure whose ratio to the baseline should be `goal` or less."""
    ratio = value / baseline_value if baseline_value else float("inf")
    return Figure(name, value, unit, baseline, baseline_value, ratio, f"ratio ≤ {goal:g}", ratio <= goal)


def table(figures: list[Figure]) -> str:
    """The figures as aligned lines."""
    rows = [("figure", "value", "baseline", "ratio", "goal", "")]
    for f in figures:
        rows.append(
            (
                f.name,
                f"{f.value:,.2f} {f.unit}",
                f"{f.baseline_value:,.2f} {f.unit} ({f.baseline})",
                f"{f.ratio:.2f}",
                f.goal,
                "ok" if f.ok else "MISSED",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def markdown(figures: list[Figure]) -> str:
    """The figures as a table for the documentation."""
    lines = ["| figure | value | baseline | ratio | goal | |", "| --- | ---: | ---: | ---: | --- | --- |"]
    for f in figures:
        value, baseline = (f"{number:,.1f} {f.unit}" for number in (f.value, f.baseline_value))
        met = "met" if f.ok else "**missed**"
        lines.append(f"| {f.name} | {value} | {baseline} ({f.baseline}) | {f.ratio:.2f} | {f.goal} | {met} |")
    return "\n".join(lines)
