"""Forgetting: an entry's words and its salt go, its place in the chain stays."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, null, select, tuple_, update

from storekeep.domains.audit.models import AuditEntry, AuditHead, AuditSubject
from storekeep.domains.audit.recording import gather
from storekeep.domains.audit.types import Fact, Subject
from storekeep.runtime.database import TenantSession
from storekeep.runtime.database.session import rowcount
from storekeep.runtime.manifest import ErasureSubject

BATCH = 2000
ERASED = "audit.erased"
# Facts of the tenant that outlive what they are about. The record of an erasure holds a number only, and erasing it would call
# for another record; who had a store disconnected is asked when it is gone, and holds nothing of the shop's customers.
_KEPT = (ERASED, "store.disconnect_requested")
_SUBJECTS_AT_ONCE = 500


async def erase(session: TenantSession, subject: ErasureSubject) -> int:
    """A batch of what audit holds of the subject: of a tenant the entries themselves, of a store the words of every entry about
    it or something of it. How many went; 0 once nothing is left."""
    if subject.kind != "tenant":
        return await _blank(session, [Subject(subject.kind, subject.id)], limit=BATCH)
    some = select(AuditEntry.id).where(AuditEntry.tenant_id == session.tenant_id).limit(BATCH)
    entries = delete(AuditEntry).where(AuditEntry.tenant_id == session.tenant_id, AuditEntry.id.in_(some))
    gone = rowcount(await session.execute(entries.execution_options(synchronize_session=False)))
    if gone:
        return gone
    head = delete(AuditHead).where(AuditHead.tenant_id == session.tenant_id)
    return rowcount(await session.execute(head.execution_options(synchronize_session=False)))


async def erase_about(session: TenantSession, subjects: Sequence[Subject]) -> int:
    """Erase the words of every entry about any of the subjects, and record that it was done; how many there were."""
    blanked = 0
    for start in range(0, len(subjects), _SUBJECTS_AT_ONCE):
        blanked += await _blank(session, subjects[start : start + _SUBJECTS_AT_ONCE], limit=None)
    return blanked


async def _blank(session: TenantSession, subjects: Sequence[Subject], *, limit: int | None) -> int:
    about = tuple_(AuditSubject.subject_type, AuditSubject.subject_id).in_([(s.type, s.id) for s in subjects])
    wanted = (
        select(AuditEntry.id)
        .join(AuditSubject, (AuditSubject.tenant_id == AuditEntry.tenant_id) & (AuditSubject.entry_id == AuditEntry.id))
        .where(AuditEntry.tenant_id == session.tenant_id, about, AuditEntry.salt.is_not(None), AuditEntry.action.not_in(_KEPT))
        .limit(limit)
    )
    statement = update(AuditEntry).where(AuditEntry.tenant_id == session.tenant_id, AuditEntry.id.in_(wanted))
    # SQL's NULL, not the JSON value null.
    values = statement.values(payload=null(), salt=None).execution_options(synchronize_session=False)
    blanked = rowcount(await session.execute(values))
    if blanked:
        gather(session, [Fact(action=ERASED, subjects=list(subjects[:20]), after={"entries": blanked})])
    return blanked
