"""Every page, wide and narrow, light and dark: axe finds nothing, nothing runs out of the window, and pictures can be kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.conftest import ARTIFACTS, NARROW, WIDE, NewPage, sign_in
from tests.browser.places import DOORS, go, places, settled

AXE = (Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js").read_text()
SIZES = {"wide": WIDE, "narrow": NARROW}
TWO = [("wide", "light"), ("narrow", "dark")]
# The ordinary run looks at every page once: these, whose parts the others share, wide and light, the others narrow and dark.
WIDE_LIGHT = {"sign-in", "insights", "orders", "customer", "run", "stores", "members", "connect", "lost"}
SOME_ROWS, EVERY_ROW = 10, 1_000  # of a list, whose rows are alike
FOUR = [(size, colour) for size in SIZES for colour in ("light", "dark")]
_SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}"""


_RUN_AXE = """(rows) => axe.run(
  { exclude: [...document.querySelectorAll('[data-row]')].filter((row) => Number(row.dataset.row) >= rows) },
  { resultTypes: ['violations'], preload: false },
)"""


async def _complaints(page: Page, rows: int) -> list[str]:
    """What axe finds on the page, of whose lists it looks at the first `rows` rows."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE)
    found: dict[str, Any] = await page.evaluate(_RUN_AXE, rows)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


async def _look(page: Page, name: str, looks: list[tuple[str, str]], rows: int) -> list[str]:
    """What is wrong with the page now open, in each look: what axe complains of, and what runs out of the window."""
    wrong = []
    for size, colour in looks:
        await page.set_viewport_size({"width": SIZES[size]["width"], "height": SIZES[size]["height"]})
        await page.emulate_media(color_scheme="dark" if colour == "dark" else "light")
        await settled(page)
        # Colours change a frame later, and badges and buttons fade between them even where motion is reduced.
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        await page.evaluate("() => Promise.allSettled(document.getAnimations().map((one) => one.finished))")
        if looks == FOUR:
            await page.screenshot(path=ARTIFACTS / f"{name}-{size}-{colour}.png")
        wrong += [f"{name} {size} {colour}: {one}" for one in await _complaints(page, rows)]
        over = await page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            wrong.append(f"{name} {size}: {over} px wider than the window")
    await page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})
    await page.emulate_media(color_scheme="light")
    return wrong


def _once(name: str) -> list[tuple[str, str]]:
    return [TWO[0] if name in WIDE_LIGHT else TWO[1]]


def _every(_: str) -> list[tuple[str, str]]:
    return FOUR


async def _look_at_all(page: Page, looks: Callable[[str], list[tuple[str, str]]], rows: int) -> list[str]:
    ARTIFACTS.mkdir(exist_ok=True)
    wrong = []
    for name, path in DOORS.items():
        await page.goto(path)
        wrong += await _look(page, name, looks(name), rows)
    await sign_in(page)
    await page.goto("/orders")
    for name, path in (await places(page)).items():
        await go(page, path)
        wrong += await _look(page, name, looks(name), rows)
    return wrong


async def test_axe_finds_something_where_something_is_wrong(new_page: NewPage) -> None:
    page = await new_page()
    await page.goto("/sign-in")
    await settled(page)
    planted = "<button style='color:#bbb;background:#fff;font-size:12px'>Faint</button><button></button>"
    await page.evaluate("(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", planted)
    found = {complaint.split(":")[0] for complaint in await _complaints(page, EVERY_ROW)}
    assert {"color-contrast", "button-name"} <= found


async def test_every_page_of_the_demo(new_page: NewPage) -> None:
    wrong = await _look_at_all(await new_page(), _once, SOME_ROWS)
    assert not wrong, "\n".join(wrong)


@pytest.mark.long
async def test_every_page_of_the_demo_in_every_look(new_page: NewPage) -> None:
    wrong = await _look_at_all(await new_page(), _every, EVERY_ROW)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("rows", [SOME_ROWS, pytest.param(EVERY_ROW, marks=pytest.mark.long)])
async def test_awkward_data_keeps_its_place(new_page: NewPage, rows: int) -> None:
    """Three currencies, three time zones, right-to-left names, emoji, an order with 300 lines."""
    ARTIFACTS.mkdir(exist_ok=True)
    page = await new_page()
    await sign_in(page, "owner@other.storekeep.test")
    await page.goto("/orders")
    known = await places(page)
    wrong = []
    for name in ("insights", "orders", "long-order"):
        await go(page, await _longest_order(page) if name == "long-order" else known[name])
        wrong += await _look(page, f"awkward-{name}", _once(name), rows)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("narrow", [False, True])
async def test_the_dashboard_stays_in_place_while_it_loads(new_page: NewPage, narrow: bool) -> None:
    page = await new_page(narrow=narrow)
    await sign_in(page)
    await page.goto("/insights")
    await page.evaluate(_SHIFTS)
    await settled(page)
    # What the last part moves is reported a frame later.
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
    assert await page.evaluate("() => window.shifted") <= 0.1


async def _longest_order(page: Page) -> str:
    """The address of the order with the most items."""
    longest: dict[str, Any] = {"itemCount": -1, "id": ""}
    cursor: str | None = ""
    while cursor is not None:
        asked = f"/api/orders?limit=100{f'&cursor={cursor}' if cursor else ''}"
        answer: dict[str, Any] = await (await page.request.get(asked)).json()
        longest = max([longest, *answer["items"]], key=lambda order: int(order["itemCount"]))
        cursor = answer["nextCursor"]
    return f"/orders/{longest['id']}"
