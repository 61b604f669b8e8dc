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

_AT_ONCE = 500
_ERASED = "audit.erased"


async def erase(session: TenantSession, subject: ErasureSubject) -> int:
    """Everything of a whole tenant; of a store, the words of every entry about it or something of it."""
    if subject.kind == "tenant":
        gone = 0
        for model in (AuditSubject, AuditEntry, AuditHead):
            statement = delete(model).where(model.tenant_id == session.tenant_id)
            gone += rowcount(await session.execute(statement.execution_options(synchronize_session=False)))
        return gone
    return await blank(session, [Subject(subject.kind, subject.id)])


async def blank(session: TenantSession, subjects: Sequence[Subject]) -> int:
    """Erase the words of every entry about any of the subjects, and record that it was done; how many there were."""
    blanked = 0
    for start in range(0, len(subjects), _AT_ONCE):
        wanted = [(subject.type, subject.id) for subject in subjects[start : start + _AT_ONCE]]
        about = select(AuditSubject.entry_id).where(
            AuditSubject.tenant_id == session.tenant_id,
            tuple_(AuditSubject.subject_type, AuditSubject.subject_id).in_(wanted),
        )
        statement = update(AuditEntry).where(
            AuditEntry.tenant_id == session.tenant_id,
            AuditEntry.id.in_(about),
            AuditEntry.salt.is_not(None),
            # The record of an erasure holds a number only; blanking it too would make a new one, without end.
            AuditEntry.action != _ERASED,
        )
        # SQL's NULL, not the JSON value null.
        values = statement.values(payload=null(), salt=None).execution_options(synchronize_session=False)
        blanked += rowcount(await session.execute(values))
    if blanked:
        gather(session, [Fact(action=_ERASED, subjects=list(subjects[:20]), after={"entries": blanked})])
    return blanked
