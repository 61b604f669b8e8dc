"""OAuth: shops by one strict rule, signatures by Shopify's rules, and tokens with their ends."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import httpx
import pytest
import respx
from hypothesis import given, settings
from hypothesis import strategies as st

from storekeep.integrations.shopify.errors import (
    InvalidShopDomain,
    ShopifyBadResponse,
    ShopifyGrantRefused,
    ShopifyOAuthRejected,
    ShopifyShopFrozen,
    ShopifyUnavailable,
)
from storekeep.integrations.shopify.oauth import ShopifyOAuth, effective_scopes, parse_shop_domain, shop_domain_from_input
from storekeep.kit import clock
from storekeep.runtime.http import Outside, Timeouts, make_client

KEY, SECRET, OLD_SECRET = "client-id", "shpss_new", "shpss_old"
SHOP = "demo-store.myshopify.com"
NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
REDIRECT = "https://app.storekeep.test/api/shopify/callback"
TOKEN_URL = f"https://{SHOP}/admin/oauth/access_token"

labels = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9\-]{0,40}", fullmatch=True)


# Making a client reads the certificates of the whole system, so the tests that send nothing share one.
SILENT = Outside(make_client(), service="shopify")


def make(outside: Outside = SILENT, **changes: Any) -> ShopifyOAuth:
    settings: dict[str, Any] = {
        "api_key": KEY,
        "api_secret": SECRET,
        "api_secret_previous": OLD_SECRET,
        "scopes": ["read_customers", "read_orders"],
    }
    return ShopifyOAuth(outside, **(settings | changes))


# --- the shop's domain ---------------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(label=labels)
def test_every_myshopify_domain_is_accepted_in_lower_case(label: str) -> None:
    assert parse_shop_domain(f"{label}.MyShopify.com".replace("MyShopify", "myshopify")) == f"{label}.myshopify.com".lower()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "demo-store",
        "demo-store.myshopify.com\n",
        " demo-store.myshopify.com",
        "demo-store.myshopify.com.evil.com",
        "evil.com/demo-store.myshopify.com",
        "demo_store.myshopify.com",
        "-demo.myshopify.com",
        "demo.store.myshopify.com",
        "demo-store.myshopify.com/",
        "demo-store.myshopify.com:443",
        "demo-store.myshopify.com#",
        "user@demo-store.myshopify.com",
        "https://demo-store.myshopify.com",
        "demo-store.myshopify.io",
        "dеmo.myshopify.com",  # a Cyrillic letter
        "１.myshopify.com",
        "localhost",
        "169.254.169.254",
        "a" * 64 + ".myshopify.com",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidShopDomain):
        parse_shop_domain(text)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60))
def test_what_is_accepted_is_one_label_of_myshopify(text: str) -> None:
    try:
        shop = parse_shop_domain(text)
    except InvalidShopDomain:
        return
    label, _, rest = shop.partition(".")
    assert rest == "myshopify.com"
    assert label.isascii()
    assert shop == text.lower()


@pytest.mark.parametrize(
    "typed",
    [
        "demo-store",
        " Demo-Store ",
        "demo-store.myshopify.com",
        "https://demo-store.myshopify.com/",
        "https://demo-store.myshopify.com/admin",
        "https://admin.shopify.com/store/demo-store",
        "admin.shopify.com/store/demo-store/orders?x=1",
    ],
)
def test_people_may_type_it_in_their_way(typed: str) -> None:
    assert shop_domain_from_input(typed) == SHOP


@pytest.mark.parametrize("typed", ["", "shop.example.com", "demo store", "https://evil.com/admin.shopify.com/store/demo-store"])
def test_other_addresses_are_refused(typed: str) -> None:
    with pytest.raises(InvalidShopDomain):
        shop_domain_from_input(typed)


# --- the consent page ----------------------------------------------------------------------------------------------------------


# Feature: shopify-multi-tenant-dashboard, Property 1: *For any* valid Shopify store domain, when initiating the OAuth connection process, the redirect URL should contain the Shopify OAuth authorization endpoint with correct parameters.
@settings(max_examples=200, deadline=None)
@given(
    label=labels,
    state=st.text(min_size=1, max_size=60),
    scopes=st.lists(st.sampled_from(["read_orders", "read_customers", "write_orders", "read_all_orders"]), unique=True),
    path=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=30),
)
def test_the_redirect_leads_to_the_shops_consent_page(label: str, state: str, scopes: list[str], path: str) -> None:
    redirect_uri = f"https://app.storekeep.test/{path}"
    url = make(scopes=scopes).authorize_url(f"{label}.myshopify.com", state=state, redirect_uri=redirect_uri)
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", f"{label}.myshopify.com".lower(), "/admin/oauth/authorize")
    assert parts.fragment == ""
    assert parse_qs(parts.query, keep_blank_values=True, errors="strict") == {
        "client_id": [KEY],
        "scope": [",".join(scopes)],
        "redirect_uri": [redirect_uri],
        "state": [state.encode("utf-8", "replace").decode()],
    }
    assert SECRET not in url


def test_the_stand_ins_address_is_used_and_a_bad_shop_never_leaves() -> None:
    oauth = make(base_url="http://127.0.0.1:9/{shop}")
    assert oauth.authorize_url(SHOP, state="s", redirect_uri=REDIRECT).startswith(
        f"http://127.0.0.1:9/{SHOP}/admin/oauth/authorize?"
    )
    with pytest.raises(InvalidShopDomain):
        oauth.authorize_url("evil.com", state="s", redirect_uri=REDIRECT)


# --- the signature -------------------------------------------------------------------------------------------------------------


def signed(values: dict[str, str], secret: str = SECRET, *, style: str = "decoded") -> str:
    """A query string signed by the published rule, written here from scratch."""
    if style == "decoded":
        message = "&".join(
            f"{k.replace('%', '%25').replace('&', '%26').replace('=', '%3D')}={v.replace('%', '%25').replace('&', '%26')}"
            for k, v in sorted(values.items())
        )
    else:
        safe = "" if style == "encoded" else "!'()*"
        message = "&".join(f"{quote(k, safe=safe)}={quote(v, safe=safe)}" for k, v in sorted(values.items()))
    digest = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    return urlencode(values | {"hmac": digest})


def callback(**changes: str) -> dict[str, str]:
    values = {"code": "c0de", "host": "YWRtaW4", "shop": SHOP, "state": "st4te", "timestamp": STAMP}
    return {k: v for k, v in (values | changes).items() if v != "-"}


def accepts(query: str, oauth: ShopifyOAuth | None = None) -> bool:
    try:
        (oauth or make()).verify_callback(query, at=NOW)
    except ShopifyOAuthRejected:
        return False
    return True


def test_a_signed_return_is_read() -> None:
    found = make().verify_callback(signed(callback()), at=NOW)
    assert (found.shop, found.code, found.state) == (SHOP, "c0de", "st4te")
    assert "c0de" not in repr(found)
    assert accepts(signed(callback()).encode().decode())


@settings(max_examples=200, deadline=None)
@given(
    extra=st.dictionaries(st.from_regex(r"[a-z_]{3,12}", fullmatch=True), st.text(max_size=20), max_size=3),
    style=st.sampled_from(["decoded", "encoded", "component"]),
    secret=st.sampled_from([SECRET, OLD_SECRET]),
)
def test_both_encodings_both_secrets_and_unknown_keys_are_signed(extra: dict[str, str], style: str, secret: str) -> None:
    values = callback() | {f"x_{k}": v for k, v in extra.items()}
    assert accepts(signed(values, secret, style=style))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_change_breaks_the_signature(data: st.DataObject) -> None:
    pairs = dict(parse_qsl(signed(callback())))
    name = data.draw(st.sampled_from(sorted(pairs)))
    place = data.draw(st.integers(0, len(pairs[name]) - 1))
    other = data.draw(st.sampled_from("abcdef0123456789").filter(lambda c: c != pairs[name][place]))
    pairs[name] = pairs[name][:place] + other + pairs[name][place + 1 :]
    assert not accepts(urlencode(pairs))


@pytest.mark.parametrize(
    "query",
    [
        "",
        urlencode(callback()),
        urlencode(callback() | {"hmac": ""}),
        urlencode(callback() | {"hmac": "é" * 64}),
        signed(callback(), "another secret"),
        signed(callback()).upper(),
        signed(callback()) + "&shop=other.myshopify.com",
        signed(callback()) + "&hmac=0",
        signed(callback()) + "&state=other",
        signed(callback()) + "&code=other",
        signed(callback()) + "&extra=1",
        signed(callback(shop="evil.com")),
        signed(callback(shop=SHOP + "\n")),
        signed(callback(shop="-")),
        signed(callback(code="-")),
        signed(callback(state="-")),
        signed(callback(timestamp="-")),
        signed(callback(timestamp="soon")),
        signed(callback(timestamp=STAMP + ".0")),
        signed(callback(timestamp="١٢٣")),
        "&".join(f"a{n}=1" for n in range(200)),
    ],
)
def test_forged_returns_are_refused(query: str) -> None:
    assert not accepts(query)


def test_a_base64_signature_is_refused() -> None:
    values = callback()
    message = "&".join(f"{k}={v}" for k, v in sorted(values.items()))
    digest = hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).digest()
    assert not accepts(urlencode(values | {"hmac": base64.b64encode(digest).decode()}))


@pytest.mark.parametrize(("seconds", "fresh"), [(0, True), (89, True), (-89, True), (91, False), (-91, False), (86_400, False)])
def test_only_fresh_returns_count(seconds: int, fresh: bool) -> None:
    query = signed(callback(timestamp=str(int(NOW.timestamp()) - seconds)))
    assert accepts(query) is fresh
    with clock.at(NOW):
        try:
            make().verify_callback(query)
        except ShopifyOAuthRejected:
            assert not fresh
        else:
            assert fresh


def test_list_parameters_are_signed_under_their_bare_name() -> None:
    values = {"ids": '["2", "1"]', "shop": SHOP, "timestamp": STAMP}
    message = "&".join(f"{k}={v}" for k, v in sorted(values.items()))
    digest = hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()
    query = urlencode([("ids[]", "2"), ("shop", SHOP), ("ids[]", "1"), ("timestamp", STAMP), ("hmac", digest)])
    assert make().verify_query(query, at=NOW)["ids"] == '["2", "1"]'


# --- tokens --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def oauth() -> AsyncIterator[tuple[ShopifyOAuth, respx.Route]]:
    """The flow with a mocked token endpoint and no waiting."""

    async def nap(_seconds: float) -> None:
        return None

    client = make_client(Timeouts(total=2))
    with respx.mock(assert_all_called=False) as router:
        yield make(Outside(client, service="shopify"), sleep=nap), router.post(TOKEN_URL)
    await client.aclose()


EXPIRING = {
    "access_token": "shpat_new",
    "scope": "write_orders,read_customers",
    "expires_in": 3600,
    "refresh_token": "shprt_new",
    "refresh_token_expires_in": 7_776_000,
}


async def test_a_code_becomes_an_expiring_token(oauth: tuple[ShopifyOAuth, respx.Route]) -> None:
    flow, route = oauth
    route.respond(json=EXPIRING)
    with clock.at(NOW):
        grant = await flow.exchange_code(SHOP, "c0de")
    assert json.loads(route.calls.last.request.content) == {
        "client_id": KEY,
        "client_secret": SECRET,
        "code": "c0de",
        "expiring": "1",
    }
    assert grant.access_token == "shpat_new"
    assert grant.refresh_token == "shprt_new"
    assert grant.expires_at == NOW + timedelta(hours=1)
    assert grant.refresh_expires_at == NOW + timedelta(days=90)
    assert grant.scopes == ("read_customers", "write_orders")
    assert effective_scopes(grant.scopes) == {"read_customers", "write_orders", "read_orders"}
    assert "shpat_new" not in repr(grant)
    assert "shprt_new" not in repr(grant)


async def test_a_token_without_end_has_none(oauth: tuple[ShopifyOAuth, respx.Route]) -> None:
    flow, route = oauth
    route.respond(json={"access_token": "shpat_x", "scope": ""})
    grant = await flow.exchange_code(SHOP, "c0de")
    assert (grant.expires_at, grant.refresh_token, grant.refresh_expires_at, grant.scopes) == (None, None, None, ())


async def test_refreshing_gives_a_new_pair_or_keeps_the_old_refresh_token(oauth: tuple[ShopifyOAuth, respx.Route]) -> None:
    flow, route = oauth
    route.respond(json=EXPIRING)
    assert (await flow.refresh(SHOP, "shprt_old")).refresh_token == "shprt_new"
    assert json.loads(route.calls.last.request.content) == {
        "client_id": KEY,
        "client_secret": SECRET,
        "grant_type": "refresh_token",
        "refresh_token": "shprt_old",
    }
    route.respond(json={"access_token": "shpat_x", "scope": "", "expires_in": 3600})
    assert (await flow.refresh(SHOP, "shprt_old")).refresh_token == "shprt_old"


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (httpx.Response(400, json={"error": "invalid_grant", "error_description": "shprt_old is used"}), ShopifyGrantRefused),
        (httpx.Response(400, text="<html>"), ShopifyGrantRefused),
        (httpx.Response(401, json={"error": "invalid_client"}), ShopifyGrantRefused),
        (httpx.Response(402), ShopifyShopFrozen),
        (httpx.Response(404), ShopifyShopFrozen),
        (httpx.Response(200, text="<html>hello</html>"), ShopifyBadResponse),
        (httpx.Response(200, json={"scope": "x"}), ShopifyBadResponse),
        (httpx.Response(200, json={"access_token": 5}), ShopifyBadResponse),
        (httpx.Response(200, json={"access_token": "x", "expires_in": "soon"}), ShopifyBadResponse),
        (httpx.Response(200, json=[]), ShopifyBadResponse),
        (httpx.Response(502), ShopifyUnavailable),
        (httpx.ConnectError, ShopifyUnavailable),
        (httpx.ReadTimeout, ShopifyUnavailable),
    ],
)
async def test_failures_have_names_and_hold_no_secret(
    response: Any, kind: type[Exception], oauth: tuple[ShopifyOAuth, respx.Route]
) -> None:
    flow, route = oauth
    route.mock(side_effect=response) if isinstance(response, type) else route.mock(return_value=response)
    with pytest.raises(kind) as caught:
        await flow.refresh(SHOP, "shprt_old")
    assert route.call_count == (1 if kind in (ShopifyGrantRefused, ShopifyShopFrozen) else 6)
    for secret in (SECRET, "shprt_old"):
        assert secret not in f"{caught.value} {caught.value.__dict__}"


async def test_a_passing_failure_is_tried_again(oauth: tuple[ShopifyOAuth, respx.Route]) -> None:
    flow, route = oauth
    route.mock(side_effect=[httpx.Response(503), httpx.ConnectError("x"), httpx.Response(200, json=EXPIRING)])
    assert (await flow.exchange_code(SHOP, "c0de")).access_token == "shpat_new"


async def test_nothing_is_sent_to_a_host_that_is_no_shop(oauth: tuple[ShopifyOAuth, respx.Route]) -> None:
    flow, route = oauth
    for call in (flow.exchange_code, flow.refresh):
        with pytest.raises(InvalidShopDomain):
            await call("evil.com", "x")
    assert route.call_count == 0
