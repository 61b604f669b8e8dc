"""Reading entries: filtered lists, timelines, and the check of the whole chain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select, tuple_

from storekeep.domains.accounts import public as accounts
from storekeep.domains.audit import chain
from storekeep.domains.audit.models import AuditEntry, AuditHead, AuditSubject
from storekeep.domains.audit.types import AuditFilter, AuditRecord, ChainReport, Subject
from storekeep.domains.audit.words import words_for
from storekeep.kit.paging import Page, decode_place, encode_cursor
from storekeep.kit.scope import Actor, ActorKind
from storekeep.runtime.database import TenantSession

_SORT = "-at"
_BATCH = 1000


async def list_entries(
    session: TenantSession, wanted: AuditFilter, *, limit: int, cursor: str | None = None
) -> Page[AuditRecord]:
    """Entries that meet the filter, newest first. Raises InvalidCursor."""
    query = _filtered(session.tenant_id, wanted)
    if cursor is not None:
        query = query.where(tuple_(AuditEntry.at, AuditEntry.id) < tuple_(*decode_place(cursor, _SORT)))
    query = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit + 1)
    found = (await session.execute(query)).scalars().all()
    rows = found[:limit]
    subjects = await _subjects_of(session, [row.id for row in rows])
    more = len(found) > limit
    next_cursor = encode_cursor(_SORT, [rows[-1].at.isoformat(), str(rows[-1].id)]) if more else None
    names = await _names_of(session, rows)
    return Page([_record(row, subjects[row.id], names) for row in rows], next_cursor)


async def verify(session: TenantSession) -> ChainReport:
    """Walk the tenant's chain from its first entry to its head and say whether anything was changed, added or taken out.

    Whoever can rewrite the whole chain, its head included, is found out only by a head kept elsewhere.
    """
    previous, seq, erased = chain.GENESIS, 0, 0
    while True:
        query = select(AuditEntry).where(AuditEntry.tenant_id == session.tenant_id, AuditEntry.seq > seq)
        rows = (await session.execute(query.order_by(AuditEntry.seq).limit(_BATCH))).scalars().all()
        subjects = await _subjects_of(session, [row.id for row in rows])
        for row in rows:
            fault = _fault(row, previous, seq + 1, subjects[row.id])
            if fault is not None:
                return ChainReport(seq, erased, fault)
            previous, seq, erased = row.chain, row.seq, erased + (row.payload is None)
        if len(rows) < _BATCH:
            break
        session.expunge_all()
    head = (await session.execute(select(AuditHead).where(AuditHead.tenant_id == session.tenant_id))).scalar_one_or_none()
    told = (head.seq, head.chain) if head is not None else (0, chain.GENESIS)
    return ChainReport(seq, erased, None if told == (seq, previous) else f"the chain ends at {seq}, its head says {told[0]}")


def _fault(row: AuditEntry, previous: bytes, seq: int, subjects: Sequence[Subject]) -> str | None:
    if row.seq != seq:
        return f"entry {seq} is missing"
    if (row.payload is None) != (row.salt is None):
        return f"entry {seq} is half erased"
    if row.payload is not None and row.salt is not None:
        if chain.digest_of(row.salt, row.payload) != row.digest:
            return f"entry {seq} does not match its digest"
        if sorted([s.type, str(s.id)] for s in subjects) != sorted(row.payload["subjects"]):
            return f"entry {seq} is filed under other subjects"
    expected = chain.link(
        previous,
        row.digest,
        seq=seq,
        entry_id=row.id,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        action=row.action,
        request_id=row.request_id,
    )
    return None if row.chain == expected else f"entry {seq} does not follow from the one before"


def _filtered(tenant_id: UUID, wanted: AuditFilter) -> Select[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.tenant_id == tenant_id)
    if wanted.subject is not None:
        about = and_(AuditSubject.tenant_id == AuditEntry.tenant_id, AuditSubject.entry_id == AuditEntry.id)
        query = query.join(AuditSubject, about).where(
            AuditSubject.subject_type == wanted.subject.type, AuditSubject.subject_id == wanted.subject.id
        )
    if wanted.action is not None:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.actor_id is not None:
        query = query.where(AuditEntry.actor_id == wanted.actor_id)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    return query


async def _subjects_of(session: TenantSession, entry_ids: Sequence[UUID]) -> defaultdict[UUID, list[Subject]]:
    found: defaultdict[UUID, list[Subject]] = defaultdict(list)
    if entry_ids:
        query = select(AuditSubject.entry_id, AuditSubject.subject_type, AuditSubject.subject_id).where(
            AuditSubject.tenant_id == session.tenant_id, AuditSubject.entry_id.in_(entry_ids)
        )
        for row in await session.execute(query.order_by(AuditSubject.id)):
            found[row.entry_id].append(Subject(row.subject_type, row.subject_id))
    return found


async def _names_of(session: TenantSession, rows: Sequence[AuditEntry]) -> dict[UUID, str]:
    """Names of the members whose own entries lost their words, by member id; they are no secret of what was erased."""
    erased = [row for row in rows if row.payload is None and row.actor_kind == ActorKind.MEMBER]
    return await accounts.member_names(session, [row.actor_id for row in erased if row.actor_id is not None])


def _record(row: AuditEntry, subjects: Sequence[Subject], names: Mapping[UUID, str]) -> AuditRecord:
    payload: dict[str, Any] = row.payload or {"actor": names.get(row.actor_id, "") if row.actor_id is not None else ""}
    return AuditRecord(
        id=row.id,
        at=row.at,
        actor=Actor(ActorKind(row.actor_kind), row.actor_id, payload.get("actor", "")),
        action=row.action,
        subjects=tuple(subjects),
        # In the recorder's own words where it had any; so every entry has words, the oldest and the erased too.
        summary=payload.get("summary") or words_for(row.action, payload.get("after")),
        before=payload.get("before"),
        after=payload.get("after"),
        request_id=row.request_id,
        erased=row.payload is None,
    )
