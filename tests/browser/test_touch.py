"""On a phone, what is drawn smaller than a finger is met all around, and by nothing else."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator

from tests.browser.conftest import NewPage, sign_in
from tests.browser.places import go, ids, settled

# The corners and the middle of 44 by 44 pixels around it: whose would a touch there be?
_MISSED = """(element) => {
  element.scrollIntoView({ block: 'center' });
  const box = element.getBoundingClientRect();
  const owner = element.closest('label') ?? element;
  // Half a pixel within the edges, and the browser rounds.
  const steps = [-21, 0, 21];
  const points = steps.flatMap((x) => steps.map((y) => [x, y]));
  const missed = points.filter(([x, y]) => {
    const met = document.elementFromPoint(box.left + box.width / 2 + x, box.top + box.height / 2 + y);
    return !owner.contains(met);
  });
  return { drawn: [box.width, box.height], missed };
}"""


async def _small_but_met(control: Locator) -> None:
    await control.first.wait_for()
    found: dict[str, Any] = await control.first.evaluate(_MISSED)
    assert max(found["drawn"]) < 44
    assert found["missed"] == []


async def test_small_controls_are_met_by_a_finger(new_page: NewPage) -> None:
    page = await new_page(narrow=True)
    await page.goto("/sign-in")
    await settled(page)
    await _small_but_met(page.get_by_role("button", name="Show or hide what is typed"))
    await sign_in(page)
    await page.goto("/insights")
    await settled(page)
    await _small_but_met(page.locator("article").get_by_role("button", name="What Orders means"))
    await _small_but_met(page.get_by_role("button", name="Total sales over time: more"))
    await go(page, f"/orders/{(await ids(page))['order']}")
    await _small_but_met(page.get_by_role("button", name="Copy Shopify id"))


async def test_a_finger_beside_a_card_s_box_picks_the_order_and_does_not_open_it(new_page: NewPage) -> None:
    page = await new_page(narrow=True)
    await sign_in(page)
    await page.goto("/orders")
    await settled(page)
    box = page.get_by_role("checkbox").first
    await _small_but_met(box)
    place = await box.bounding_box()
    assert place
    await page.mouse.click(place["x"] - 8, place["y"] - 8)
    assert await box.is_checked()
    assert page.url.endswith("/orders")
