"""What goes over the wire about sync runs."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from storekeep.domains.commerce.models import SyncResource, SyncRun
from storekeep.domains.commerce.sync.runs import RunFacts
from storekeep.runtime.web.params import Id
from storekeep.runtime.web.schemas import Input, Moment, Read

RunStatusWord = Literal["QUEUED", "RUNNING", "SUCCEEDED", "PARTIAL", "FAILED", "CANCELLED"]


class SyncInput(Input):
    """Which stores to read: one, or all without an id. `tenantId` is the older name of either."""

    store_id: Id | None = Field(None, description="One store of yours; all of them without it.")
    tenant_id: Id | None = Field(None, description="The id of one of your stores, or of your own account: all its stores.")
    full: StrictBool = Field(False, description="Read everything again, and remove what no longer exists in Shopify.")


class RecordErrorRead(Read):
    """Why a record, or a whole resource (no id), could not be stored."""

    code: str
    message: str
    external_id: str


class RunErrorRead(Read):
    """Why a run failed, or what it waits for."""

    code: str
    message: str


class SyncResourceRead(Read):
    """One resource of a run, in the order they are copied. Counts are of customers, orders or products themselves."""

    resource: Literal["customers", "orders", "products"]
    status: RunStatusWord
    expected: int | None = Field(description="How many Shopify counts, where everything is read.")
    read: int
    written: int
    unchanged: int
    failed: int
    removed: int = Field(description="Gone in Shopify, and therefore here.")
    errors: list[RecordErrorRead] = Field(description="The first 50.")
    duration_ms: int | None
    cursor: Moment | None = Field(description="Everything changed before this moment is stored.")

    @classmethod
    def of(cls, row: SyncResource, so_far: int = 0) -> "SyncResourceRead":
        """Of the resource's row, and of what was read `so_far` beyond it."""
        return cls(
            resource=row.resource,
            status=row.status,
            expected=row.expected,
            read=row.read + so_far,
            written=row.written,
            unchanged=row.unchanged,
            failed=row.failed,
            removed=row.removed,
            errors=[RecordErrorRead(code=e["code"], message=e["message"], external_id=e["externalId"]) for e in row.errors],
            duration_ms=_duration_ms(row),
            cursor=row.cursor,
        )


class SyncRunRead(Read):
    """One reading of a store."""

    id: UUID
    store_id: UUID
    kind: Literal["INITIAL", "DELTA", "RESYNC"]
    trigger: Literal["CONNECT", "SCHEDULE", "MANUAL"]
    status: RunStatusWord
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    duration_ms: int | None
    resources: list[SyncResourceRead]
    error: RunErrorRead | None = Field(description="Why it failed; while it is open, what it waits for.")

    @classmethod
    def of(cls, facts: RunFacts, so_far: Mapping[UUID, int] | None = None) -> "SyncRunRead":
        """Of a run and its resources, and of what was read `so_far` beyond them, by a resource's id."""
        beyond = so_far or {}
        run = facts.run
        return cls(
            id=run.id,
            store_id=run.store_id,
            kind=run.kind,
            trigger=run.trigger,
            status=run.status,
            created_at=run.created_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
            duration_ms=_duration_ms(run),
            resources=[SyncResourceRead.of(row, beyond.get(row.id, 0)) for row in facts.resources],
            error=RunErrorRead(code=run.error["code"], message=run.error["message"]) if run.error else None,
        )


def _duration_ms(row: SyncRun | SyncResource | Any) -> int | None:
    if row.started_at is None or row.finished_at is None:
        return None
    return max(0, int((row.finished_at - row.started_at).total_seconds() * 1000))
