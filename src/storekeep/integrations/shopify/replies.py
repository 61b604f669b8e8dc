"""Reading Shopify's answers: from raw HTTP to data, or to the one error that says what is wrong. Pure: no calls, no logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from storekeep.integrations.shopify.admission import ThrottleStatus
from storekeep.integrations.shopify.errors import (
    GraphQLFault,
    ShopifyAccessDenied,
    ShopifyAuthFailed,
    ShopifyBadResponse,
    ShopifyError,
    ShopifyQueryRejected,
    ShopifyQueryTooCostly,
    ShopifyRateLimited,
    ShopifyShopFrozen,
    ShopifyThrottled,
    ShopifyUnavailable,
    ShopifyUserError,
)
from storekeep.runtime.http import Answer

# In this order: the first that an answer's faults contain decides what is done.
_VERDICTS: list[tuple[frozenset[str], type[ShopifyError]]] = [
    (frozenset({"THROTTLED"}), ShopifyThrottled),
    (frozenset({"MAX_COST_EXCEEDED"}), ShopifyQueryTooCostly),
    (frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"}), ShopifyUnavailable),
    (frozenset({"SHOP_INACTIVE"}), ShopifyShopFrozen),
    (frozenset({"ACCESS_DENIED", "FORBIDDEN"}), ShopifyAccessDenied),
]
_STATUSES: dict[int, type[ShopifyError]] = {
    401: ShopifyAuthFailed,
    402: ShopifyShopFrozen,
    403: ShopifyAccessDenied,
    404: ShopifyShopFrozen,
    408: ShopifyUnavailable,
    409: ShopifyUnavailable,
    423: ShopifyShopFrozen,
    425: ShopifyUnavailable,
    429: ShopifyRateLimited,
    430: ShopifyRateLimited,
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost points of one call: what was asked for, and what was charged (None when refused)."""

    requested: float
    actual: float | None
    throttle: ThrottleStatus | None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose form is right: GraphQL's data and faults, and what came beside them."""

    data: dict[str, Any] | None
    faults: tuple[GraphQLFault, ...]
    cost: Cost | None
    warnings: tuple[dict[str, Any], ...]
    request_id: str | None
    api_version: str | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a caller gets. `faults` is empty unless partial data was allowed: then it names the fields that are missing.

    `told_at` is Shopify's own clock as it answered, to the second; None where it did not say.
    """

    data: dict[str, Any]
    faults: tuple[GraphQLFault, ...] = ()
    cost: Cost | None = None
    request_id: str | None = None
    told_at: datetime | None = None

    def payload(self, field: str) -> dict[str, Any]:
        """A mutation's payload `field`. Raises ShopifyUserError when Shopify refused it for a business reason.

        The list of refusals is called differently by different mutations (userErrors, orderCancelUserErrors).
        """
        payload = self.data.get(field)
        if not isinstance(payload, dict):
            raise ShopifyUserError(details={"operation": field, "userErrors": [], "requestId": self.request_id})
        refusals = [e for name, items in payload.items() if name.endswith(("userErrors", "UserErrors")) for e in items or ()]
        if refusals:
            raise ShopifyUserError(
                "; ".join(str(e.get("message", "")) for e in refusals)[:500] or None,
                details={
                    "operation": field,
                    "userErrors": [{k: e.get(k) for k in ("field", "message", "code")} for e in refusals],
                    "requestId": self.request_id,
                },
            )
        return payload


def read_reply(answer: Answer) -> Reply:
    """The answer's content. Raises the ShopifyError of its HTTP status, or ShopifyBadResponse when it cannot be read."""
    about = _about(answer)
    if answer.status != 200:
        raise _status_error(answer, about)
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raise ShopifyBadResponse(details=about | {"reason": "not_json", "bytes": len(answer.body)}) from None
    if not isinstance(body, dict) or ("data" not in body and "errors" not in body):
        raise ShopifyBadResponse(details=about | {"reason": "not_graphql"})
    data = body.get("data")
    if data is not None and not isinstance(data, dict):
        raise ShopifyBadResponse(details=about | {"reason": "not_graphql"})
    faults = _faults(body.get("errors"))
    if data is None and not faults:
        raise ShopifyBadResponse(details=about | {"reason": "no_data"})
    extensions = body.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    return Reply(
        data=data,
        faults=faults,
        cost=_cost(extensions.get("cost")) or _cost_in_faults(body.get("errors")),
        warnings=_warnings(extensions.get("search")),
        request_id=answer.headers.get("x-request-id"),
        api_version=answer.headers.get("x-shopify-api-version"),
        told_at=_http_date(answer.headers.get("date")),
    )


