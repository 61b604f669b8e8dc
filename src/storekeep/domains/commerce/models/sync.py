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

_OPEN = text("status IN ('QUEUED', 'RUNNING')")


class SyncRun(CreatedAt, UpdatedAt, TenantRow):
    """One reading of a store. At most one run of a store is under way; the others wait or are folded into it."""

    __tablename__ = "sync_runs"

    store_id: Mapped[UUID]
    kind: Mapped[str]
    trigger: Mapped[str]
    status: Mapped[str] = mapped_column(default=RunStatus.QUEUED)
    job_id: Mapped[UUID | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

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
    """One resource of a run: counts of rows of the root kind, errors, and the high-water mark it reached."""

    __tablename__ = "sync_resources"

    run_id: Mapped[UUID]
    resource: Mapped[str]
    status: Mapped[str] = mapped_column(default=RunStatus.QUEUED)
    expected: Mapped[int | None]
    read: Mapped[int] = mapped_column(default=0)
    written: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
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
    """A span of source creation time read by one bulk operation, loaded and counted in one transaction; the run's checkpoint."""

    __tablename__ = "sync_windows"

    run_id: Mapped[UUID]
    resource: Mapped[str]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    expected: Mapped[int | None]
    bulk_operation: Mapped[str | None]
    loaded_at: Mapped[datetime | None]

    __table_args__ = (
        tenant_foreign_key("run_id", "sync_runs"),
        Index("ix_sync_windows_run", "tenant_id", "run_id", "resource", "starts_at"),
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
