"""The `jobs` table: one row a piece of work, the whole truth about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storekeep.runtime.database.model import CreatedAt, TenantRow, UpdatedAt, belongs_to_tenant, one_of


class JobState(StrEnum):
    """Where a job is. `ready` covers waiting for its time or a retry."""

    READY = "ready"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


# What app_system may see and change: headers, never the arguments or an error's text.
_HEADERS = "tenant_id, id, kind, state, run_at, lease_until, woken_at, created_at"


class Job(CreatedAt, UpdatedAt, TenantRow):
    """One piece of work. `fence` grows with every claim and release; a write that carries an old fence writes nothing."""

    __tablename__ = "jobs"

    kind: Mapped[str]
    args: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(default=JobState.READY)
    unique_key: Mapped[str | None]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    crash_attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    lease_until: Mapped[datetime | None]
    woken_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    last_error: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        belongs_to_tenant(),
        one_of("state", list(JobState)),
        Index(
            "uq_jobs_pending",
            "tenant_id",
            "kind",
            "unique_key",
            unique=True,
            postgresql_where=text("state = 'ready' AND unique_key IS NOT NULL"),
        ),
        # The sweeper's look across tenants, and the claim's look within one.
        Index("ix_jobs_due", "run_at", postgresql_where=text("state = 'ready'")),
        Index("ix_jobs_leased", "lease_until", postgresql_where=text("state = 'leased'")),
        Index("ix_jobs_tenant_leased", "tenant_id", postgresql_where=text("state = 'leased'")),
        Index("ix_jobs_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        {"info": {"app_system": f"SELECT ({_HEADERS}), UPDATE (woken_at)"}},
    )
