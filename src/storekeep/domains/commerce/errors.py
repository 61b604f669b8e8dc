"""The refusals of commerce's copying. Codes are stable and listed in docs/errors.md."""

from __future__ import annotations

from typing import Any

from storekeep.kit.errors import AppError, Conflict, Kind, NotFound


class RunNotFound(NotFound):
    """There is no such sync run in this tenant."""

    code = "SYNC_RUN_NOT_FOUND"
    message = "There is no such sync run here."


class RunAlreadyOver(Conflict):
    """The run has ended: there is nothing left to cancel."""

    code = "SYNC_RUN_OVER"
    message = "This sync has already ended."


class SourceCountMismatch(AppError):
    """What arrived is not as many as Shopify itself counts."""

    code = "SYNC_COUNT_MISMATCH"
    kind = Kind.UPSTREAM
    message = "Shopify sent fewer or more records than it counts itself, so nothing of this part was kept."

    def __init__(self, *, details: dict[str, Any]) -> None:
        super().__init__(details=details, retryable=False)


class ExportKeepsFailing(AppError):
    """A part of the store could not be exported in several attempts, however small it was cut."""

    code = "SYNC_EXPORT_FAILED"
    kind = Kind.UPSTREAM
    message = "Shopify failed to export this part of the store several times in a row."

    def __init__(self) -> None:
        super().__init__(retryable=False)


class OrderGoneAtSource(AppError):
    """The order was deleted at Shopify, and is now deleted here."""

    code = "ORDER_DELETED_AT_SOURCE"
    kind = Kind.GONE
    message = "This order was deleted in Shopify, so it was removed here too."


class OrderOutOfReach(Conflict):
    """Shopify shows this app only the last 60 days of orders, and this one is older: it can be neither read nor missed."""

    code = "ORDER_OUT_OF_REACH"
    message = "Shopify lets us read only the last 60 days of orders, and this order is older."
