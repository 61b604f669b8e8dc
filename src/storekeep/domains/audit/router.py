"""GET /api/audit: who did what to which thing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Query

from storekeep.domains.accounts.guard import Permission, Transaction, tenant_router
from storekeep.domains.audit.public import AuditFilter, Subject, list_entries
from storekeep.domains.audit.schemas import AuditEntryRead
from storekeep.kit import clock
from storekeep.kit.errors import InvalidInput
from storekeep.kit.paging import InvalidCursor
from storekeep.runtime.database import TenantSession
from storekeep.runtime.web.params import Day, Id, InvalidDate, Paging
from storekeep.runtime.web.routes import refusals
from storekeep.runtime.web.schemas import ListRead

router = tenant_router(prefix="/api/audit", tags=["audit"])


@router.get("", summary="List what was done", responses=refusals(InvalidDate, InvalidCursor))
async def list_audit_entries(
    session: Annotated[TenantSession, Transaction(Permission.AUDIT_READ)],
    paging: Paging,
    action: Annotated[str | None, Query(max_length=100, description="Exactly this action.", examples=["member.removed"])] = None,
    actor_id: Annotated[Id | None, Query(alias="actorId", description="What this member did.")] = None,
    first: Annotated[Day | None, Query(alias="from", description="First day, inclusive, UTC.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last day, inclusive, UTC.")] = None,
    subject_type: Annotated[
        str | None, Query(alias="subjectType", max_length=40, description="With `subjectId`: what was done to this thing.")
    ] = None,
    subject_id: Annotated[Id | None, Query(alias="subjectId", description="With `subjectType`: the thing's id.")] = None,
) -> ListRead[AuditEntryRead]:
    """The audit trail, newest first. Entries are never changed; a chain of digests shows it if one were."""
    if (subject_type is None) != (subject_id is None):
        raise InvalidInput("A subject is named by both its type and its id.", details={"field": "subjectId"})
    subject = Subject(subject_type, subject_id) if subject_type is not None and subject_id is not None else None
    since, until = _bounds(first, last)
    wanted = AuditFilter(action, actor_id, subject, since, until)
    page = await list_entries(session, wanted, limit=paging.limit, cursor=paging.cursor)
    return ListRead(items=[AuditEntryRead.model_validate(entry) for entry in page.items], next_cursor=page.next_cursor)


def _bounds(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    if first is not None and last is not None and last < first:
        raise InvalidDate("The first day is after the last.", details={"fields": [{"path": "to", "type": "date_range"}]})
    try:
        since = clock.day_bounds(first, first, clock.zone("UTC"))[0] if first is not None else None
        until = clock.day_bounds(last, last, clock.zone("UTC"))[1] if last is not None else None
    except ValueError:
        raise InvalidDate() from None
    return since, until
