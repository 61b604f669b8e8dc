"""The pages of the product as a signed-in person reaches them, and when one is done loading."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

DOORS = {"sign-in": "/sign-in", "sign-up": "/sign-up"}
# What someone meets who has just signed up.
FIRST_RUN = [
    "/insights",
    "/orders",
    "/customers",
    "/products",
    "/operations/runs",
    "/operations/jobs",
    "/settings/stores",
    "/stores/connect",
]

_SETTLED = """() => {
  const busy = document.querySelector('[aria-busy="true"], [class*="_bone_"], [data-loading="true"], #boot');
  const title = document.querySelector('main h1, h1');
  const plots = [...document.querySelectorAll('[class*="_plot_"]')];
  const drawn = plots.every((plot) => plot.querySelector('.recharts-surface'));
  return !busy && drawn && title !== null && title.textContent.trim() !== '';
}"""


async def ids(page: Page) -> dict[str, str]:
    """The newest order, the best customer, the first product, store and run of who is signed in."""
    found = {}
    for name, path in {
        "order": "orders",
        "customer": "customers",
        "product": "products",
        "store": "stores",
        "run": "sync/runs",
    }.items():
        answer: dict[str, Any] = await (await page.request.get(f"/api/{path}")).json()
        found[name] = str(answer["items"][0]["id"])
    return found


async def places(page: Page) -> dict[str, str]:
    """Every page behind the sign-in, by name."""
    known = await ids(page)
    return {
        "insights": "/insights",
        "orders": "/orders",
        "order": f"/orders/{known['order']}",
        "customers": "/customers",
        "customer": f"/customers/{known['customer']}",
        "products": "/products",
        "product": f"/products/{known['product']}",
        "runs": "/operations/runs",
        "run": f"/operations/runs/{known['run']}",
        "jobs": "/operations/jobs",
        "stores": "/settings/stores",
        "members": "/settings/members",
        "tenant": "/settings/tenant",
        "profile": "/settings/profile",
        "audit": "/settings/audit",
        "import": f"/stores/{known['store']}/import",
        "connect": "/stores/connect",
        "lost": "/no/such/page",
    }


async def go(page: Page, address: str) -> None:
    """To another page of the product as its own links do, without loading everything anew; until it is there."""
    await page.evaluate("(href) => window.__TSR_ROUTER__.navigate({ href })", address)
    await settled(page)


async def settled(page: Page) -> None:
    """Wait until nothing on the page is a skeleton or says that it is busy, and charts are drawn."""
    try:
        await page.wait_for_function(_SETTLED, polling=50)
    except PlaywrightTimeout:
        shown = await page.locator("body").aria_snapshot()
        raise AssertionError(f"{page.url} does not come to rest:\n{shown}") from None
