"""The Admin GraphQL client of one shop: admission, breaker, one refresh, retries, and every failure by its name."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog

from storekeep.integrations.shopify.admission import Admission, Priority, Ticket
from storekeep.integrations.shopify.documents import Document
from storekeep.integrations.shopify.errors import (
    AdmissionDenied,
    OutcomeUnknown,
    ShopifyAuthFailed,
    ShopifyBadResponse,
    ShopifyError,
    ShopifyRateLimited,
    ShopifyThrottled,
    ShopifyUnavailable,
)
from storekeep.integrations.shopify.replies import Reply, Result, judge, read_reply
from storekeep.integrations.shopify.tokens import AccessToken, TokenSource
from storekeep.runtime.breaker import Breaker, BreakerOpen, counts_as_failure
from storekeep.runtime.http import Outside, OutsideError
from storekeep.runtime.retry import DEFAULT_BACKOFF, Backoff, Dice, Sleep, is_retryable, retrying

# A person is waiting: two quick retries, never a long sleep, and all of it over in twenty seconds.
_INTERACTIVE_DEADLINE_S = 20.0
_LEAST_S = 1.0  # for a call that waited long to be admitted
INTERACTIVE_BACKOFF = Backoff(retries=2, base=0.5, cap=4.0, patience=5.0, within=_INTERACTIVE_DEADLINE_S)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Lessons:
    """What answers have taught this process about documents: their cost by page size, the largest page Shopify takes, the page
    it could last give while in trouble; and API versions already reported."""

    costs: dict[tuple[str, int], float] = field(default_factory=dict)
    page_caps: dict[str, int] = field(default_factory=dict)
    page_sizes: dict[str, int] = field(default_factory=dict)
    versions: set[str] = field(default_factory=set)


class ShopifyClient:
    """Calls the Admin API for one shop. Safe for concurrent use; made by `ShopifyGateway.client`."""

    def __init__(
        self,
        *,
        tenant_id: uuid.UUID,
        shop: str,
        tokens: TokenSource,
        outside: Outside,
        admission: Admission,
        breaker: Breaker,
        base_url: str,
        api_version: str,
        lessons: Lessons,
        sleep: Sleep = asyncio.sleep,
        dice: Dice = random.random,
    ) -> None:
        """`shop` has passed `parse_shop_domain`; `base_url` has {shop} for it. `tenant_id` goes into logs."""
        self.tenant_id = tenant_id
        self.shop = shop
        self.lessons = lessons
        self._tokens = tokens
        self._outside = outside
        self._admission = admission
        self._breaker = breaker
        self._version = api_version
        self._url = f"{base_url.format(shop=shop)}/admin/api/{api_version}/graphql.json"
        self._sleep = sleep
        self._dice = dice

    async def execute(
        self,
        document: Document,
        variables: Mapping[str, Any] | None = None,
        *,
        priority: Priority = "background",
        backoff: Backoff | None = None,
        allow_partial: bool = False,
    ) -> Result:
        """Run `document` and return its data.

        Waits for admission and retries by `backoff` (5 times in the background; twice when interactive, within 20 s in all).
        With `allow_partial`, data that lacks fields for want of access comes back with `faults`; otherwise ShopifyAccessDenied is
        raised. A mutation that is not repeatable raises OutcomeUnknown once it may have been carried out, and is not sent again.
        Raises ShopifyError subclasses, BreakerOpen, and whatever the token source raises.
        """
        policy = backoff or (INTERACTIVE_BACKOFF if priority == "interactive" else DEFAULT_BACKOFF)
        body = orjson.dumps({"query": document.text, "variables": dict(variables or {})})
        cost_key = (document.name, _page_size(variables))

        ends = time.monotonic() + _INTERACTIVE_DEADLINE_S if priority == "interactive" else None

        async def once() -> Result:
            ticket = await self._admit(document, cost_key, priority)
            return await self._admitted(ticket, document, body, cost_key, ends, allow_partial)

        return await retrying(
            once,
            backoff=policy,
            # An open breaker or a drained bucket is not waited for here: the job comes back later, without spending an attempt.
            should_retry=lambda error: is_retryable(error) and not isinstance(error, BreakerOpen | AdmissionDenied),
            sleep=self._sleep,
            dice=self._dice,
            on_retry=lambda error, retry, wait: self._log_retry(document, error, retry, wait),
        )

    async def _admit(self, document: Document, cost_key: tuple[str, int], priority: Priority) -> Ticket:
        try:
            return await self._admission.admit(self.shop, self.lessons.costs.get(cost_key, document.cost), priority)
        except AdmissionDenied as error:
            self._log_limited(document, error, "admission")
            raise

    async def _admitted(
        self,
        ticket: Ticket,
        document: Document,
        body: bytes,
        cost_key: tuple[str, int],
        ends: float | None,
        allow_partial: bool,
    ) -> Result:
        reply: Reply | None = None
        sent = True
        try:
            async with self._breaker.guard(_speaks_against_shopify):
                reply = await self._authorized(document, body, ends)
                self._learn(reply, cost_key)
                return judge(reply, allow_partial=allow_partial)
        except ShopifyRateLimited as error:
            error.details = {"shop": self.shop, "operation": document.name} | error.details
            self._log_limited(document, error, "cost" if reply else "http")
            raise
        except BreakerOpen:
            sent = False
            raise
        except (OutsideError, ShopifyError) as error:
            sent = _may_have_run(error)
            named = self._named(document, error)
            if named is error:
                raise
            raise named from error
        finally:
            await self._admission.settle(ticket, reply.cost.throttle if reply and reply.cost else None, used=sent)

    async def _authorized(self, document: Document, body: bytes, ends: float | None) -> Reply:
        token = await self._tokens.current()
        try:
            return await self._post(document, body, token, ends)
        except ShopifyAuthFailed:
            fresh = await self._tokens.refreshed(token)
            if fresh.value == token.value:
                raise
            log.info("shopify_token_refreshed", tenant_id=str(self.tenant_id), shop=self.shop)
            return await self._post(document, body, fresh, ends)

    async def _post(self, document: Document, body: bytes, token: AccessToken, ends: float | None) -> Reply:
        answer = await self._outside.send(
            "POST",
            self._url,
            operation=document.name,
            headers={"content-type": "application/json", "accept": "application/json", "x-shopify-access-token": token.value},
            content=body,
            deadline_s=None if ends is None else max(_LEAST_S, ends - time.monotonic()),
        )
        return read_reply(answer)

    def _named(self, document: Document, error: OutsideError | ShopifyError) -> ShopifyError:
        """The error a caller sees: with shop and operation, and honest about mutations that may have happened."""
        about = {"shop": self.shop, "operation": document.name}
        may_have_run = _may_have_run(error)
        if document.mutation and not document.repeatable and may_have_run:
            log.warning("shopify_outcome_unknown", tenant_id=str(self.tenant_id), reason=error.code, **about)
            return OutcomeUnknown(details=about | {"reason": error.code})
        if isinstance(error, OutsideError):
            return ShopifyUnavailable(details=about | {"reason": error.code}, retryable=error.retryable)
        error.details = about | error.details
        return error

    def _learn(self, reply: Reply, cost_key: tuple[str, int]) -> None:
        if reply.cost is not None:
            self.lessons.costs[cost_key] = reply.cost.requested
        version = reply.api_version
        if version and version != self._version and version not in self.lessons.versions:
            # A retired version silently falls forward to the oldest supported one; fields may change under us.
            self.lessons.versions.add(version)
            log.warning("shopify_api_version_changed", asked=self._version, answered=version, shop=self.shop)

    def _log_limited(self, document: Document, error: ShopifyRateLimited, source: str) -> None:
        log.warning(
            "shopify_rate_limited",
            tenant_id=str(self.tenant_id),
            shop=self.shop,
            operation=document.name,
            source=source,
            retry_after=error.retry_after,
        )

    def _log_retry(self, document: Document, error: BaseException, retry: int, wait: float) -> None:
        log.info(
            "shopify_retry",
            tenant_id=str(self.tenant_id),
            shop=self.shop,
            operation=document.name,
            retry=retry,
            wait_s=round(wait, 3),
            error_code=getattr(error, "code", type(error).__name__),
        )


def _speaks_against_shopify(error: BaseException) -> bool:
    # Being throttled by cost is ordinary traffic control, not an outage; an HTTP 429 comes from further out and does count.
    return counts_as_failure(error) and not isinstance(error, ShopifyThrottled)


def _may_have_run(error: OutsideError | ShopifyError) -> bool:
    if isinstance(error, OutsideError):
        return error.reached
    return isinstance(error, ShopifyUnavailable | ShopifyBadResponse)


def _page_size(variables: Mapping[str, Any] | None) -> int:
    if not variables:
        return 0
    ids = variables.get("ids")
    return len(ids) if isinstance(ids, list) else int(variables.get("first") or 0)
