"""Bulk operations: never two for one purpose, waited for with patience, and their end understood."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from storekeep.integrations.shopify.bulk import BulkOperation, BulkOperations
from storekeep.integrations.shopify.documents import BULK_CUSTOMERS, bulk_text
from storekeep.integrations.shopify.errors import (
    BulkBusy,
    BulkFailed,
    BulkTimedOut,
    OutcomeUnknown,
    ShopifyAccessDenied,
    ShopifyUserError,
)
from storekeep.kit.clock import now

from .conftest import Shop, ok

TEXT = bulk_text(BULK_CUSTOMERS)
ID = "gid://shopify/BulkOperation/7"


def operation(**changes: Any) -> dict[str, Any]:
    raw = {
        "id": ID,
        "status": "RUNNING",
        "errorCode": None,
        "createdAt": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "completedAt": None,
        "objectCount": "12",
        "rootObjectCount": "10",
        "fileSize": None,
        "url": None,
        "partialDataUrl": None,
        "query": TEXT,
    }
    return raw | changes


class Shopify:
    """A shop's bulk operations as far as these tests need them; notes what was asked."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.listed: list[dict[str, Any]] = []
        self.statuses: list[dict[str, Any]] = [operation()]
        self.start: Any = ok({"bulkOperationRunQuery": {"bulkOperation": {"id": ID, "status": "CREATED"}, "userErrors": []}})
        self.cancel = ok({"bulkOperationCancel": {"bulkOperation": {"id": ID, "status": "CANCELING"}, "userErrors": []}})
        self.asked: list[str] = []
        shop.route.mock(side_effect=self.reply)
        self.naps: list[float] = []
        self.operations = BulkOperations(shop.client, sleep=self.nap, dice=lambda: 0.5)

    async def nap(self, seconds: float) -> None:
        self.naps.append(seconds)

    def reply(self, request: httpx.Request) -> httpx.Response:
        text = json.loads(request.content)["query"]
        if "query BulkList" in text:
            self.asked.append("list")
            return ok({"bulkOperations": {"nodes": self.listed}})
        if "query BulkStatus" in text:
            self.asked.append("status")
            return ok({"bulkOperation": self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]})
        if "mutation BulkCancel" in text:
            self.asked.append("cancel")
            return self.cancel
        self.asked.append("start")
        if isinstance(self.start, type):
            self.listed = self.appearing
            raise self.start("broken on purpose")
        return self.start

    appearing: list[dict[str, Any]] = []  # noqa: RUF012


@pytest.fixture
def shopify(shop: Shop) -> Shopify:
    return Shopify(shop)


async def test_starting_gives_the_operation_with_counts_as_numbers(shopify: Shopify) -> None:
    found = await shopify.operations.start(TEXT)
    assert shopify.asked == ["list", "start", "status"]
    assert (found.id, found.status, found.object_count, found.root_count, found.file_size) == (ID, "RUNNING", 12, 10, None)
    assert found.is_live


async def test_one_already_running_for_the_same_text_is_adopted(shopify: Shopify) -> None:
    shopify.listed = [
        operation(id="gid://shopify/BulkOperation/9", query="{ shop { id } }"),
        operation(id="gid://shopify/BulkOperation/8", status="COMPLETED"),
        operation(query="  ".join(TEXT.split("\n"))),
    ]
    assert (await shopify.operations.start(TEXT)).id == ID
    assert shopify.asked == ["list"]


async def test_a_start_without_an_answer_is_looked_for_not_repeated(shopify: Shopify) -> None:
    shopify.start, shopify.appearing = httpx.ReadTimeout, [operation(status="CREATED")]
    assert (await shopify.operations.start(TEXT)).id == ID
    assert shopify.asked == ["list", "start", "list"]


async def test_a_start_that_left_no_trace_stays_unknown(shopify: Shopify) -> None:
    shopify.start = httpx.ReadTimeout
    shopify.appearing = [operation(status="COMPLETED", createdAt="2020-01-01T00:00:00Z")]
    with pytest.raises(OutcomeUnknown):
        await shopify.operations.start(TEXT)
    assert shopify.asked.count("start") == 1


@pytest.mark.parametrize("code", ["OPERATION_IN_PROGRESS", "LIMIT_REACHED"])
async def test_too_many_at_once_is_told_apart(code: str, shopify: Shopify) -> None:
    refusal = {"field": None, "message": "already in progress", "code": code}
    shopify.start = ok({"bulkOperationRunQuery": {"bulkOperation": None, "userErrors": [refusal]}})
    with pytest.raises(BulkBusy) as caught:
        await shopify.operations.start(TEXT)
    assert caught.value.retryable
    assert caught.value.retry_after


async def test_a_text_shopify_refuses_is_a_user_error(shopify: Shopify) -> None:
    refusal = {"field": ["query"], "message": "Too deep", "code": "INVALID"}
    shopify.start = ok({"bulkOperationRunQuery": {"bulkOperation": None, "userErrors": [refusal]}})
    with pytest.raises(ShopifyUserError):
        await shopify.operations.start(TEXT)


async def test_waiting_polls_ever_slower_and_tells_progress(shopify: Shopify) -> None:
    shopify.statuses = [
        operation(status="CREATED"),
        *[operation() for _ in range(24)],
        operation(status="COMPLETED", url="https://f"),
    ]
    seen: list[str] = []

    async def note(found: BulkOperation) -> None:
        seen.append(found.status)

    done = await shopify.operations.wait(ID, deadline_s=600, on_progress=note)
    assert done.url == "https://f"
    assert seen == ["CREATED", *["RUNNING"] * 24, "COMPLETED"]
    assert shopify.naps == sorted(shopify.naps)
    assert shopify.naps[0] < 0.5
    assert max(shopify.naps) == 10
    assert "https://f" not in repr(done)


@pytest.mark.parametrize("status", ["FAILED", "CANCELED", "EXPIRED"])
async def test_an_end_without_success_is_an_error(status: str, shopify: Shopify) -> None:
    shopify.statuses = [operation(status=status, errorCode="TIMEOUT", partialDataUrl="https://p")]
    with pytest.raises(BulkFailed) as caught:
        await shopify.operations.wait(ID, deadline_s=60)
    assert caught.value.details["errorCode"] == "TIMEOUT"
    assert caught.value.details["partial"] is True
    assert "https://p" not in repr(caught.value.__dict__)


async def test_a_missing_scope_ends_it_as_access_denied(shopify: Shopify) -> None:
    shopify.statuses = [operation(status="FAILED", errorCode="ACCESS_DENIED")]
    with pytest.raises(ShopifyAccessDenied):
        await shopify.operations.wait(ID, deadline_s=60)


async def test_waiting_ends_at_the_deadline(shopify: Shopify) -> None:
    with pytest.raises(BulkTimedOut):
        await shopify.operations.wait(ID, deadline_s=0.1)


async def test_an_operation_shopify_no_longer_knows(shopify: Shopify) -> None:
    shopify.statuses = [None]  # type: ignore[list-item]
    with pytest.raises(BulkFailed):
        await shopify.operations.status(ID)


async def test_cancelling_what_has_ended_is_no_error(shopify: Shopify) -> None:
    await shopify.operations.cancel(ID)
    refusal = ok({"bulkOperationCancel": {"bulkOperation": None, "userErrors": [{"field": None, "message": "done"}]}})
    shopify.cancel, shopify.statuses = refusal, [operation(status="COMPLETED")]
    await shopify.operations.cancel(ID)
    shopify.statuses = [operation(status="RUNNING")]
    with pytest.raises(ShopifyUserError):
        await shopify.operations.cancel(ID)
