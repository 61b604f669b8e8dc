"""What happens in the shop appears on the pages that are open, without a reload."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
from playwright.async_api import Page, expect

from tests.browser.conftest import NewPage, Product, sign_in
from tests.browser.places import settled

SHOP = "demo-store.myshopify.com"
_MARK = "() => { window.neverReloaded = true; }"


async def _edit(product: Product, action: str, id: str | None = None) -> dict[str, Any]:
    """One change in the stand-in's shop; what was changed."""
    key = json.loads((product.home / "secrets.json").read_text())["SANDBOX_CONTROL_KEY"]
    port = json.loads((product.home / "ports.json").read_text())["sandbox"]
    async with httpx.AsyncClient(headers={"x-sandbox-control": key}) as client:
        asked = {"shop": SHOP, "action": action, **({"id": id} if id else {})}
        answer = await client.post(f"http://127.0.0.1:{port}/control/edit", json=asked)
    answer.raise_for_status()
    done: dict[str, Any] = answer.json()[0]
    return done


async def _sync(page: Page, product: Product) -> None:
    started = await page.request.post("/api/sync", data={}, headers={"Origin": product.address})
    assert started.status == 202, await started.text()


async def test_changes_in_the_shop_reach_the_open_pages(new_page: NewPage, product: Product) -> None:
    orders, dashboard = await new_page(), await new_page()
    for page, address in ((orders, "/orders?payment=PENDING"), (dashboard, "/insights")):
        await sign_in(page)
        await page.goto(address)
        await settled(page)
        await page.evaluate(_MARK)
    listed = (await (await orders.request.get("/api/orders?financialStatus=PENDING&cancelled=false&limit=1")).json())["items"]
    order = listed[0]
    row = orders.get_by_role("link", name=order["name"], exact=True)
    await expect(row).to_be_visible()
    panel = dashboard.locator("section").filter(has=dashboard.get_by_role("heading", name="So far", exact=True))
    so_far = panel.get_by_text(re.compile(r"^[\d,]+ orders$")).last
    before = await so_far.inner_text()

    await _edit(product, "pay_order", order["shopifyId"])
    await _edit(product, "create_order")
    await _sync(orders, product)
    await expect(row).to_have_count(0, timeout=60_000)
    await expect(so_far).not_to_have_text(before, timeout=60_000)
    for page in (orders, dashboard):
        assert await page.evaluate("() => window.neverReloaded") is True
    now = await (await orders.request.get(f"/api/orders/{order['id']}")).json()
    assert now["financialStatus"] == "PAID"
    summary = await (await dashboard.request.get("/api/analytics/periods")).json()
    assert (await so_far.inner_text()).split()[0].replace(",", "") in json.dumps(summary)


async def test_any_number_of_tabs_share_one_stream(new_page: NewPage, product: Product) -> None:
    """A browser allows six connections to a site over HTTP/1.1, and a stream keeps one."""
    first = await new_page()
    await sign_in(first)
    tabs = [first, *[await first.context.new_page() for _ in range(7)]]
    for tab in tabs:
        await tab.goto("/orders")
        await expect(tab.get_by_role("grid")).to_be_visible()
        await expect(tab.get_by_text("Live", exact=True)).to_be_visible()
    # Whoever listened goes; another goes on for all.
    await first.close()
    await _edit(product, "create_order")
    newest = tabs[1].get_by_role("row").nth(1)
    before = await newest.inner_text()
    await _sync(tabs[1], product)
    for tab in tabs[1:]:
        await expect(tab.get_by_role("row").nth(1)).not_to_have_text(before, timeout=60_000)
