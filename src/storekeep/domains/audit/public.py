"""What other rooms may ask of audit: record facts in the transaction that makes them true, and read what was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from storekeep.domains.audit import erasing, reading, recording
from storekeep.domains.audit.types import AuditFilter, AuditRecord, ChainReport, Fact, Subject
from storekeep.kit.paging import Page
from storekeep.kit.scope import Actor
from storekeep.runtime.database import TenantSession

__all__ = [
    "AuditFilter",
    "AuditRecord",
    "ChainReport",
    "Fact",
    "Subject",
    "erase_about",
    "list_entries",
    "record",
    "record_many",
    "timeline",
    "verify_chain",
]


async def record(
    session: TenantSession,
    *,
    action: str,
    subjects: Sequence[Subject],
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    summary: str = "",
    actor: Actor | None = None,
) -> UUID:
    """Record one fact with the session's transaction: it is written as the transaction's last act, or not at all.

    `action` is `resource.past_tense`, `actor` the session's own unless given. What is about something of a store names the
    store among `subjects` too. Values under a secret's name are left out. Returns the entry's id.
    """
    return recording.gather(
        session, [Fact(action=action, subjects=subjects, before=before, after=after, summary=summary, actor=actor)]
    )[0]


async def record_many(session: TenantSession, facts: Sequence[Fact]) -> list[UUID]:
    """Record facts together; however many, they cost the transaction two statements. Their ids, in order."""
    return recording.gather(session, facts)


async def timeline(session: TenantSession, subject: Subject, *, limit: int = 50, cursor: str | None = None) -> Page[AuditRecord]:
    """What was done to one thing, newest first. Raises InvalidCursor."""
    return await reading.list_entries(session, AuditFilter(subject=subject), limit=limit, cursor=cursor)


async def list_entries(
    session: TenantSession, wanted: AuditFilter, *, limit: int = 50, cursor: str | None = None
) -> Page[AuditRecord]:
    """Entries that meet a filter, newest first. Raises InvalidCursor."""
    return await reading.list_entries(session, wanted, limit=limit, cursor=cursor)


async def erase_about(session: TenantSession, subjects: Sequence[Subject]) -> int:
    """Erase the words of every entry about any of the subjects; the chain stays checkable. How many there were."""
    return await erasing.erase_about(session, subjects)


async def verify_chain(session: TenantSession) -> ChainReport:
    """Whether the tenant's entries are all there and as they were written."""
    return await reading.verify(session)
