"""No token, secret or signed address reaches a log, an error body or Redis, whatever fails."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator

import httpx
import pytest
import structlog
from redis.asyncio import Redis

from storekeep.integrations.shopify.bulk_file import BulkFiles
from storekeep.integrations.shopify.documents import BULK_RUN, SHOP_INFO
from storekeep.integrations.shopify.oauth import ShopifyOAuth
from storekeep.kit.errors import AppError
from storekeep.runtime.http import Outside, make_client
from storekeep.runtime.retry import NO_RETRY
from tests.support.logs import logging_to

from .conftest import SHOP, TOKEN, URL, Shop
from .test_bulk_file import FileServer, operation

SECRET = "shpss_feedfacefeedfacefeedfacefeedface"
REFRESH = "shprt_feedfacefeedfacefeedfacefeedface"
SIGNATURE = "AbCdEf0123456789AbCdEf0123456789"
log = structlog.get_logger("test")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything logged, at the most talkative level, as it would be written."""
    stream = io.StringIO()
    with logging_to(stream, level="DEBUG"):
        yield stream


ECHO = f"<html>You sent X-Shopify-Access-Token: {TOKEN} and client_secret={SECRET}</html>"
ANSWERS = [
    httpx.Response(200, text=ECHO),
    httpx.Response(401, json={"errors": f"Invalid token {TOKEN}"}),
    httpx.Response(400, json={"errors": {"token": TOKEN}}),
    httpx.Response(502, text=ECHO),
    httpx.Response(200, json={"errors": [{"message": f"bad {TOKEN}", "extensions": {"code": TOKEN}}]}),
    httpx.ReadTimeout(f"timeout with {TOKEN}"),
    httpx.ConnectError(f"https://{SHOP}/?access_token={TOKEN}"),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda a: type(a).__name__ + str(getattr(a, "status_code", "")))
async def test_failing_calls_show_no_token(
    answer: httpx.Response | Exception, new_shop: Callable[..., Shop], logged: io.StringIO, redis: Redis
) -> None:
    shop = new_shop(fresh="shpat_cafecafecafecafecafecafecafecafe")
    shop.answers(answer)
    for document in (SHOP_INFO, BULK_RUN):
        try:
            await shop.client.execute(document, backoff=NO_RETRY)
        except AppError:
            log.exception("it_failed")
    kept = [await _dump(redis, key) async for key in redis.scan_iter(match=f"*{shop.tenant_id}*")]
    assert "it_failed" in logged.getvalue()
    for secret in (TOKEN, SECRET, "shpat_cafe", URL + "?"):
        assert secret not in logged.getvalue()
        assert secret not in json.dumps(kept)


async def _dump(redis: Redis, key: bytes) -> str:
    return str(key) + str(await redis.dump(key))


async def test_failing_grants_show_no_secret(new_shop: Callable[..., Shop], logged: io.StringIO) -> None:
    shop = new_shop()
    outside = Outside(make_client(), service="shopify")
    flow = ShopifyOAuth(outside, api_key="k", api_secret=SECRET, scopes=[], backoff=NO_RETRY)
    body = {"error": "invalid_grant", "error_description": f"refresh token {REFRESH} of {SECRET}"}
    for answer in (httpx.Response(400, json=body), httpx.Response(200, text=f"<html>{REFRESH}{SECRET}</html>")):
        shop.router.post(f"https://{SHOP}/admin/oauth/access_token").mock(return_value=answer)
        try:
            await flow.refresh(SHOP, REFRESH)
        except AppError as error:
            log.exception("it_failed")
            assert REFRESH not in repr(error.details)
    assert logged.getvalue().count("it_failed") == 2
    assert REFRESH not in logged.getvalue()
    assert SECRET not in logged.getvalue()


async def test_a_files_signed_address_is_not_shown(logged: io.StringIO) -> None:
    client = make_client()
    server = FileServer(b"", port=1)
    of = operation(server, 1, url=f"http://127.0.0.1:1/x.jsonl?signature={SIGNATURE}")
    files = BulkFiles(Outside(client, service="shopify"), allow_http=True, backoff=NO_RETRY)
    try:
        async with files.batches(of) as batches:
            async for _ in batches:
                pass
    except AppError:
        log.exception("it_failed", operation=repr(of))
    await client.aclose()
    assert "it_failed" in logged.getvalue()
    assert SIGNATURE not in logged.getvalue()
