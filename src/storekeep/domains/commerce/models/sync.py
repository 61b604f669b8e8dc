"""Sync runs: what was read, how far, and where the next run starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storekeep.domains.commerce.types import Resource, RunKind, RunStatus, RunTrigger
from storekeep.runtime.database.model import CreatedAt, TenantRow, UpdatedAt, one_of, tenant_foreign_key


class SyncRun(CreatedAt, UpdatedAt, TenantRow):
    """One reading of a store. At most one run of a store is open (queued or running); who asks for another gets that one.

    `error` says why it failed, or why it is waiting while it is still running. `setbacks` counts failures in a row without
    progress in between. `source_started_at` is when it began by the source's clock, and never later than by ours: what changed
    since is the next run's business.
    """

    __tablename__ = "sync_runs"

    store_id: Mapped[UUID]
    kind: Mapped[str]
    trigger: Mapped[str]
    status: Mapped[str] = mapped_column(default=RunStatus.QUEUED)
    job_id: Mapped[UUID | None]
    started_at: Mapped[datetime | None]
    source_started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    setbacks: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        tenant_foreign_key("store_id", "stores"),
        one_of("kind", list(RunKind)),
        one_of("trigger", list(RunTrigger)),
        one_of("status", list(RunStatus)),
        Index(
            "uq_sync_runs_running", "tenant_id", "store_id", unique=True, postgresql_where=text("status IN ('QUEUED', 'RUNNING')")
        ),
        Index("ix_sync_runs_created", "tenant_id", "created_at", "id"),
        Index("ix_sync_runs_store", "tenant_id", "store_id", "created_at", "id"),
    )


class SyncResource(UpdatedAt, TenantRow):
    """One resource of a run: counts of rows of the root kind, errors, and the high-water mark it reached.

    `read` = `written` + `unchanged` + `failed`, records deleted while we read them aside (`unchanged`: stored already, or older);
    `errors` holds the first 50 as {code, message, externalId}; `removed` counts rows that are gone at the source.
    """

    __tablename__ = "sync_resources"

    run_id: Mapped[UUID]
    resource: Mapped[str]
    status: Mapped[str] = mapped_column(default=RunStatus.QUEUED)
    expected: Mapped[int | None]
    read: Mapped[int] = mapped_column(default=0)
    written: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    errors: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cursor: Mapped[datetime | None]

    __table_args__ = (
        tenant_foreign_key("run_id", "sync_runs"),
        UniqueConstraint("tenant_id", "run_id", "resource"),
        one_of("resource", list(Resource)),
        one_of("status", list(RunStatus)),
    )


class SyncWindow(UpdatedAt, TenantRow):
    """A half-open span [starts_at, ends_at) of source creation time, read by one bulk operation and loaded in one transaction.

    The run's checkpoint: a window with `loaded_at` is never read again. None as a bound: open. `expected` is what the source
    counted when the window was planned; `bulk_operation` is Shopify's id of the operation under way; `attempts` counts operations
    that came to nothing.
    """

    __tablename__ = "sync_windows"

    run_id: Mapped[UUID]
    resource: Mapped[str]
    position: Mapped[int]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    expected: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    bulk_operation: Mapped[str | None]
    loaded_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_foreign_key("run_id", "sync_runs"),
        UniqueConstraint("tenant_id", "run_id", "resource", "position"),
        one_of("resource", list(Resource)),
    )


class SyncCursor(UpdatedAt, TenantRow):
    """Where the next delta run of a store's resource starts: everything changed at the source before this moment is stored."""

    __tablename__ = "sync_cursors"

    store_id: Mapped[UUID]
    resource: Mapped[str]
    high_water: Mapped[datetime]

    __table_args__ = (
        tenant_foreign_key("store_id", "stores"),
        UniqueConstraint("tenant_id", "store_id", "resource"),
        one_of("resource", list(Resource)),
    )
