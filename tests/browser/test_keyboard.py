"""A day's errand without a pointer: sign in, filter the orders, read one, come back; nothing traps, focus is always seen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NewPage, in_the_frame, sign_in
from tests.browser.places import settled

_FOCUSED = """async () => {
  // Rings and moves are there one frame after the focus, even where motion is reduced.
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  // A field shows it by its border, in the accent; a box or switch on the drawing beside the hidden input.
  const accent = getComputedStyle(document.documentElement).getPropertyValue('--sk-accent').trim();
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = accent;
  const bordered = style.borderTopColor === getComputedStyle(probe).color;
  probe.remove();
  const beside = element.nextElementSibling && getComputedStyle(element.nextElementSibling);
  const drawn = Boolean(beside && beside.outlineStyle !== 'none' && parseFloat(beside.outlineWidth) >= 2);
  const name = (element.getAttribute('aria-label') ?? element.textContent).trim().replace(/\\s+/g, ' ').slice(0, 60);
  element.dataset.stop ??= String((window.stops = (window.stops ?? 0) + 1));
  return {
    name,
    stop: element.dataset.stop,
    shown: ring || bordered || drawn,
    inside: box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
  };
}"""


async def _tab_to(page: Page, name: str, limit: int = 25) -> None:
    """Tab until the focused element has this accessible name."""
    for _ in range(limit):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(_FOCUSED)
        if focused and focused["name"] == name:
            return
    raise AssertionError(f"{name} is not reached by {limit} tabs")


async def _walk(page: Page, limit: int = 90) -> list[dict[str, Any]]:
    """Every stop from the top of the page until the round is complete."""
    stops: list[dict[str, Any]] = []
    for _ in range(limit):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(_FOCUSED)
        if focused is None or (stops and focused["stop"] == stops[0]["stop"]):
            return stops
        stops.append(focused)
    raise AssertionError(f"the round is not complete after {limit} tabs: {[stop['name'] for stop in stops[-6:]]}")


async def test_an_errand_with_the_keyboard_alone(new_page: NewPage) -> None:
    page = await new_page()
    await page.goto("/sign-in")
    await expect(page.get_by_label("Email")).to_be_focused()
    await page.keyboard.type("owner@demo.storekeep.test")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Password", exact=True)).to_be_focused()
    await page.keyboard.type("storekeep-demo")
    await page.keyboard.press("Enter")
    await in_the_frame(page)
    await settled(page)

    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name=re.compile("skip to", re.I))).to_be_focused()
    await _tab_to(page, "Orders")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/orders$"))
    await settled(page)

    await _tab_to(page, "Payment")
    await page.keyboard.press("Enter")
    await page.wait_for_function("() => document.activeElement?.closest('[role=menu]')")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitemradio", name="Paid", exact=True)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"[?&]payment=PENDING"))
    await expect(page.get_by_role("button", name="Payment: Pending")).to_be_focused()
    await settled(page)

    listed = (await (await page.request.get("/api/orders?financialStatus=PENDING&limit=3")).json())["items"]
    await page.evaluate("() => document.activeElement.blur()")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator('[data-row="0"]')).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator('[data-row="1"]')).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(listed[1]["id"]))
    await expect(page.get_by_role("heading", name=listed[1]["name"]).first).to_be_visible()
    # The row is gone with its page: the way goes on at the heading, whose neighbour leads back.
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Back to orders")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/orders\?payment=PENDING"))
    await settled(page)

    await page.keyboard.press("/")
    await expect(page.get_by_label("Search orders")).to_be_focused()
    await page.keyboard.type(listed[0]["name"])
    await page.wait_for_url(re.compile(r"[?&]q="))
    await expect(page.get_by_text("1 order", exact=True)).to_be_visible()


async def test_the_search_keys_lead_where_they_say_and_lose_no_letter(new_page: NewPage) -> None:
    page = await new_page()
    await sign_in(page)
    for address in ("/orders", "/customers", "/products"):
        await page.goto(address)
        await settled(page)
        await page.keyboard.press("/")
        await expect(page.get_by_label(f"Search {address[1:]}")).to_be_focused()
    listed = (await (await page.request.get("/api/orders?limit=1")).json())["items"][0]
    await page.evaluate("() => document.activeElement.blur()")
    await page.keyboard.press("Control+k")
    await page.keyboard.type(listed["name"])
    await expect(page.get_by_label("Find anything").last).to_have_value(listed["name"])
    found = page.locator("[data-action]", has_text=listed["name"])
    await expect(found.first).to_have_attribute("data-selected", "true")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/orders/[0-9a-f-]{36}$"))


# How many stops a page has at least.
_STOPS = {"/insights": 30, "/orders": 20, "/settings/stores": 18, "/settings/profile": 18}


@pytest.mark.parametrize("addresses", [["/orders", "/settings/stores"], pytest.param([*_STOPS], marks=pytest.mark.long)])
async def test_every_stop_is_seen_and_none_is_a_trap(new_page: NewPage, addresses: list[str]) -> None:
    page = await new_page()
    await sign_in(page)
    for address in addresses:
        await page.goto(address)
        await settled(page)
        stops = await _walk(page)
        assert len(stops) >= _STOPS[address], address
        unseen = [stop for stop in stops if not (stop["shown"] and stop["inside"])]
        assert not unseen, (address, unseen)


async def test_escape_closes_and_gives_the_focus_back(new_page: NewPage) -> None:
    page = await new_page()
    await sign_in(page)
    await page.goto("/orders")
    await settled(page)
    for name, opened in (("Payment", "menu"), ("Placed", "dialog"), ("Choose columns", "menu"), ("Appearance", "menu")):
        await _open_and_escape(page, name, opened)
    await page.goto("/settings/stores")
    await settled(page)
    await _open_and_escape(page, "Disconnect", "dialog")
    await page.evaluate("() => document.activeElement.blur()")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_label("Find anything").last).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def _open_and_escape(page: Page, name: str, opened: str) -> None:
    opener = page.get_by_role("button", name=name, exact=True).first
    await opener.focus()
    await page.keyboard.press("Enter")
    layer = page.get_by_role(opened).first  # type: ignore[arg-type]
    await expect(layer).to_be_visible()
    await page.wait_for_function("(role) => document.activeElement?.closest(`[role=${role}]`)", arg=opened)
    await page.keyboard.press("Escape")
    await expect(layer).to_be_hidden()
    await expect(opener).to_be_focused()
