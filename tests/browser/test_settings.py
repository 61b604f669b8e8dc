"""Settings that end something: a password, a session, a schedule, a store, a tenant."""

from __future__ import annotations

import re
import uuid

from playwright.async_api import Page, expect

from tests.browser.conftest import NewPage, Product, sign_in, sign_up
from tests.browser.places import settled

PASSWORD = "a long enough password"


async def test_password_and_sessions(new_page: NewPage) -> None:
    here, there, elsewhere = await new_page(), await new_page(), await new_page(narrow=True)
    email = f"{uuid.uuid4().hex[:12]}@browser.test"
    await sign_up(here, email, "Passwords Ltd", PASSWORD)
    await sign_in(there, email, PASSWORD)
    await here.goto("/settings/profile")
    await settled(here)
    await here.get_by_role("button", name=re.compile("^End session")).click()
    await expect(here.get_by_text("The session was ended.")).to_be_visible()
    assert (await there.request.get("/api/auth/session")).status == 401
    await there.goto("/orders")
    await there.wait_for_url(re.compile("/sign-in"))

    await sign_in(elsewhere, email, PASSWORD)
    await here.get_by_label("Current password").fill("not my password")
    await here.get_by_label("New password").fill("another long password")
    await here.get_by_role("button", name="Change password").click()
    await expect(here.get_by_label("Current password")).to_have_attribute("aria-invalid", "true")
    await here.get_by_label("Current password").fill(PASSWORD)
    await here.get_by_role("button", name="Change password").click()
    await expect(here.get_by_text("Your password was changed.")).to_be_visible()
    assert (await elsewhere.request.get("/api/auth/session")).status == 401
    assert (await here.request.get("/api/auth/session")).status == 200
    await sign_in(there, email, "another long password")


async def test_a_tenant_is_renamed_and_deleted_by_its_name(new_page: NewPage, product: Product) -> None:
    page = await new_page()
    email = f"{uuid.uuid4().hex[:12]}@browser.test"
    await sign_up(page, email, "Here Today", PASSWORD)
    await page.goto("/settings/tenant")
    await settled(page)
    await page.get_by_label("Name", exact=True).fill("Gone  Tomorrow")
    await page.get_by_role("button", name="Save name").click()
    await expect(page.get_by_text("The name was saved.")).to_be_visible()
    session = await (await page.request.get("/api/auth/session")).json()
    assert session["tenant"]["name"] == "Gone  Tomorrow"

    await page.get_by_role("button", name="Delete Gone Tomorrow").click()
    sure = page.get_by_role("button", name="Delete for good")
    await expect(sure).to_be_disabled()
    await page.get_by_label("Type the tenant’s name to confirm").fill("gone tomorrow")
    await expect(sure).to_be_disabled()
    shown = await page.get_by_role("dialog").locator("code").inner_text()
    assert shown == "Gone  Tomorrow"  # both spaces: what is shown is what is to be typed
    await page.get_by_label("Type the tenant’s name to confirm").fill(shown)
    await sure.click()
    await page.wait_for_url(re.compile("/sign-in"), timeout=60_000)
    login = {"username": email, "password": PASSWORD}
    for _ in range(120):
        refused = await page.request.post("/api/auth/login", data=login, headers={"Origin": product.address})
        if refused.status == 401:  # nobody of that name any more
            return
        assert refused.status == 403, await refused.text()
        await page.wait_for_timeout(250)
    raise AssertionError("whoever belonged to the deleted tenant is still known")


async def test_a_store_is_paused_rescheduled_resynced_and_disconnected(new_page: NewPage) -> None:
    page = await new_page()
    await sign_in(page, "owner@other.storekeep.test")
    stores = (await (await page.request.get("/api/stores")).json())["items"]
    store = next(one for one in stores if one["currency"] == "KWD")
    await page.goto("/settings/stores")
    await settled(page)
    card = page.locator("section", has=page.get_by_text(store["shop"], exact=True))
    switch = card.get_by_role("switch", name="Scheduled syncs")
    for paused, words in ((True, "Scheduled syncs are paused."), (False, "Scheduled syncs are on again.")):
        await switch.click()
        await expect(page.get_by_text(words).first).to_be_visible()
        assert (await (await page.request.get(f"/api/stores/{store['id']}")).json())["syncPaused"] is paused

    await card.get_by_label("Look for changes").click()
    await page.get_by_role("option", name="Every hour").click()
    await expect(page.get_by_text("is now read every hour.").first).to_be_visible()
    assert (await (await page.request.get(f"/api/stores/{store['id']}")).json())["syncIntervalMinutes"] == 60

    await card.get_by_role("button", name="Resync everything").click()
    await page.get_by_role("dialog").get_by_role("button", name="Resync everything").click()
    await page.wait_for_url(re.compile("/stores/[^/]+/import"))
    await _newest_run_done(page, store["id"])
    await page.goto("/settings/stores")
    await settled(page)
    await card.get_by_role("button", name="Disconnect").click()
    sure = page.get_by_role("button", name="Disconnect and erase")
    await expect(sure).to_be_disabled()
    await page.get_by_label("Type the shop’s address to confirm").fill(store["shop"])
    await sure.click()
    await page.wait_for_url(re.compile("/settings/erasures/"))
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert not await page.get_by_role("heading", level=1).evaluate("(heading) => heading.matches(':focus-visible')")
    await expect(page.get_by_text("Everything below is gone for good.")).to_be_visible(timeout=60_000)
    assert (await page.request.get(f"/api/stores/{store['id']}")).status == 404
    left = (await (await page.request.get(f"/api/orders?storeId={store['id']}")).json()).get("items", [])
    assert left == []


async def _newest_run_done(page: Page, store: str) -> None:
    for _ in range(240):
        run = (await (await page.request.get(f"/api/sync/runs?storeId={store}&limit=1")).json())["items"][0]
        if run["kind"] == "RESYNC" and run["status"] == "SUCCEEDED":
            return
        await page.wait_for_timeout(250)
    raise AssertionError(run)
