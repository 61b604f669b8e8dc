"""Nothing on any page is dead: every control one sees changes something when clicked, or says why not."""

from __future__ import annotations

import uuid

import pytest
from playwright.async_api import Page

from tests.browser.clicking import SCRIPT, Crawl
from tests.browser.conftest import NewPage, sign_in, sign_up
from tests.browser.places import DOORS, FIRST_RUN, places

# The ordinary run presses each kind of control once on these; the long ones press everything everywhere.
ORDINARY = {"insights", "orders"}
FIRST_STEPS = ["/insights", "/orders", "/stores/connect"]

PLANTED = """<!doctype html><title>Planted</title><main><h1>Planted</h1>
  <button type="button">Dead</button> <button type="button" disabled>Off</button> <button type="button"></button>
  <button type="button" onclick="this.append('!')">Alive</button> <a href="#there">Away</a>
  <span style="position: relative"><button type="button">Covered</button>
  <i class="cover" style="position: absolute; inset: 0"></i></span></main>"""


async def _crawl_demo(page: Page, *, every: bool) -> Crawl:
    await sign_in(page)
    crawl = Crawl(page, every=every)
    for name, address in (await places(page)).items():
        if not every and name not in ORDINARY:
            continue
        crawl.frame = name == "insights"
        await crawl.visit(address)
    return crawl


async def test_a_dead_button_is_found(new_page: NewPage) -> None:
    page = await new_page()
    await page.route("**/planted", lambda route: route.fulfill(body=PLANTED, content_type="text/html"))
    crawl = Crawl(page, patience=300)
    await page.goto("/planted")
    await page.evaluate(SCRIPT)
    await crawl.visit("/planted")
    assert [line.removeprefix("/planted: button ") for line in crawl.dead] == [
        "'Dead' changes nothing and explains nothing",
        "'Off' is disabled and does not say why",
        "'' has no name",
        "'' changes nothing and explains nothing",
        "'Covered' lies under i.cover",
    ]


async def _crawl_first_run(page: Page, addresses: list[str]) -> Crawl:
    crawl = Crawl(page)
    crawl.stranger = True
    for address in DOORS.values():
        await crawl.visit(address)
    crawl.stranger = False
    await sign_up(page, f"{uuid.uuid4().hex[:12]}@browser.test", "First Run Ltd")
    for address in addresses:
        await crawl.visit(address)
    return crawl


async def test_the_first_controls_before_there_is_anything(new_page: NewPage) -> None:
    crawl = await _crawl_first_run(await new_page(), FIRST_STEPS)
    assert not crawl.dead, "\n".join(crawl.dead)
    assert len(crawl.clicked) > 20


@pytest.mark.long
async def test_every_control_before_there_is_anything(new_page: NewPage) -> None:
    crawl = await _crawl_first_run(await new_page(), FIRST_RUN)
    assert not crawl.dead, "\n".join(crawl.dead)
    assert len(crawl.clicked) > 35


async def test_each_kind_of_control_of_the_pages_most_used(new_page: NewPage) -> None:
    crawl = await _crawl_demo(await new_page(), every=False)
    assert not crawl.dead, "\n".join(crawl.dead)
    assert len(crawl.clicked) > 20


@pytest.mark.long
@pytest.mark.parametrize("narrow", [False, True])
async def test_every_single_control_of_every_page(new_page: NewPage, narrow: bool) -> None:
    crawl = await _crawl_demo(await new_page(narrow=narrow), every=True)
    assert not crawl.dead, "\n".join(crawl.dead)
    assert len(crawl.clicked) > 30
