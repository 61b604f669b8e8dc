"""A worker killed (-9) anywhere in a sync: the next one finishes it, and nothing is lost, doubled or stuck.

`POINT=delta:17` plays one point, `FAULT_SEED=…` repeats a choice; the numbers are those a failure prints.
"""

from __future__ import annotations

import os
import random
import signal

import pytest

from tests.faults.points import COMMIT, END
from tests.faults.scenes import Scene, Stage

SCENES = ("initial", "delta", "resync")
CHOSEN, MANY = len(SCENES), 200


async def _choose(stage: Stage, many: int) -> list[tuple[Scene, int]]:
    """Points to die at: the one POINT names, or `many` at random, no scene oftener than another, each point once at first."""
    if wanted := os.environ.get("POINT"):
        name, _, number = wanted.partition(":")
        return [(await stage.scene(name), int(number))]
    dice = random.Random(stage.seed)
    order = dice.sample(SCENES, len(SCENES))
    decks: dict[str, list[int]] = {name: [] for name in SCENES}
    chosen = []
    for turn in range(many):
        scene = await stage.scene(order[turn % len(order)])
        deck = decks[scene.name]
        if not deck:
            deck.extend(dice.sample(range(len(scene.points)), len(scene.points)))
        chosen.append((scene, deck.pop()))
    return chosen


@pytest.mark.parametrize("many", [CHOSEN, pytest.param(MANY, marks=pytest.mark.long)])
async def test_a_sync_killed_anywhere_ends_as_if_it_had_not_been(stage: Stage, many: int) -> None:
    for scene, number in await _choose(stage, many):
        died, wrong = await stage.play(scene, number)
        where = f"FAULT_SEED={stage.seed} POINT={scene.name}:{number} (before {scene.points[number]!r})"
        assert died == -signal.SIGKILL, f"{where}: the worker ended with {died}"
        assert not wrong, f"{where}: {len(wrong)} differences: {wrong[:5]}"


async def test_the_points_cover_every_step_of_every_kind_of_sync(stage: Stage) -> None:
    for name, calls in (
        ("initial", {"BulkRun", "BulkStatus", "OrdersCount", "CustomersCount", "ProductsCount", "OrderRefunds"}),
        ("delta", {"OrdersDelta", "CustomersDelta", "ProductsDelta", "OrderRefunds", "OrderLedger", "ProductIds"}),
        ("resync", {"BulkRun", "BulkStatus", "OrdersCount", "OrderRefunds", "OrderLedger"}),
    ):
        points = (await stage.scene(name)).points
        assert {f"POST {call}" for call in calls} <= set(points), name
        assert points.count(COMMIT) > 20, name
        assert points[-1] == END, name
    assert (await stage.scene("delta")).points.count("POST OrdersDelta") > 1, "a delta of one page goes on nowhere"
