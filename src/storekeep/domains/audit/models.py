"""Tables of audit: entries in a hash chain, the chain's head, and what each entry is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storekeep.runtime.database.model import TenantRow, belongs_to_tenant, tenant_foreign_key


class AuditEntry(TenantRow):
    """One fact: who did what, before and after.

    `digest` = SHA-256(salt ‖ payload), `chain` = SHA-256(previous chain ‖ digest ‖ header). Erasing payload and salt keeps
    the chain verifiable while the words are gone.
    """

    __tablename__ = "audit_entries"

    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    request_id: Mapped[str]
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    chain: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        belongs_to_tenant(),
        UniqueConstraint("tenant_id", "seq"),
        Index("ix_audit_entries_tenant_id_at_id", "tenant_id", "at", "id"),
        Index("ix_audit_entries_tenant_id_action_at", "tenant_id", "action", "at", "id"),
        Index("ix_audit_entries_tenant_id_actor_id_at", "tenant_id", "actor_id", "at", "id"),
    )


class AuditHead(TenantRow):
    """The end of a tenant's chain; locked while an entry is added, so entries have one order. Its id is the tenant's."""

    __tablename__ = "audit_heads"

    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    chain: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (belongs_to_tenant(),)


class AuditSubject(TenantRow):
    """What an entry is about: an order, a customer, a store, a member. Many to one entry; the timeline's index."""

    __tablename__ = "audit_subjects"

    entry_id: Mapped[UUID]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    at: Mapped[datetime]

    __table_args__ = (
        tenant_foreign_key("entry_id", "audit_entries"),
        Index("ix_audit_subjects_lookup", "tenant_id", "subject_type", "subject_id", "at", "entry_id"),
        Index("ix_audit_subjects_entry", "tenant_id", "entry_id"),
    )
