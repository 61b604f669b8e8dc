"""Connecting a shop over HTTP, from our page to Shopify's and back, and everything that must be refused on the way (T64)."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jose import jwt
from sqlalchemy import select, text

from storekeep.domains.accounts.public import Role
from storekeep.domains.connections import public
from storekeep.domains.connections.connect import StoreConnector
from storekeep.domains.connections.models import Store
from storekeep.domains.connections.vault import open_tokens
from storekeep.integrations.shopify.gateway import ShopifyGateway
from storekeep.kit import clock
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.breaker import Breakers
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.settings import ShopifySettings
from storekeep.sandbox.config import AWKWARD_JPY, AWKWARD_KWD, custom_app_token
from tests.domains.connections.sandbox import API_KEY, ShopifyStandIn, signed
from tests.support.accounts import SESSION_SECRET, House, Person

HTML = {"accept": "text/html,application/xhtml+xml"}
NewOwner = Callable[..., Awaitable[Person]]


async def begin(person: Person, shop: str = AWKWARD_JPY) -> str:
    """The consent page's address, as the browser is sent to it."""
    answer = await person.http.get("/api/shopify/auth", params={"shop": shop})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def consented(person: Person, shopify: ShopifyStandIn, shop: str = AWKWARD_JPY) -> str:
    """The callback with which Shopify sends the browser back, as a path."""
    back = urlsplit(await shopify.consent(await begin(person, shop)))
    return f"{back.path}?{back.query}"


async def connected(person: Person, shopify: ShopifyStandIn, shop: str = AWKWARD_JPY) -> str:
    """The id of the store that this person connected."""
    answer = await person.http.get(await consented(person, shopify, shop), headers=HTML)
    match = re.fullmatch(r"/stores/([0-9a-f-]{36})/import", answer.headers.get("location", ""))
    assert match is not None, (answer.status_code, answer.headers, answer.text)
    return match[1]


async def stores_of(person: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await person.http.get("/api/stores")).json()["items"]
    return items


