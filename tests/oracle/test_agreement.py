"""A second program, which shares no code with the product, recomputes every figure from the shops' raw state: no differences."""

from __future__ import annotations

import ast
import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from storekeep.sandbox.config import AWKWARD, AWKWARD_JPY, AWKWARD_KWD, ONLINE_RETAIL
from tests.oracle.agreement import Agreement, Choice
from tests.oracle.conftest import second_opinion, shopify_ids
from tests.support.copied import Copied

HERE = Path(__file__).parent
PROGRAM = ("__main__.py", "answers.py", "orders.py", "raw.py", "rounding.py")
SMALL = (AWKWARD, AWKWARD_JPY, AWKWARD_KWD)
CHOICES = 50
# What a shop's merchant and customers do all day, and how often. Deletions are news only to those who read everything again.
BUSY = {
    "create_order": 12,
    "refund_order": 8,
    "edit_order": 4,
    "cancel_order": 4,
    "fulfil_order": 4,
    "pay_order": 2,
    "settle_refunds": 1,
    "update_order": 1,
    "create_customer": 1,
    "update_customer": 1,
    "create_product": 1,
    "update_product": 1,
}


@pytest.fixture(scope="module")
def seed() -> int:
    """The seed of this run; ORACLE_SEED repeats one."""
    return int(os.environ.get("ORACLE_SEED") or random.SystemRandom().randrange(10**6))


@pytest.fixture(scope="module")
async def busy(copied: Copied, seed: int) -> AsyncIterator[Copied]:
    """Four shops, copied, changed in many ways at many times, and copied again."""
    dice = random.Random(seed)
    for shop in SMALL:
        await copied.copy(shop)
    for shop in SMALL:
        # The largest order's ledger is longer than a page.
        largest = max(await copied.desk.raw(shop), key=lambda record: len(record.get("lines", ())))
        await copied.desk.edit(shop, "edit_order", id=int(largest["id"]), seed=dice.randrange(10**6), at=some_time(dice))
    for shop in (ONLINE_RETAIL, *SMALL):
        for action in dice.choices(list(BUSY), list(BUSY.values()), k=40):
            # Nothing in the shop may be fit for it (no refund that could still settle); then it is not done.
            with suppress(AssertionError):
                await copied.desk.edit(shop, action, seed=dice.randrange(10**6), at=some_time(dice))
        await copied.copy(shop)
    for shop in SMALL:
        for _ in range(4):
            await copied.desk.edit(shop, "random", count=15, seed=dice.randrange(10**6), at=some_time(dice))
        for action in ("delete_customer", "delete_order", "delete_product"):
            await copied.desk.edit(shop, action, seed=dice.randrange(10**6))
        await asyncio.sleep(1.1)  # what is created in the second in which a run begins is the next run's business
        await copied.copy(shop, full=True)
    yield copied


def some_time(dice: random.Random) -> str:
    """A moment of the last year."""
    return (datetime.now(UTC) - timedelta(seconds=dice.randrange(365 * 86_400))).isoformat()


def some_choice(dice: random.Random) -> Choice:
    """A question somebody might ask: around the shops' days, where clocks change, at their edges, and past them."""
    today = datetime.now(UTC).date()
    first = dice.choice(
        [
            today - timedelta(days=dice.randrange(400)),
            date(2011, 1, 1) + timedelta(days=dice.randrange(90)),
            date(2011, 3, 26),
            date(2026, 3, 28),
            date(2026, 10, 24),
            date(2010, 12, 31),
        ]
    )
    length = dice.choice([1, 1, 2, 7, 30, 31, 90, 365, 366, 1 + dice.randrange(800)])
    return Choice(
        shop=dice.choice([None, None, ONLINE_RETAIL, *SMALL]),
        currency=dice.choice([None, None, "GBP", "EUR", "JPY", "KWD", "CHF"]),
        first=first,
        last=first + timedelta(days=length - 1),
        compare=dice.choice(["previous", "year", "none"]),
        interval=dice.choice(["day", "week", "month"]),
    )


async def test_no_figure_differs_from_the_second_opinion(busy: Copied, seed: int) -> None:
    print(f"ORACLE_SEED={seed}")  # noqa: T201 (shown when the test fails)
    dice = random.Random(seed)
    agreement = Agreement(busy, await second_opinion(busy), await shopify_ids(busy))
    wrong = []
    for _ in range(CHOICES):
        choice = some_choice(dice)
        wrong += [(choice, *difference) for difference in await agreement.differences(choice)]
    assert not wrong, f"ORACLE_SEED={seed}: {len(wrong)} differences, the first: {wrong[:3]}"


def test_the_second_opinion_shares_no_code_with_the_product() -> None:
    for name in PROGRAM:
        imported = set()
        for node in ast.walk(ast.parse((HERE / name).read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
        ours = {module for module in imported if module.startswith("tests.")}
        assert {module.rpartition(".")[2] + ".py" for module in ours} <= set(PROGRAM), name
        standard = {module.partition(".")[0] for module in imported - ours}
        assert standard <= sys.stdlib_module_names, name
