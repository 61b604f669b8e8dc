"""The words commerce uses: resources, the states of a sync run, kinds of correction."""

from __future__ import annotations

from enum import StrEnum


class Resource(StrEnum):
    """What is copied, in the order it is copied."""

    CUSTOMERS = "customers"
    ORDERS = "orders"
    PRODUCTS = "products"


class RunKind(StrEnum):
    """Why a run reads what it reads."""

    INITIAL = "INITIAL"  # everything, by bulk operations
    DELTA = "DELTA"  # what changed since the cursor, with overlap
    RESYNC = "RESYNC"  # everything again, on demand


class RunTrigger(StrEnum):
    """Who asked for the run."""

    CONNECT = "CONNECT"
    SCHEDULE = "SCHEDULE"
    MANUAL = "MANUAL"


class RunStatus(StrEnum):
    """Where a run, or one resource of it, is. PARTIAL: some resources failed, the others are true."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class CorrectionKind(StrEnum):
    """Why an order's figures changed on a later day."""

    EDIT = "EDIT"
    CANCELLATION = "CANCELLATION"
    REFUNDED_DUTIES = "REFUNDED_DUTIES"
