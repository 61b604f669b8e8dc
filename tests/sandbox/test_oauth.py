"""OAuth as the contract notes tell it: consent, signed callback, single-use codes, rotating tokens, refusals."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storekeep.sandbox.config import ONLINE_RETAIL, RECENT_ONLY
from tests.entry.embedded.running import wait_for
from tests.sandbox.driver import CALLBACK, KEY, SECRET, Driver, config, running

SHOP_NAME = "{ shop { name } }"


def signed(query: dict[str, str]) -> str:
    """The hmac of a callback query by the published rule."""
    pairs = sorted((k, v) for k, v in query.items() if k not in ("hmac", "signature"))
    text = "&".join(f"{k}={v.replace('%', '%25').replace('&', '%26')}" for k, v in pairs)
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()


def ask(sandbox: Driver, **more: str) -> str:
    query = {"client_id": KEY, "scope": "read_orders,write_customers", "redirect_uri": CALLBACK, "state": "abc", **more}
    response = sandbox.http.get(f"{sandbox.base()}/admin/oauth/authorize", params=query)
    return f"{response.status_code} {response.text}"


def test_consent_page_says_what_it_is_and_asks_plainly(sandbox: Driver) -> None:
    page = ask(sandbox)
    assert page.startswith("200")
    assert "stand-in" in page.lower() and "not Shopify" in page
    assert "read_orders" in page and "View and change customers" in page and ONLINE_RETAIL in page
    assert re.search(r'<form method="post"[^>]*aria-label', page)
    assert re.search(r'<button type="submit" name="decision" value="install"[^>]*>Install</button>', page)
    assert re.search(r'<button type="submit" name="decision" value="cancel"[^>]*>Cancel</button>', page)
    assert "<script" not in page


def test_the_form_as_served_installs(sandbox: Driver) -> None:
    page = ask(sandbox, state="a&b=c%20<d>\"'")
    fields = {
        k: re.sub("&(amp|lt|gt|quot|#x27);", lambda m: {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "#x27": "'"}[m[1]], v)
        for k, v in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    }
    action = re.search(r'action="([^"]+)"', page)
    assert action
    query = sandbox.callback(sandbox.http.post(sandbox.root + action[1], data={**fields, "decision": "install"}))
    assert query["state"] == "a&b=c%20<d>\"'"
    assert query["hmac"] == signed(query)


def test_callback_is_signed_and_fresh(sandbox: Driver) -> None:
    query = sandbox.callback(sandbox.consent())
    assert set(query) == {"code", "hmac", "host", "shop", "state", "timestamp"}
    assert query["hmac"] == signed(query)
    assert query["shop"] == ONLINE_RETAIL and query["state"] == "st4te"
    assert abs(time.time() - int(query["timestamp"])) < 5
    assert base64.b64decode(query["host"] + "==") == b"admin.shopify.com/store/online-retail"
    assert {**query, "shop": "evil.myshopify.com"} != query and signed({**query, "shop": "evil.myshopify.com"}) != query["hmac"]


def test_cancel_grants_nothing(sandbox: Driver) -> None:
    response = sandbox.consent(decision="cancel")
    assert response.status_code == 200 and "location" not in response.headers
    assert "was not installed" in response.text and 'href="http://127.0.0.1:9999/"' in response.text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"redirect_uri": "https://evil.example/callback"}, "not whitelisted"),
        ({"redirect_uri": CALLBACK + "@evil.example"}, "not whitelisted"),
        ({"redirect_uri": CALLBACK.replace("9999", "9999.evil.example")}, "not whitelisted"),
        ({"client_id": "nobody"}, "client_id"),
        ({"scope": "read_orders,everything"}, "Unknown scope"),
    ],
)
def test_a_wrong_request_never_redirects(sandbox: Driver, change: dict[str, str], says: str) -> None:
    page = ask(sandbox, **change)
    assert page.startswith("400") and says in page
    response = sandbox.consent(**change)
    assert response.status_code == 400 and "location" not in response.headers


def test_a_code_works_once_for_its_own_shop_and_app(sandbox: Driver) -> None:
    code = sandbox.callback(sandbox.consent())["code"]
    elsewhere = sandbox.token(RECENT_ONLY, code=code)
    assert (elsewhere.status_code, elsewhere.json()["error"]) == (400, "invalid_request")
    code = sandbox.callback(sandbox.consent())["code"]
    assert sandbox.token(code=code).status_code == 200
    again = sandbox.token(code=code)
    assert again.status_code == 400 and again.json()["error_description"]


@pytest.mark.parametrize(
    "body",
    [{"client_secret": "wrong"}, {"client_secret": "é"}, {"client_id": "wrong"}, {"code": "wrong"}, {"grant_type": "magic"}],
)
def test_every_bad_exchange_is_a_400_with_a_reason(sandbox: Driver, body: dict[str, str]) -> None:
    code = sandbox.callback(sandbox.consent())["code"]
    response = sandbox.token(**{"code": code, **body})
    assert response.status_code == 400
    assert response.json()["error"] and response.json()["error_description"]


def test_permanent_and_expiring_answers(sandbox: Driver) -> None:
    permanent = sandbox.install(scope="read_orders,write_orders,read_customers", expiring="0")
    assert set(permanent) == {"access_token", "scope"}
    assert permanent["scope"] == "read_customers,write_orders"  # write implies read and stands for it
    expiring = sandbox.install(scope="read_orders", expiring="1")
    assert expiring["expires_in"] == 3600 and expiring["refresh_token_expires_in"] == 7_776_000
    assert expiring["refresh_token"].startswith("shprt_") and expiring["access_token"].startswith("shpat_")
    assert sandbox.post(SHOP_NAME, token=permanent["access_token"]).status_code == 401  # one token an app and shop
    assert sandbox.post(SHOP_NAME, token=expiring["access_token"]).status_code == 200


def test_granted_scopes_can_be_read_back(sandbox: Driver) -> None:
    token = sandbox.install(scope="write_orders,read_products")["access_token"]
    url = f"{sandbox.base()}/admin/oauth/access_scopes.json"
    handles = [s["handle"] for s in sandbox.http.get(url, headers={"X-Shopify-Access-Token": token}).json()["access_scopes"]]
    assert handles == ["read_orders", "read_products", "write_orders"]
    told = sandbox.data("{ currentAppInstallation { accessScopes { handle } } }", token=token)
    assert [s["handle"] for s in told["currentAppInstallation"]["accessScopes"]] == handles
    assert sandbox.http.get(url, headers={"X-Shopify-Access-Token": "shpat_no"}).status_code == 401


def test_refresh_rotates_both_tokens(sandbox: Driver) -> None:
    first = sandbox.install()
    second = sandbox.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert {first["access_token"], first["refresh_token"]}.isdisjoint({second["access_token"], second["refresh_token"]})
    assert second["scope"] == first["scope"]
    assert sandbox.post(SHOP_NAME, token=first["access_token"]).status_code == 401
    assert sandbox.post(SHOP_NAME, token=second["access_token"]).status_code == 200
    replayed = sandbox.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_grant")
    assert sandbox.token(grant_type="refresh_token", refresh_token=second["refresh_token"]).status_code == 200


def test_two_refreshes_at_once_leave_one_pair(sandbox: Driver) -> None:
    pair = sandbox.install()
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: sandbox.token(grant_type="refresh_token", refresh_token=pair["refresh_token"]), range(4))
        )
    won = [a.json() for a in answers if a.status_code == 200]
    assert len(won) == 1 and sorted(a.status_code for a in answers) == [200, 400, 400, 400]
    assert sandbox.post(SHOP_NAME, token=won[0]["access_token"]).status_code == 200


def test_tokens_expire_and_refresh_brings_them_back(tmp_path: Path) -> None:
    with running(config(tmp_path, access_token_lifetime=3)) as sandbox:
        pair = sandbox.install()
        assert sandbox.post(SHOP_NAME, token=pair["access_token"]).status_code == 200
        wait_for(lambda: sandbox.post(SHOP_NAME, token=pair["access_token"]).status_code == 401, "the token to expire", 10)
        fresh = sandbox.token(grant_type="refresh_token", refresh_token=pair["refresh_token"]).json()
        assert sandbox.post(SHOP_NAME, token=fresh["access_token"]).status_code == 200


def test_a_lost_refresh_answer_can_be_asked_for_again_where_the_grace_is_on(tmp_path: Path) -> None:
    with running(config(tmp_path, refresh_grace=True)) as sandbox:
        pair = sandbox.install()
        sandbox.token(grant_type="refresh_token", refresh_token=pair["refresh_token"])  # the answer is lost
        kept = sandbox.token(grant_type="refresh_token", refresh_token=pair["refresh_token"]).json()
        assert sandbox.post(SHOP_NAME, token=kept["access_token"]).status_code == 200  # used: the grace is over
        assert sandbox.token(grant_type="refresh_token", refresh_token=pair["refresh_token"]).status_code == 400


def test_apps_can_be_held_to_expiring_tokens(tmp_path: Path) -> None:
    with running(config(tmp_path, require_expiring=True)) as sandbox:
        assert "refresh_token" in sandbox.install(expiring="0")


def test_uninstall_kills_the_tokens(fresh: Driver) -> None:
    pair = fresh.install()
    assert fresh.control("POST", "uninstall", {"shop": ONLINE_RETAIL}) == {"revoked": 1}
    assert fresh.post(SHOP_NAME, token=pair["access_token"]).status_code == 401
    assert fresh.token(grant_type="refresh_token", refresh_token=pair["refresh_token"]).status_code == 400


def test_a_shop_may_withhold_old_orders(sandbox: Driver) -> None:
    query = {"client_id": KEY, "scope": "read_orders,read_all_orders", "redirect_uri": CALLBACK, "state": "s"}
    page = sandbox.http.get(f"{sandbox.base(RECENT_ONLY)}/admin/oauth/authorize", params=query).text
    assert "Not granted to this app in this store: <code>read_all_orders</code>" in page
    assert sandbox.install(RECENT_ONLY, "read_orders,read_all_orders")["scope"] == "read_orders"
    assert sandbox.install(ONLINE_RETAIL, "read_orders,read_all_orders")["scope"] == "read_all_orders,read_orders"
