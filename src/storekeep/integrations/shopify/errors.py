"""What can go wrong with Shopify, each with a stable code. Nothing here holds a token, a query or a customer's data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from storekeep.kit.errors import AppError, InvalidInput, Kind


class ShopifyError(AppError):
    """Base of all of them. `details` may hold shop, operation, status and Shopify's own request id, for their support."""

    code = "SHOPIFY_UNAVAILABLE"
    kind = Kind.UPSTREAM
    message = "Shopify could not do this."


class InvalidShopDomain(InvalidInput):
    """Not a shop's myshopify domain."""

    code = "SHOP_INVALID"
    message = "Enter the shop's own address, such as your-shop.myshopify.com."


class ShopifyOAuthRejected(ShopifyError):
    """A return from Shopify whose signature, time or parameters are not right; which, is only logged."""

    code = "SHOPIFY_AUTH_FAILED"
    kind = Kind.FORBIDDEN
    message = "This answer did not come from Shopify, or is too old. Start the connection again."


class ShopifyGrantRefused(ShopifyError):
    """Shopify did not give a token for this code or refresh token: it was used, is too old, or the app was removed."""

    code = "SHOPIFY_AUTH_FAILED"
    kind = Kind.CONFLICT
    message = "Shopify did not accept the authorization. Connect the store again."


class ShopifyAuthFailed(ShopifyError):
    """The access token is not accepted, even after refreshing it once. The connection needs a person."""

    code = "SHOPIFY_AUTH_FAILED"
    kind = Kind.CONFLICT
    message = "Shopify no longer accepts our access to this store. Connect it again."


class ShopifyAccessDenied(ShopifyError):
    """A scope or the approval for protected customer data is missing."""

    code = "SHOPIFY_ACCESS_DENIED"
    kind = Kind.CONFLICT
    message = "The store has not granted the access this needs. Connect it again and approve all permissions."


class ShopifyShopFrozen(ShopifyError):
    """The shop itself is not available: unpaid, locked, closed or gone (402, 423, 404, SHOP_INACTIVE)."""

    code = "SHOPIFY_SHOP_FROZEN"
    kind = Kind.CONFLICT
    message = "The shop is not available at Shopify: it may be frozen, locked or closed."


class ShopifyRateLimited(ShopifyError):
    """Too many points or calls. `retry_after` says when there will be room."""

    code = "SHOPIFY_RATE_LIMIT"
    kind = Kind.LIMITED
    message = "Shopify asked us to slow down. We continue by ourselves."


class ShopifyThrottled(ShopifyRateLimited):
    """The bucket of cost points lacked the points for a query: ordinary traffic control, no sign of trouble."""


class AdmissionDenied(ShopifyRateLimited):
    """We did not even ask: by our own count of the bucket there is no room soon enough. Nothing was sent."""


class ShopifyUnavailable(ShopifyError):
    """No answer, or an answer that says Shopify itself is in trouble (5xx, INTERNAL_SERVER_ERROR, timeouts, resets)."""

    code = "SHOPIFY_UNAVAILABLE"
    kind = Kind.UNAVAILABLE
    message = "Shopify is not answering at the moment. We try again by ourselves."


class ShopifyBadResponse(ShopifyError):
    """An answer that cannot be read: HTML, cut short, not JSON, not GraphQL's shape."""

    code = "SHOPIFY_BAD_RESPONSE"
    kind = Kind.UPSTREAM
    message = "Shopify sent an answer we cannot read. We try again by ourselves."


class ShopifyQueryRejected(ShopifyError):
    """Shopify refuses the request as written: unknown field, bad argument, ignored search filter. A bug or a new API version."""

    code = "SHOPIFY_QUERY_REJECTED"
    kind = Kind.INTERNAL
    message = "Shopify did not understand our request."


class ShopifyQueryTooCostly(ShopifyQueryRejected):
    """The query costs more than Shopify allows at once: ask for fewer rows."""

    code = "SHOPIFY_QUERY_TOO_COSTLY"
    message = "This is too much to read from Shopify in one piece."


class ShopifyUserError(ShopifyError):
    """A mutation was understood and refused for a business reason, given in `details["userErrors"]`."""

    code = "SHOPIFY_USER_ERROR"
    kind = Kind.INVALID
    message = "Shopify refused this."


class OutcomeUnknown(ShopifyError):
    """A mutation was sent and no usable answer came: it may or may not have happened. Read back before doing it again."""

    code = "SHOPIFY_OUTCOME_UNKNOWN"
    kind = Kind.UPSTREAM
    message = "Shopify did not confirm this. We check what happened before trying again."

    def __init__(self, message: str | None = None, *, details: dict[str, Any] | None = None) -> None:
        super().__init__(message, details=details, retryable=False)


class ShopifyObjectGone(ShopifyError):
    """An object was deleted while we were reading it."""

    code = "SHOPIFY_OBJECT_GONE"
    kind = Kind.CONFLICT
    message = "This was deleted at Shopify a moment ago."


class BulkBusy(ShopifyError):
    """Shopify runs as many bulk operations of ours for this shop as it allows."""

    code = "SHOPIFY_BULK_BUSY"
    kind = Kind.LIMITED
    message = "Shopify is still preparing an earlier export of this store."


class BulkFailed(ShopifyError):
    """A bulk operation ended without a file: FAILED, CANCELED or EXPIRED."""

    code = "SHOPIFY_BULK_FAILED"
    kind = Kind.UPSTREAM
    message = "Shopify could not export the store's data."


class BulkTimedOut(ShopifyError):
    """A bulk operation did not end within the time allowed for it; it still runs until cancelled."""

    code = "SHOPIFY_BULK_TIMEOUT"
    kind = Kind.UPSTREAM
    message = "Shopify needs unusually long to export the store's data."


class BulkFileIncomplete(ShopifyError):
    """The file is not what Shopify announced: lines are missing, or it ends in the middle of one."""

    code = "SHOPIFY_BULK_INCOMPLETE"
    kind = Kind.UPSTREAM
    message = "The data exported by Shopify arrived incomplete."


@dataclass(frozen=True, slots=True)
class GraphQLFault:
    """One entry of an answer's `errors[]`. `path` leads to the field that is null because of it, empty for the whole."""

    code: str
    message: str
    path: tuple[str | int, ...] = ()

    def as_detail(self) -> dict[str, Any]:
        """JSON-able form, for error details and sync run reports."""
        return asdict(self) | {"path": list(self.path)}
