"""The whole product as a person runs it, and a real browser in front of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from storekeep.entry.embedded import ports
from tests.entry.embedded.running import wait_for

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ARTIFACTS = Path(__file__).resolve().parents[2] / "test-artifacts"
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Product:
    """A running `storekeep up` with its demo tenants imported."""

    address: str
    home: Path


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Started once for all browser tests of this worker; its own servers, its own folder.

    While one writes tests: BROWSER_TESTS_AT="http://127.0.0.1:8000 .storekeep" uses a product that runs already.
    """
    if given := os.environ.get("BROWSER_TESTS_AT"):
        address, home = given.split()
        yield Product(address, Path(home))
        return
    folder = tmp_path_factory.mktemp("product")
    port = ports.pick()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_", "SHOPIFY_"))}
    # An address as a person may write it; browsers and the demo's import write theirs as RFC 6454 says.
    env = clean | {"STOREKEEP_HOME": str(folder / ".storekeep"), "PORT": str(port), "APP_URL": f"HTTP://127.0.0.1:{port}/"}
    env["API_LIMIT_PER_MINUTE"] = "100000"
    output = folder / "output.txt"
    with output.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "storekeep.entry.cli", "up"], env=env, stdout=file, stderr=file)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: process.poll() is not None or _ready(address), "the product to be ready", 600)
        assert process.poll() is None, output.read_text()
        yield Product(address, folder / ".storekeep")
    finally:
        process.terminate()
        process.wait(60)


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=2, verify=False).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All browser tests go to one worker: they share one running product."""
    config.addinivalue_line("markers", "xdist_group(name): run with the others of this name, in one worker")
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group("browser"))


NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def new_page(chromium: Browser, product: Product) -> AsyncIterator[NewPage]:
    """Opens a page in a profile of its own; a script error or a forbidden script fails the test when it ends."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    async def make(*, narrow: bool = False, dark: bool = False) -> Page:
        context = await chromium.new_context(
            base_url=product.address,
            viewport=NARROW if narrow else WIDE,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/London",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda message: broken.append(message.text) if "Content Security Policy" in message.text else None)
        return page

    yield make
    for context in contexts:
        await context.close()
    assert not broken


async def sign_in(page: Page, email: str = "owner@demo.storekeep.test", password: str = "storekeep-demo") -> None:
    """A new session for the page, which opens nothing yet: the door itself is gone through by those who look at it."""
    await _through_the_door(page, "login", {"username": email, "password": password})


async def sign_up(page: Page, email: str, tenant: str, password: str = "a long enough password") -> None:
    """A session for the page of a new owner of a new, empty tenant."""
    person = {"name": "Sam Newcomer", "tenantName": tenant, "email": email, "password": password}
    await _through_the_door(page, "signup", person)


async def _through_the_door(page: Page, door: str, given: dict[str, str]) -> None:
    origin = (await page.request.get("/readyz")).url.removesuffix("/readyz")
    answer = await page.request.post(f"/api/auth/{door}", data=given, headers={"Origin": origin})
    assert answer.ok, await answer.text()


async def in_the_frame(page: Page) -> None:
    """The page one is led to after signing in, and no longer the door."""
    await page.wait_for_selector("main#content")
