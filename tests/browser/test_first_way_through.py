"""A merchant's first way through: sign up, consent, import, numbers, filter, an order, an error and its retry."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import NewPage, Product, sign_in

SHOP = "online-retail.myshopify.com"
FIGURES = json.loads(
    next((Path(__file__).resolve().parents[2] / "src/storekeep/sandbox/shopify/data").glob("*figures*.json")).read_text()
)


async def test_from_sign_up_to_the_dashboards_numbers(new_page: NewPage, product: Product) -> None:
    page = await new_page()
    await page.goto("/sign-up")
    await page.get_by_label("Your name").fill("Robin Retail")
    await page.get_by_label("Business name").fill("Robin's Gifts")
    await page.get_by_label("Email").fill("robin@browser.test")
    await page.get_by_label("Password", exact=True).fill("a long enough password")
    await page.get_by_role("button", name="Create account").click()
    await page.wait_for_url(lambda url: "/sign-up" not in url)

    await page.goto("/stores/connect")
    await page.get_by_label("Shop address").first.fill("online-retail")
    await page.get_by_role("button", name="Continue to Shopify").click()
    await page.wait_for_url(re.compile("/admin/oauth/authorize"))
    await expect(page.get_by_text("stand-in").first).to_be_visible()
    await page.get_by_role("button", name=re.compile("Install", re.I)).click()

    await page.wait_for_url(re.compile("/stores/[^/]+/import"))
    for lane in ("Customers", "Orders", "Products"):
        await expect(page.get_by_text(lane, exact=True).first).to_be_visible()
    await _reloaded_while_it_runs(page)
    await expect(page.get_by_text(f"{FIGURES['orders']:,}").first).to_be_visible(timeout=120_000)
    await _imported(page)

    summary = await (await page.request.get("/api/analytics/summary")).json()
    assert summary["totalOrders"] == FIGURES["orders"]
    assert summary["totalCustomers"] == FIGURES["customers"]
    assert summary["totalRevenue"] == FIGURES["revenue"]
    await page.goto("/insights")
    await expect(page.get_by_text(f"{FIGURES['orders']:,} orders").first).to_be_visible()
    await expect(page.get_by_text(f"£{float(FIGURES['revenue']):,.2f}").first).to_be_visible()


async def _reloaded_while_it_runs(page: Page) -> None:
    """The page of an import is true again after a reload: the same run, further on."""
    run = (await (await page.request.get("/api/sync/runs")).json())["items"][0]
    assert run["status"] in {"QUEUED", "RUNNING"}
    await page.reload()
    await expect(page.get_by_role("progressbar")).to_have_count(3)
    details = page.get_by_role("link", name="Details of this run")
    await expect(details).to_have_attribute("href", re.compile(run["id"]))


async def _imported(page: Page) -> None:
    async def status() -> str:
        runs = await (await page.request.get("/api/sync/runs")).json()
        return str(runs["items"][0]["status"])

    for _ in range(240):
        if await status() == "SUCCEEDED":
            return
        await page.wait_for_timeout(500)
    raise AssertionError(await status())


async def test_filters_live_in_the_address_and_lead_to_an_order(new_page: NewPage) -> None:
    page = await new_page()
    await sign_in(page)
    await page.goto("/orders")
    await page.get_by_role("button", name="Payment", exact=True).click()
    await page.get_by_role("menuitemradio", name="Refunded", exact=True).click()
    await expect(page).to_have_url(re.compile("[?&]payment=REFUNDED"))
    listed = await (await page.request.get("/api/orders?financialStatus=REFUNDED&limit=10")).json()
    names = [order["name"] for order in listed["items"]]
    links = page.get_by_role("link", name=re.compile(r"^#\d+"))
    await expect(links.first).to_have_text(names[0])
    await expect(page.get_by_role("button", name="Payment: Refunded")).to_be_visible()
    assert (await links.all_inner_texts())[: len(names)] == names

    await links.first.click()
    await page.wait_for_url(re.compile("/orders/[0-9a-f-]{36}"))
    await expect(page.get_by_role("heading", name=names[0]).first).to_be_visible()
    await expect(page.get_by_text("Refunded", exact=True).first).to_be_visible()
    await page.go_back()
    await expect(page).to_have_url(re.compile("[?&]payment=REFUNDED"))
    await expect(links.first).to_have_text(names[0])
    await page.get_by_role("button", name="Clear filter Payment").click()
    await expect(page).not_to_have_url(re.compile("payment="))


async def test_an_error_says_what_happened_and_can_be_tried_again(new_page: NewPage) -> None:
    page = await new_page()
    await sign_in(page)
    failing = True

    async def answer(route: Route) -> None:
        if not failing:
            await route.continue_()
            return
        problem = {"code": "DATABASE_CONNECTION_FAILED", "message": "The database is away.", "details": {}, "retryable": True}
        body = {"error": problem, "requestId": "browser-test-request", "timestamp": "2026-01-01T00:00:00.000Z"}
        await route.fulfill(status=503, json=body)

    await page.route(re.compile(r"/api/customers\?"), answer)
    await page.goto("/customers")
    await expect(page.get_by_text("browser-test-request").first).to_be_visible(timeout=30_000)
    failing = False
    await page.get_by_role("button", name=re.compile("try again|retry", re.I)).first.click()
    await expect(page.get_by_role("link", name=re.compile(r"\w+ \w+")).first).to_be_visible()


async def test_two_tenants_never_see_each_other(new_page: NewPage) -> None:
    mine, theirs = await new_page(), await new_page()
    await sign_in(mine)
    await sign_in(theirs, "owner@other.storekeep.test")
    for kind in ("orders", "customers", "products"):
        listed = await (await theirs.request.get(f"/api/{kind}?limit=5")).json()
        assert listed["items"]
        for thing in listed["items"]:
            assert (await mine.request.get(f"/api/{kind}/{thing['id']}")).status == 404
        await mine.goto(f"/{kind}/{listed['items'][0]['id']}")
        await expect(mine.get_by_text(re.compile("no such|not found|not here", re.I)).first).to_be_visible()
        words = listed["items"][0].get("name") or listed["items"][0].get("title")
        if words:
            await expect(mine.get_by_text(str(words), exact=True)).to_have_count(0)
