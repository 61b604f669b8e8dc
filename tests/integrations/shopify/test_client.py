"""The client: three layers of errors, one refresh, waits as asked, and mutations never sent twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storekeep.integrations.shopify.documents import BULK_CANCEL, BULK_RUN, ORDERS_COUNT, SHOP_INFO
from storekeep.integrations.shopify.errors import (
    OutcomeUnknown,
    ShopifyAccessDenied,
    ShopifyAuthFailed,
    ShopifyBadResponse,
    ShopifyError,
    ShopifyQueryRejected,
    ShopifyQueryTooCostly,
    ShopifyRateLimited,
    ShopifyShopFrozen,
    ShopifyUnavailable,
    ShopifyUserError,
)
from storekeep.integrations.shopify.replies import retry_after
from storekeep.runtime.breaker import BreakerOpen, BreakerPolicy
from storekeep.runtime.retry import NO_RETRY

from .conftest import TOKEN, Shop, cost, ok, throttled

GOOD = ok({"shop": {"name": "Demo"}}, cost=cost(5))
HTML = httpx.Response(200, content=b"<html><body>Maintenance</body></html>", headers={"content-type": "text/html"})


def fault(code: str | None, message: str = "no", **more: Any) -> dict[str, Any]:
    return {"message": message, **({"extensions": {"code": code}} if code else {}), **more}


async def test_a_call_carries_the_token_in_its_own_header_only(shop: Shop) -> None:
    route = shop.answers(GOOD)
    result = await shop.client.execute(ORDERS_COUNT, {"query": "created_at:>'2026-01-01T00:00:00Z'"})
    assert result.data == {"shop": {"name": "Demo"}}
    assert result.request_id == "req-1"
    assert result.cost is not None
    assert result.cost.requested == 5
    request = route.calls.last.request
    assert request.headers["x-shopify-access-token"] == TOKEN
    assert "authorization" not in request.headers
    assert "cookie" not in request.headers
    assert TOKEN not in str(request.url)
    assert json.loads(request.content) == {
        "query": ORDERS_COUNT.text,
        "variables": {"query": "created_at:>'2026-01-01T00:00:00Z'"},
    }


# --- every way to fail, for a query --------------------------------------------------------------------------------------------

RETRIED: list[tuple[str, httpx.Response | type[Exception], type[ShopifyError]]] = [
    ("connect refused", httpx.ConnectError, ShopifyUnavailable),
    ("connect timeout", httpx.ConnectTimeout, ShopifyUnavailable),
    ("read timeout", httpx.ReadTimeout, ShopifyUnavailable),
    ("reset", httpx.ReadError, ShopifyUnavailable),
    ("server hung up", httpx.RemoteProtocolError, ShopifyUnavailable),
    ("500", httpx.Response(500, text="oops"), ShopifyUnavailable),
    ("502 html", httpx.Response(502, text="<html>Bad gateway</html>"), ShopifyUnavailable),
    ("503", httpx.Response(503), ShopifyUnavailable),
    ("520 edge", httpx.Response(520), ShopifyUnavailable),
    ("408", httpx.Response(408), ShopifyUnavailable),
    ("429", httpx.Response(429), ShopifyRateLimited),
    ("html with 200", HTML, ShopifyBadResponse),
    ("truncated", httpx.Response(200, content=b'{"data":{"shop":{"na'), ShopifyBadResponse),
    ("empty", httpx.Response(200, content=b""), ShopifyBadResponse),
    ("not graphql", httpx.Response(200, json=[1, 2]), ShopifyBadResponse),
    ("no data, no errors", httpx.Response(200, json={"data": None}), ShopifyBadResponse),
    ("redirect", httpx.Response(302, headers={"location": "https://evil.example/"}), ShopifyBadResponse),
    ("internal error", ok(None, errors=[fault("INTERNAL_SERVER_ERROR")]), ShopifyUnavailable),
    ("throttled", throttled(500, 100), ShopifyRateLimited),
]
FINAL: list[tuple[str, httpx.Response, type[ShopifyError]]] = [
    ("400", httpx.Response(400, json={"errors": "bad json"}), ShopifyQueryRejected),
    ("402", httpx.Response(402, json={"errors": "Unavailable Shop"}), ShopifyShopFrozen),
    ("403", httpx.Response(403, text="Forbidden"), ShopifyAccessDenied),
    ("404", httpx.Response(404, json={"errors": "Not Found"}), ShopifyShopFrozen),
    ("423", httpx.Response(423, json={"errors": "Locked"}), ShopifyShopFrozen),
    ("unknown field", ok(None, errors=[fault("undefinedField")]), ShopifyQueryRejected),
    ("errors as text", httpx.Response(200, json={"errors": "something"}), ShopifyQueryRejected),
    ("access denied", ok(None, errors=[fault("ACCESS_DENIED")]), ShopifyAccessDenied),
    ("inactive", ok(None, errors=[fault("SHOP_INACTIVE")]), ShopifyShopFrozen),
    ("too costly", ok(None, errors=[fault("MAX_COST_EXCEEDED")]), ShopifyQueryTooCostly),
]


@pytest.mark.parametrize(("name", "answer", "kind"), RETRIED, ids=[case[0] for case in RETRIED])
async def test_passing_trouble_is_retried_and_named(name: str, answer: Any, kind: type[ShopifyError], shop: Shop) -> None:
    route = shop.answers(answer, answer, GOOD)
    assert (await shop.client.execute(SHOP_INFO)).data == {"shop": {"name": "Demo"}}
    assert route.call_count == 3

    shop.answers(answer)
    with pytest.raises(kind) as caught:
        await shop.client.execute(SHOP_INFO)
    assert route.call_count == 3 + 6
    assert caught.value.retryable
    assert caught.value.details["operation"] == "shop_info"
    assert caught.value.__cause__ is not caught.value


@pytest.mark.parametrize(("name", "answer", "kind"), FINAL, ids=[case[0] for case in FINAL])
async def test_what_will_not_pass_is_raised_at_once(
    name: str, answer: httpx.Response, kind: type[ShopifyError], shop: Shop
) -> None:
    route = shop.answers(answer)
    with pytest.raises(kind) as caught:
        await shop.client.execute(SHOP_INFO)
    assert route.call_count == 1
    assert not caught.value.retryable
    assert shop.tokens.refreshes == 0
    assert caught.value.__cause__ is not caught.value


async def test_every_error_keeps_shopifys_request_id_and_no_token(shop: Shop) -> None:
    shop.answers(httpx.Response(402, headers={"x-request-id": "abc-123"}))
    with pytest.raises(ShopifyShopFrozen) as caught:
        await shop.client.execute(SHOP_INFO)
    assert caught.value.details == {
        "shop": "demo-store.myshopify.com",
        "operation": "shop_info",
        "status": 402,
        "requestId": "abc-123",
    }
    assert TOKEN not in repr(caught.value.__dict__)


# --- tokens --------------------------------------------------------------------------------------------------------------------


async def test_401_refreshes_once_and_goes_on(new_shop: Callable[..., Shop]) -> None:
    shop = new_shop(fresh="shpat_fresh")
    route = shop.answers(httpx.Response(401), GOOD)
    await shop.client.execute(SHOP_INFO)
    assert shop.tokens.refreshes == 1
    assert [call.request.headers["x-shopify-access-token"] for call in route.calls] == [TOKEN, "shpat_fresh"]
    assert shop.naps == []


@pytest.mark.parametrize("fresh", [None, "shpat_fresh"])
async def test_a_second_401_is_final(fresh: str | None, new_shop: Callable[..., Shop]) -> None:
    shop = new_shop(fresh=fresh)
    route = shop.answers(httpx.Response(401, json={"errors": "[API] Invalid API key or access token"}))
    with pytest.raises(ShopifyAuthFailed) as caught:
        await shop.client.execute(SHOP_INFO)
    assert shop.tokens.refreshes == 1
    assert route.call_count == (1 if fresh is None else 2)
    assert caught.value.code == "SHOPIFY_AUTH_FAILED"
    assert not caught.value.retryable


# --- waiting -------------------------------------------------------------------------------------------------------------------


async def test_throttled_waits_what_the_bucket_needs(shop: Shop) -> None:
    shop.answers(throttled(700, 200), GOOD)
    await shop.client.execute(SHOP_INFO)
    # (700 - 200) / 100 a second, and up to a tenth on top
    assert shop.naps[0] == pytest.approx(5.5)


@pytest.mark.parametrize(("header", "seconds"), [("2.0", 2.0), ("7", 7.0)])
async def test_429_waits_as_retry_after_says(header: str, seconds: float, shop: Shop) -> None:
    shop.answers(httpx.Response(429, headers={"retry-after": header}), GOOD)
    await shop.client.execute(SHOP_INFO)
    assert shop.naps == [pytest.approx(seconds * 1.1)]


async def test_a_long_retry_after_is_left_to_the_job(shop: Shop) -> None:
    route = shop.answers(httpx.Response(429, headers={"retry-after": "60"}))
    with pytest.raises(ShopifyRateLimited) as caught:
        await shop.client.execute(SHOP_INFO)
    assert route.call_count == 1
    assert caught.value.retry_after == 60


def test_retry_after_reads_numbers_dates_and_nonsense() -> None:
    at = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)
    assert retry_after("1.5") == 1.5
    assert retry_after("Wed, 01 Jul 2026 12:00:30 GMT", at) == 30
    assert retry_after("Wed, 01 Jul 2026 11:00:00 GMT", at) == 0
    assert retry_after("1e9") == 3600
    for nonsense in (None, "", "soon", "nan", "-"):
        assert retry_after(nonsense) is None


async def test_a_person_does_not_wait_long(shop: Shop) -> None:
    route = shop.answers(httpx.Response(503))
    with pytest.raises(ShopifyUnavailable):
        await shop.client.execute(SHOP_INFO, priority="interactive")
    assert route.call_count == 3
    assert sum(shop.naps) <= 2


async def test_the_breaker_opens_and_no_more_is_sent(new_shop: Callable[..., Shop]) -> None:
    shop = new_shop(breaker=BreakerPolicy(threshold=5, open_s=60))
    route = shop.answers(httpx.Response(503))
    with pytest.raises(BreakerOpen) as caught:
        await shop.client.execute(SHOP_INFO)
    assert route.call_count == 5
    assert caught.value.retry_after is not None
    with pytest.raises(BreakerOpen):
        await shop.client.execute(SHOP_INFO)
    assert route.call_count == 5


async def test_refusals_and_cost_throttling_do_not_open_the_breaker(new_shop: Callable[..., Shop]) -> None:
    shop = new_shop(breaker=BreakerPolicy(threshold=5, open_s=60))
    for answer in (httpx.Response(402), ok(None, errors=[fault("ACCESS_DENIED")]), throttled(500, 490)):
        shop.answers(answer)
        for _ in range(7):
            with pytest.raises(ShopifyError):
                await shop.client.execute(SHOP_INFO, backoff=NO_RETRY)
    shop.answers(GOOD)
    await shop.client.execute(SHOP_INFO)


# --- partial data, warnings, versions ------------------------------------------------------------------------------------------

PARTIAL = ok(
    {"shop": {"name": "Demo"}, "orders": None},
    errors=[fault("ACCESS_DENIED", "Access denied for orders field.", path=["orders"])],
)


async def test_partial_data_is_an_error_unless_asked_for(shop: Shop) -> None:
    shop.answers(PARTIAL)
    with pytest.raises(ShopifyAccessDenied) as caught:
        await shop.client.execute(SHOP_INFO)
    assert caught.value.details["errors"][0]["path"] == ["orders"]
    result = await shop.client.execute(SHOP_INFO, allow_partial=True)
    assert result.data["shop"] == {"name": "Demo"}
    assert [(f.code, f.path) for f in result.faults] == [("ACCESS_DENIED", ("orders",))]


async def test_partial_data_of_passing_trouble_is_read_again(shop: Shop) -> None:
    broken = ok({"shop": {"name": "Demo"}, "orders": None}, errors=[fault("INTERNAL_SERVER_ERROR", path=["orders"])])
    route = shop.answers(broken, GOOD)
    result = await shop.client.execute(SHOP_INFO, allow_partial=True)
    assert result.faults == ()
    assert route.call_count == 2


async def test_an_ignored_search_filter_is_a_failure(shop: Shop) -> None:
    warning = {"field": "updated_at", "code": "invalid_field", "message": "Invalid search field for this query."}
    extensions = {"search": [{"path": ["orders"], "query": "updated_at:>2026", "parsed": {}, "warnings": [warning]}]}
    shop.answers(ok({"orders": {"nodes": []}}, extensions=extensions))
    with pytest.raises(ShopifyQueryRejected) as caught:
        await shop.client.execute(SHOP_INFO, allow_partial=True)
    assert caught.value.details["reason"] == "search_warning"


async def test_a_version_that_fell_forward_is_reported_once(shop: Shop) -> None:
    answer = ok({"shop": {}})
    answer.headers["x-shopify-api-version"] = "2027-01"
    shop.answers(answer)
    with structlog.testing.capture_logs() as logs:
        await shop.client.execute(SHOP_INFO)
        await shop.client.execute(SHOP_INFO)
    alarms = [entry for entry in logs if entry["event"] == "shopify_api_version_changed"]
    assert [(a["asked"], a["answered"], a["log_level"]) for a in alarms] == [("2026-07", "2027-01", "warning")]


# --- mutations -----------------------------------------------------------------------------------------------------------------

UNKNOWN = [
    httpx.ReadTimeout,
    httpx.ReadError,
    httpx.RemoteProtocolError,
    httpx.Response(502),
    httpx.Response(500),
    HTML,
    httpx.Response(200, content=b'{"data":{"bulkOp'),
    ok(None, errors=[fault("INTERNAL_SERVER_ERROR")]),
]


@pytest.mark.parametrize("answer", UNKNOWN, ids=lambda a: getattr(a, "__name__", None) or str(getattr(a, "status_code", a)))
async def test_a_mutation_that_may_have_happened_is_not_sent_again(answer: Any, shop: Shop) -> None:
    route = shop.answers(answer)
    with pytest.raises(OutcomeUnknown) as caught:
        await shop.client.execute(BULK_RUN, {"query": "{ shop { id } }"})
    assert route.call_count == 1
    assert not caught.value.retryable


@pytest.mark.parametrize("answer", [httpx.ConnectError, httpx.ConnectTimeout, throttled(10, 0), httpx.Response(429)])
async def test_a_mutation_that_cannot_have_happened_is_sent_again(answer: Any, shop: Shop) -> None:
    route = shop.answers(answer, ok({"bulkOperationRunQuery": {"userErrors": []}}))
    await shop.client.execute(BULK_RUN, {"query": "{ shop { id } }"})
    assert route.call_count == 2


async def test_a_repeatable_mutation_is_repeated(shop: Shop) -> None:
    route = shop.answers(httpx.ReadTimeout, ok({"bulkOperationCancel": {"userErrors": []}}))
    await shop.client.execute(BULK_CANCEL, {"id": "gid://shopify/BulkOperation/1"})
    assert route.call_count == 2


async def test_user_errors_are_a_business_refusal(shop: Shop) -> None:
    refusal = {"field": ["query"], "message": "Too deep", "code": "INVALID"}
    shop.answers(ok({"bulkOperationRunQuery": {"bulkOperation": None, "userErrors": [refusal]}}))
    result = await shop.client.execute(BULK_RUN, {"query": "{}"})
    with pytest.raises(ShopifyUserError) as caught:
        result.payload("bulkOperationRunQuery")
    assert caught.value.details["userErrors"] == [refusal]
    shop.answers(ok({"orderCancel": {"job": None, "orderCancelUserErrors": [{"message": "x"}]}}))
    with pytest.raises(ShopifyUserError):
        (await shop.client.execute(BULK_RUN, {"query": "{}"})).payload("orderCancel")
    shop.answers(ok({"orderCancel": None}))
    with pytest.raises(ShopifyUserError):
        (await shop.client.execute(BULK_RUN, {"query": "{}"})).payload("orderCancel")


# --- logs ----------------------------------------------------------------------------------------------------------------------


# Feature: shopify-multi-tenant-dashboard, Property 34: *For any* rate limit error from the Shopify API, the system should log the event with the tenant identifier and timestamp.
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.one_of(
        st.builds(throttled, st.floats(1, 1000), st.floats(0, 1000)),
        st.builds(
            lambda status, wait: httpx.Response(status, headers={} if wait is None else {"retry-after": str(wait)}),
            st.sampled_from([429, 430]),
            st.one_of(st.none(), st.floats(0, 100)),
        ),
    )
)
async def test_every_rate_limit_is_logged_with_tenant_and_time(limit: httpx.Response, new_shop: Callable[..., Shop]) -> None:
    shop = new_shop()
    shop.answers(limit)
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp")
    with structlog.testing.capture_logs(processors=[stamp]) as logs, pytest.raises(ShopifyRateLimited):
        await shop.client.execute(SHOP_INFO, backoff=NO_RETRY)
    found = [entry for entry in logs if entry["event"] == "shopify_rate_limited"]
    assert len(found) == 1
    assert found[0]["tenant_id"] == str(shop.tenant_id)
    assert found[0]["log_level"] == "warning"
    assert datetime.fromisoformat(found[0]["timestamp"]).tzinfo is not None


async def test_concurrent_calls_share_one_client(shop: Shop) -> None:
    route = shop.answers(GOOD)
    await asyncio.gather(*(shop.client.execute(SHOP_INFO) for _ in range(20)))
    assert route.call_count == 20
