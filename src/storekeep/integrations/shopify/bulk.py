"""Bulk operations: start or adopt, wait, cancel. The file they leave is read by `bulk_file.py`."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from storekeep.integrations.shopify.client import ShopifyClient
from storekeep.integrations.shopify.documents import BULK_CANCEL, BULK_LIST, BULK_RUN, BULK_STATUS
from storekeep.integrations.shopify.errors import (
    BulkBusy,
    BulkFailed,
    BulkTimedOut,
    OutcomeUnknown,
    ShopifyAccessDenied,
    ShopifyUserError,
)
from storekeep.integrations.shopify.wire import instant
from storekeep.kit.clock import now
from storekeep.runtime.retry import Dice, Sleep

_LIVE = frozenset({"CREATED", "RUNNING"})
_UNDONE = frozenset({"FAILED", "CANCELED", "EXPIRED"})
_BUSY = frozenset({"OPERATION_IN_PROGRESS", "LIMIT_REACHED"})
# Polling starts quickly, for small stores are ready within a second, and calms down for large ones: an export that is ready waits
# for a quarter of the time it took at most.
_FIRST_POLL_S, _POLL_GROWTH, _SLOWEST_POLL_S = 0.3, 1.25, 10.0
_BUSY_RETRY_S = 30.0
# How far back a start with an unknown outcome is looked for: no more than two clocks may differ, for what is adopted must not
# be older than the run that adopts it.
_LOST_START = timedelta(seconds=30)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """A bulk operation as Shopify last described it. Addresses are signed and secret; None when there is nothing to fetch."""

    id: str
    status: str
    error_code: str | None
    created_at: datetime | None
    object_count: int
    root_count: int
    file_size: int | None
    query: str = field(repr=False)
    url: str | None = field(repr=False)
    partial_url: str | None = field(repr=False)

    @property
    def is_live(self) -> bool:
        """Whether Shopify still works on it."""
        return self.status in _LIVE


class BulkOperations:
    """The bulk operations of one shop."""

    def __init__(self, client: ShopifyClient, *, sleep: Sleep = asyncio.sleep, dice: Dice = random.random) -> None:
        self._client = client
        self._sleep = sleep
        self._dice = dice

    async def start(self, text: str) -> BulkOperation:
        """The operation that runs `text` (from `bulk_text`): one already running it is adopted, else a new one is started.

        So starting again after a crash does not start twice. Raises BulkBusy when Shopify takes no more, ShopifyUserError when
        it refuses the text, and as `ShopifyClient.execute`.
        """
        adopted = await self._find(text, live_only=True)
        if adopted is not None:
            log.info("shopify_bulk_adopted", tenant_id=str(self._client.tenant_id), shop=self._client.shop, bulk_id=adopted.id)
            return adopted
        asked_at = now()
        try:
            result = await self._client.execute(BULK_RUN, {"query": text})
            payload = result.payload("bulkOperationRunQuery")
        except OutcomeUnknown:
            found = await self._find(text, live_only=False, since=asked_at - _LOST_START)
            if found is None:
                raise
            return found
        except ShopifyUserError as error:
            if any(e.get("code") in _BUSY for e in error.details["userErrors"]):
                raise BulkBusy(details={"shop": self._client.shop}, retry_after=_BUSY_RETRY_S) from error
            raise
        operation = payload.get("bulkOperation")
        if not operation:
            raise ShopifyUserError(details={"operation": "bulkOperationRunQuery", "userErrors": []})
        log.info("shopify_bulk_started", tenant_id=str(self._client.tenant_id), shop=self._client.shop, bulk_id=operation["id"])
        return await self.status(operation["id"])

    async def status(self, id: str) -> BulkOperation:
        """The operation now. Raises BulkFailed when Shopify no longer knows it."""
        result = await self._client.execute(BULK_STATUS, {"id": id})
        raw = result.data.get("bulkOperation")
        if raw is None:
            raise BulkFailed(details={"shop": self._client.shop, "status": "UNKNOWN"}, retryable=False)
        return _operation(raw)

    async def recent(self) -> list[BulkOperation]:
        """The latest bulk queries of our app in this shop, newest first, whatever became of them."""
        result = await self._client.execute(BULK_LIST)
        return [_operation(raw) for raw in result.data["bulkOperations"]["nodes"]]

    async def wait(
        self,
        id: str,
        *,
        deadline_s: float,
        on_progress: Callable[[BulkOperation], Awaitable[None]] | None = None,
    ) -> BulkOperation:
        """The operation once COMPLETED. `on_progress` is told after each look.

        Raises BulkFailed (with `errorCode`), ShopifyAccessDenied when a scope was missing, BulkTimedOut after `deadline_s`
        seconds (the operation goes on; adopt or cancel it).
        """
        ends = time.monotonic() + deadline_s
        pause = _FIRST_POLL_S
        while True:
            operation = await self.status(id)
            if on_progress is not None:
                await on_progress(operation)
            if operation.status == "COMPLETED":
                return operation
            if operation.status in _UNDONE:
                raise _undone(operation, self._client.shop)
            if time.monotonic() + pause > ends:
                raise BulkTimedOut(details={"shop": self._client.shop, "objects": operation.object_count})
            await self._sleep(pause * (0.75 + 0.5 * self._dice()))
            pause = min(pause * _POLL_GROWTH, _SLOWEST_POLL_S)

    async def cancel(self, id: str) -> None:
        """Ask Shopify to stop the operation; one that has already ended is left as it is."""
        try:
            (await self._client.execute(BULK_CANCEL, {"id": id})).payload("bulkOperationCancel")
        except ShopifyUserError as error:
            operation = await self.status(id)
            if operation.is_live:
                raise error

    async def _find(self, text: str, *, live_only: bool, since: datetime | None = None) -> BulkOperation | None:
        wanted = _same(text)
        for operation in await self.recent():
            usable = operation.is_live or (not live_only and operation.status == "COMPLETED")
            late_enough = since is None or operation.created_at is None or operation.created_at >= since
            if usable and late_enough and _same(operation.query) == wanted:
                return operation
        return None


def _same(text: str) -> str:
    # Shopify may give the text back with other blanks.
    return " ".join(text.split())


def _undone(operation: BulkOperation, shop: str) -> BulkFailed | ShopifyAccessDenied:
    details = {"shop": shop, "status": operation.status, "errorCode": operation.error_code}
    if operation.error_code == "ACCESS_DENIED":
        return ShopifyAccessDenied(details=details)
    return BulkFailed(details=details | {"objects": operation.object_count, "partial": operation.partial_url is not None})


def _operation(raw: dict[str, Any]) -> BulkOperation:
    size = raw.get("fileSize")
    return BulkOperation(
        id=raw["id"],
        status=raw["status"],
        error_code=raw.get("errorCode"),
        created_at=instant(raw.get("createdAt")),
        # Shopify sends these counts as strings.
        object_count=int(raw.get("objectCount") or 0),
        root_count=int(raw.get("rootObjectCount") or 0),
        file_size=None if size is None else int(size),
        query=raw.get("query") or "",
        url=raw.get("url"),
        partial_url=raw.get("partialDataUrl"),
    )