async def refused(person: Person, answer: httpx.Response, shopify: ShopifyStandIn, *, status: int, code: str) -> None:
    """The answer says so, no token was fetched, and none is stored."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert await shopify.requests("oauth") == []
    assert await stores_of(person) == []
    async with person.house.db.tenant(person.scope) as session:
        assert (await session.execute(text("SELECT count(*) FROM stores"))).scalar_one() == 0


async def test_from_our_page_to_shopifys_and_back(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    page = urlsplit(await begin(owner))
    asked = parse_qs(page.query)
    assert page.path == f"/shopify/{AWKWARD_JPY}/admin/oauth/authorize"
    assert asked["client_id"] == [API_KEY]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/api/shopify/callback"]
    store_id = await connected(owner, shopify)
    (store,) = await stores_of(owner)
    assert (store["id"], store["shop"], store["status"], store["connectedVia"]) == (store_id, AWKWARD_JPY, "CONNECTED", "OAUTH")
    assert (store["currency"], store["historyLimited"]) == ("JPY", False)
    assert store["nextSyncAt"] is not None
    assert len(await shopify.requests("oauth", AWKWARD_JPY)) == 1
    entries = (await owner.http.get("/api/audit", params={"action": "store.connected"})).json()["items"]
    assert [(entry["actor"]["name"], entry["subjects"][0]["id"]) for entry in entries] == [(owner.name, store_id)]
    async with shop_house.db.tenant(owner.scope) as session:
        row = (await session.execute(select(Store))).scalar_one()
        tokens = open_tokens(shop_house.wired.services.get(TokenCipher), row)
    assert tokens is not None
    assert tokens.refresh is not None
    assert tokens.access_expires_at is not None
    assert tokens.access not in str(entries) + str(store)


async def test_a_shop_that_withholds_its_history_says_so(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    await shopify.manners(AWKWARD_KWD, history=False)
    await connected(owner, shopify, AWKWARD_KWD)
    (store,) = await stores_of(owner)
    assert store["historyLimited"] is True
    assert "read_all_orders" not in store["scopes"]


async def test_connecting_again_keeps_the_store(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    store_id = await connected(owner, shopify)
    assert await connected(owner, shopify) == store_id
    async with shop_house.db.tenant(owner.scope) as session:
        (store,) = await public.list_stores(session)
    assert store.generation == 2


async def test_t64_a_state_is_good_once(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    back = await consented(owner, shopify)
    answers = await asyncio.gather(*(owner.http.get(back) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [302, 403, 403, 403]
    again = await owner.http.get(back)
    assert (again.status_code, again.json()["error"]["code"]) == (403, "SHOPIFY_OAUTH_STATE_INVALID")
    assert len(await shopify.requests("oauth")) == 1


async def test_t64_a_state_is_spent_by_a_refused_return_too(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    back = await consented(owner, shopify)
    stranger = await owner.invite(Role.ADMIN)
    for person in (stranger, owner):
        answer = await person.http.get(back)
        await refused(person, answer, shopify, status=403, code="SHOPIFY_OAUTH_STATE_INVALID")


async def another_browser(house: House, owner: Person) -> Person:
    return await house.sign_in(owner.email, Role.OWNER, owner.tenant_id, owner.member_id)


async def another_person(house: House, owner: Person) -> Person:
    return await owner.invite(Role.ADMIN)


async def another_tenant(house: House, owner: Person) -> Person:
    return await house.new_owner()


@pytest.mark.parametrize("who", [another_browser, another_person, another_tenant])
async def test_t64_only_the_session_that_began_may_finish(
    shop_house: House, owner: Person, shopify: ShopifyStandIn, who: Callable[[House, Person], Awaitable[Person]]
) -> None:
    back = await consented(owner, shopify)
    other = await who(shop_house, owner)
    await refused(other, await other.http.get(back), shopify, status=403, code="SHOPIFY_OAUTH_STATE_INVALID")


async def test_t64_a_state_of_eleven_minutes_ago_is_too_old(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    with clock.at(clock.now() - timedelta(minutes=11)):
        page = await begin(owner)
    back = urlsplit(await shopify.consent(page))
    answer = await owner.http.get(f"{back.path}?{back.query}")
    await refused(owner, answer, shopify, status=403, code="SHOPIFY_OAUTH_STATE_INVALID")


async def test_t64_the_row_alone_ends_a_state_too(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    back = await consented(owner, shopify)
    with clock.at(clock.now() + timedelta(minutes=11)):
        # Shopify signs this anew, so that the state's own age is all that is wrong with it.
        fresh = resigned(back, timestamp=str(int(clock.now().timestamp())))
        answer = await owner.http.get(fresh)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "SHOPIFY_OAUTH_STATE_INVALID")
    assert await stores_of(owner) == []


def resigned(back: str, **changes: str) -> str:
    path, _, query = back.partition("?")
    parameters = {name: values[0] for name, values in parse_qs(query).items() if name != "hmac"}
    return f"{path}?{signed({**parameters, **changes})}"


async def test_t64_a_state_is_good_for_its_own_shop_only(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    back = resigned(await consented(owner, shopify), shop=AWKWARD_KWD)
    await refused(owner, await owner.http.get(back), shopify, status=403, code="SHOPIFY_OAUTH_STATE_INVALID")


async def test_t64_a_shop_of_another_tenant_is_refused_before_its_tokens_are_touched(
    shop_house: House, owner: Person, shopify: ShopifyStandIn, new_owner: NewOwner
) -> None:
    await connected(owner, shopify)
    thief = await new_owner()
    back = await consented(thief, shopify)
    await shopify.control("DELETE", "requests")
    await refused(thief, await thief.http.get(back), shopify, status=409, code="SHOP_TAKEN")
    async with shop_house.db.tenant(owner.scope) as session:
        (store,) = await public.list_stores(session)
    client = await shop_house.wired.services.get(public.StoreClients).client_for(owner.scope, store.id)
    assert (await client._tokens.current()).value  # the owner's token was not replaced
    assert await shopify.requests("oauth") == []


NO_SHOPS = [
    "evil.example.com",
    "shop.myshopify.com.evil.com",
    "shop.myshopify.com@evil.com",
    "shop.myshopify.com\n.evil.com",
    "-shop.myshopify.com",
    "sh_op.myshopify.com",
    "https://evil.com/shop.myshopify.com",
    "ѕhop.myshopify.com",
    "a" * 64 + ".myshopify.com",
]


async def test_t64_what_is_no_shop_is_refused_at_the_start(shop_house: House, owner: Person) -> None:
    for shop in NO_SHOPS:
        answer = await owner.http.get("/api/shopify/auth", params={"shop": shop})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "SHOP_INVALID"), shop


SPOILED: list[Callable[[str], str]] = [
    lambda back: back.replace("code=", "code=0"),
    lambda back: re.sub(r"hmac=.", "hmac=g", back),
    lambda back: re.sub(r"&hmac=[0-9a-f]+", "", back),
    lambda back: back + "&shop=" + AWKWARD_KWD,
    lambda back: back + "&state=x",
    lambda back: back + "&extra=1",
    lambda back: resigned(back, timestamp=str(int(clock.now().timestamp()) - 91)),
    lambda back: resigned(back, timestamp="soon"),
    lambda back: resigned(back, shop="evil.example.com"),
    lambda back: resigned(back, code=""),
    lambda back: resigned(back, state=""),
    lambda back: "/api/shopify/callback",
]


async def test_a_return_that_shopify_did_not_sign_just_now_is_refused(
    shop_house: House, owner: Person, shopify: ShopifyStandIn
) -> None:
    back = await consented(owner, shopify)
    for spoil in SPOILED:
        await refused(owner, await owner.http.get(spoil(back)), shopify, status=403, code="SHOPIFY_AUTH_FAILED")
    assert (await owner.http.get(back)).status_code == 302


async def test_a_signed_return_with_a_state_that_is_none_of_ours(
    shop_house: House, owner: Person, shopify: ShopifyStandIn
) -> None:
    back = await consented(owner, shopify)
    (ours,) = parse_qs(urlsplit(back).query)["state"]
    header, claims, _ = ours.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    other_key = jwt.encode(jwt.get_unverified_claims(ours), "x" * 64, algorithm="HS256")
    for state in ("x", "a.b.c", "e30.e30.", "=" * 2000, "é", f"{unsigned}.{claims}.", f"{header}.{claims}.", other_key):
        answer = await owner.http.get(resigned(back, state=state))
        await refused(owner, answer, shopify, status=403, code="SHOPIFY_OAUTH_STATE_INVALID")


async def test_a_browser_is_shown_the_refusal_on_our_page(shop_house: House, owner: Person) -> None:
    for path in ("/api/shopify/callback?code=1", "/api/shopify/auth?shop=evil.example.com", "/api/shopify/auth"):
        answer = await owner.http.get(path, headers=HTML)
        page = urlsplit(answer.headers["location"])
        shown = parse_qs(page.query)
        assert (answer.status_code, page.netloc, page.path) == (302, "", "/settings/stores")
        assert shown["requestId"] == [answer.headers["x-request-id"]]
        assert shown["error"][0] in ("SHOPIFY_AUTH_FAILED", "SHOP_INVALID", "VALIDATION_FAILED")


async def test_nobody_connects_without_a_session_or_the_right(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    back = await consented(owner, shopify)
    agent = await owner.invite(Role.AGENT)
    async with shop_house.browser() as nobody:
        for path in (back, f"/api/shopify/auth?shop={AWKWARD_JPY}"):
            answer = await nobody.get(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "AUTH_REQUIRED")
            shown = await nobody.get(path, headers=HTML)
            assert shown.headers["location"].startswith("/settings/stores?error=AUTH_REQUIRED&requestId=")
            assert (await agent.http.get(path)).json()["error"]["code"] == "PERMISSION_DENIED"
        body = {"shop": AWKWARD_JPY, "accessToken": custom_app_token(AWKWARD_JPY)}
        assert (await nobody.post("/api/stores", json=body)).status_code == 401
        assert (await agent.http.post("/api/stores", json=body)).status_code == 403
    assert await stores_of(owner) == []


async def test_opened_by_shopify_the_start_must_be_signed(shop_house: House, owner: Person) -> None:
    query = {"shop": AWKWARD_JPY, "timestamp": str(int(clock.now().timestamp())), "host": "YQ"}
    assert (await owner.http.get(f"/api/shopify/auth?{signed(query)}")).status_code == 302
    forged = await owner.http.get(f"/api/shopify/auth?{urlencode({**query, 'hmac': 'a' * 64})}")
    assert forged.json()["error"]["code"] == "SHOPIFY_AUTH_FAILED"


async def test_a_short_failure_of_shopify_is_waited_out(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    await shopify.fault(place="oauth", kind="http_502", match="access_token")
    await connected(owner, shopify)
    assert [entry["status"] for entry in await shopify.requests("oauth")] == [502, 200]


async def test_a_lost_answer_means_starting_again(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    await shopify.fault(place="oauth", kind="reset_after", match="access_token")
    answer = await owner.http.get(await consented(owner, shopify))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "SHOPIFY_AUTH_FAILED")
    assert await stores_of(owner) == []
    await connected(owner, shopify)


async def test_while_shopify_is_down_nothing_is_stored_and_the_shop_stays_free(
    shop_house: House, owner: Person, shopify: ShopifyStandIn
) -> None:
    await shopify.fault(place="graphql", kind="http_502", times=None)
    body = {"shop": AWKWARD_JPY, "accessToken": custom_app_token(AWKWARD_JPY)}
    answer = await owner.http.post("/api/stores", json=body)
    await refused(owner, answer, shopify, status=503, code="SHOPIFY_UNAVAILABLE")
    assert answer.json()["error"]["retryable"] is True
    assert len(await shopify.requests("graphql")) == 3
    await shopify.control("DELETE", "faults")
    assert (await owner.http.post("/api/stores", json=body)).status_code == 201


async def test_a_pasted_token_is_tried_and_kept(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    body = {"shop": "awkward-jpy", "accessToken": custom_app_token(AWKWARD_JPY)}
    answer = await owner.http.post("/api/stores", json=body)
    assert answer.status_code == 201, answer.text
    store = answer.json()
    assert (store["shop"], store["connectedVia"], store["status"]) == (AWKWARD_JPY, "CUSTOM_APP", "CONNECTED")
    assert body["accessToken"] not in answer.text
    assert [s["id"] for s in await stores_of(owner)] == [store["id"]]
    entries = (await owner.http.get("/api/audit", params={"action": "store.connected"})).text
    assert store["id"] in entries
    assert body["accessToken"] not in entries


async def test_a_pasted_token_that_does_not_open_the_shop(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    for token in ("shpat_wrong", custom_app_token(AWKWARD_KWD)):
        answer = await owner.http.post("/api/stores", json={"shop": AWKWARD_JPY, "accessToken": token})
        await refused(owner, answer, shopify, status=422, code="SHOPIFY_AUTH_FAILED")
        assert answer.json()["error"]["details"] == {"field": "accessToken"}


async def test_a_frozen_shop_cannot_be_connected(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    body = {"shop": AWKWARD_JPY, "accessToken": custom_app_token(AWKWARD_JPY)}
    for status in (402, 423):
        await shopify.manners(AWKWARD_JPY, status=status)
        await refused(owner, await owner.http.post("/api/stores", json=body), shopify, status=409, code="SHOPIFY_SHOP_FROZEN")


async def test_a_pasted_token_does_not_take_another_tenants_shop(
    shop_house: House, owner: Person, shopify: ShopifyStandIn, new_owner: NewOwner
) -> None:
    body = {"shop": AWKWARD_JPY, "accessToken": custom_app_token(AWKWARD_JPY)}
    assert (await owner.http.post("/api/stores", json=body)).status_code == 201
    thief = await new_owner()
    await refused(thief, await thief.http.post("/api/stores", json=body), shopify, status=409, code="SHOP_TAKEN")


WRONG_BODIES: list[dict[str, str]] = [
    {},
    {"shop": AWKWARD_JPY},
    {"shop": AWKWARD_JPY, "accessToken": ""},
    {"shop": AWKWARD_JPY, "accessToken": "shpat_\r\nx-evil: 1"},
    {"shop": AWKWARD_JPY, "accessToken": "shpat_é"},
    {"shop": "evil.example.com", "accessToken": "shpat_1"},
    {"shop": AWKWARD_JPY, "accessToken": "shpat_1", "tenantId": str(uuid7())},
]


async def test_a_body_that_is_wrong_reaches_nobody(shop_house: House, owner: Person, shopify: ShopifyStandIn) -> None:
    for body in WRONG_BODIES:
        answer = await owner.http.post("/api/stores", json=body)
        assert answer.status_code == 422, body
    assert await shopify.requests("graphql") == []


handles = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,62}", fullmatch=True)


# Feature: shopify-multi-tenant-dashboard, Property 1: For any valid Shopify store domain, when initiating the OAuth connection
# process, the redirect URL should contain the Shopify OAuth authorization endpoint with correct parameters.
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(handle=handles)
async def test_property_1_the_redirect_goes_to_the_shops_own_consent_page(house: House, handle: str) -> None:
    real = ShopifySettings(api_key="our-key", api_secret="our-secret")
    services = house.wired.services
    gateway = ShopifyGateway(
        house.wired.http,
        house.wired.redis,
        services.get(Breakers),
        api_key=real.api_key,
        api_secret=real.api_secret.get_secret_value(),
        scopes=real.scopes,
        base_url=real.base_url,
    )
    cipher = services.get(TokenCipher)
    connector = StoreConnector(house.db, cipher, gateway, app_url="https://desk.example", session_secret=SESSION_SECRET)
    scope = Scope(tenant_id=uuid7(), user_id=uuid7(), session_id=uuid7())
    states = set()
    for typed in (f"{handle}.myshopify.com", f"https://{handle}.myshopify.com/admin"):
        url = urlsplit(await connector.begin(scope, typed))
        query = parse_qs(url.query, strict_parsing=True)
        assert (url.scheme, url.netloc, url.path) == ("https", f"{handle.lower()}.myshopify.com", "/admin/oauth/authorize")
        assert query["client_id"] == ["our-key"]
        assert query["scope"] == ["read_all_orders,read_customers,read_orders,read_products"]
        assert query["redirect_uri"] == ["https://desk.example/api/shopify/callback"]
        assert "our-secret" not in url.query
        states.add(query["state"][0])
    assert len(states) == 2