def judge(reply: Reply, *, allow_partial: bool) -> Result:
    """The reply as a result. Raises the error that its faults or search warnings call for.

    Partial data passes only when allowed, and only when what is missing would be missing again on the next try.
    """
    about: dict[str, Any] = {"requestId": reply.request_id}
    if reply.warnings:
        # Shopify drops a filter it cannot read and answers as if it were not there: wrong data that looks right.
        raise ShopifyQueryRejected(details=about | {"reason": "search_warning", "warnings": list(reply.warnings)})
    if not reply.faults:
        return Result(reply.data or {}, (), reply.cost, reply.request_id, reply.told_at)
    error = _fault_error(reply, about)
    has_data = reply.data is not None and any(value is not None for value in reply.data.values())
    if allow_partial and has_data and isinstance(error, ShopifyAccessDenied):
        return Result(reply.data or {}, reply.faults, reply.cost, reply.request_id, reply.told_at)
    raise error


def _about(answer: Answer) -> dict[str, Any]:
    return {"status": answer.status, "requestId": answer.headers.get("x-request-id")}


def _status_error(answer: Answer, about: dict[str, Any]) -> ShopifyError:
    kind = _STATUSES.get(answer.status)
    if kind is None:
        if answer.status >= 500:
            kind = ShopifyUnavailable
        else:
            kind = ShopifyQueryRejected if answer.status >= 400 else ShopifyBadResponse
    return kind(details=about, retry_after=retry_after(answer.headers.get("retry-after")))


def retry_after(header: str | None, at: datetime | None = None) -> float | None:
    """Seconds to wait by a Retry-After header: a (decimal) number or an HTTP date; None when absent or senseless."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
            seconds = (moment - (at or datetime.now(moment.tzinfo))).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), 3600.0) if seconds == seconds else None


def _http_date(header: str | None) -> datetime | None:
    """The moment a Date header names; None when it is absent, senseless, or not in UTC as it must be."""
    try:
        told = parsedate_to_datetime(header or "")
    except (ValueError, TypeError):
        return None
    return told.astimezone(UTC) if told.tzinfo is not None else None


def _faults(errors: Any) -> tuple[GraphQLFault, ...]:
    if not errors:
        return ()
    if not isinstance(errors, list):
        return (GraphQLFault("", str(errors)[:500]),)
    return tuple(_fault(item) for item in errors[:50])


def _fault(item: Any) -> GraphQLFault:
    if not isinstance(item, dict):
        return GraphQLFault("", str(item)[:500])
    extensions = item.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    message = str(item.get("message", ""))[:500]
    if code is None and message.lower() == "throttled":
        code = "THROTTLED"
    path = item.get("path")
    return GraphQLFault(str(code or ""), message, tuple(path) if isinstance(path, list) else ())


def _fault_error(reply: Reply, about: dict[str, Any]) -> ShopifyError:
    codes = {fault.code for fault in reply.faults}
    details = about | {"errors": [fault.as_detail() for fault in reply.faults[:5]]}
    for wanted, kind in _VERDICTS:
        if wanted & codes:
            wait = throttle_wait(reply.cost) if kind is ShopifyThrottled else None
            return kind(details=details, retry_after=wait)
    return ShopifyQueryRejected(details=details)


def throttle_wait(cost: Cost | None) -> float | None:
    """How long until a throttled query would fit: (requested - available) / restore rate, in seconds."""
    if cost is None or cost.throttle is None or cost.throttle.restore_rate <= 0:
        return None
    return max(0.0, (cost.requested - cost.throttle.available) / cost.throttle.restore_rate)


def _cost(raw: Any) -> Cost | None:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("requestedQueryCost"), int | float):
        return None
    status, throttle = raw.get("throttleStatus"), None
    if isinstance(status, Mapping):
        maximum, available, rate = (_number(status.get(k)) for k in ("maximumAvailable", "currentlyAvailable", "restoreRate"))
        if maximum and rate and available is not None:
            throttle = ThrottleStatus(maximum, available, rate)
    actual = raw.get("actualQueryCost")
    return Cost(raw["requestedQueryCost"], actual if isinstance(actual, int | float) else None, throttle)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None


def _cost_in_faults(errors: Any) -> Cost | None:
    # Of a query that is too costly, the cost is told inside the error.
    if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
        return None
    extensions = errors[0].get("extensions")
    if not isinstance(extensions, dict) or not isinstance(extensions.get("cost"), int | float):
        return None
    return Cost(extensions["cost"], None, None)


def _warnings(search: Any) -> tuple[dict[str, Any], ...]:
    if not isinstance(search, list):
        return ()
    found = [w for entry in search if isinstance(entry, dict) for w in entry.get("warnings") or () if isinstance(w, dict)]
    return tuple({"field": w.get("field"), "code": w.get("code"), "message": str(w.get("message", ""))[:200]} for w in found)
