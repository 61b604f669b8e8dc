"""GET /api/jobs and what can be done about them; GET /api/live, the stream of news."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query, Request

from storekeep.domains.accounts.guard import Needs, Permission, Transaction, scope_if_signed_in, tenant_router
from storekeep.domains.accounts.public import SessionChanged
from storekeep.domains.operations import jobs
from storekeep.domains.operations.errors import JobFinished, JobNotDead
from storekeep.domains.operations.schemas import JobRead
from storekeep.kit.errors import NotFound
from storekeep.kit.paging import InvalidCursor
from storekeep.kit.scope import Scope
from storekeep.runtime.database import TenantSession
from storekeep.runtime.jobs.models import JobState
from storekeep.runtime.live import LiveHub
from storekeep.runtime.web.params import Paging, PathId, wired
from storekeep.runtime.web.routes import refusals
from storekeep.runtime.web.schemas import ListRead
from storekeep.runtime.web.sse import EventStream

router = tenant_router(prefix="/api", tags=["operations"])

Reading = Annotated[TenantSession, Transaction(Permission.JOB_READ)]
Writing = Annotated[TenantSession, Transaction(Permission.JOB_WRITE)]


@router.get("/jobs", summary="List jobs", responses=refusals(InvalidCursor))
async def list_jobs(
    session: Reading,
    paging: Paging,
    state: Annotated[JobState | None, Query(description="Only jobs in this state; `dead` ones wait for a person.")] = None,
    kind: Annotated[str | None, Query(max_length=100, description="Only jobs of this kind.")] = None,
) -> ListRead[JobRead]:
    """Work in the background, newest first."""
    page = await jobs.list_jobs(session, state=state, kind=kind, limit=paging.limit, cursor=paging.cursor)
    return ListRead(items=[JobRead.model_validate(job) for job in page.items], next_cursor=page.next_cursor)


@router.post("/jobs/{job_id}/replay", summary="Replay a dead job", responses=refusals(NotFound, JobNotDead))
async def replay_job(job_id: PathId, session: Writing) -> JobRead:
    """Let a job that gave up run again with the arguments it had; what it did already it does not do twice."""
    return JobRead.model_validate(await jobs.replay(session, job_id))


@router.post("/jobs/{job_id}/cancel", summary="Cancel a job", responses=refusals(NotFound, JobFinished))
async def cancel_job(job_id: PathId, session: Writing) -> JobRead:
    """Let a waiting job not run; a running one stops at its next step."""
    return JobRead.model_validate(await jobs.cancel(session, job_id))


@router.get(
    "/live",
    summary="Follow news",
    response_class=EventStream,
    responses={
        **refusals(SessionChanged),
        200: {
            "description": "Server-sent events; each one's data is JSON: `{type, at, data}`.",
            "content": {
                "text/event-stream": {
                    "schema": {"type": "string"},
                    "example": 'event: data.changed\ndata: {"type":"data.changed","at":"2026-01-31T09:30:00.000Z","data":{}}\n\n',
                }
            },
        },
    },
)
async def follow_news(
    request: Request,
    scope: Annotated[Scope, Needs(Permission.PROFILE_OWN, live=True)],
    hub: Annotated[LiveHub, wired(LiveHub)],
    last_event_id: Annotated[str | None, Header(max_length=100, description="Set by browsers that come back.")] = None,
    page_of: Annotated[
        str | None,
        Query(alias="pageOf", max_length=100, description="Whose the page is, `user id/tenant id`: 409 when the session is not."),
    ] = None,
) -> EventStream:
    """News of the tenant as it happens: sync.progress, sync.finished, store.changed, data.changed.

    Each member hears what their role lets them read. News is a hint to read again; a browser that missed some is told so by
    `data.changed` with `missed`. The stream ends when the session does or the role changed; browsers come back by themselves.
    """

    async def still_allowed() -> bool:
        now_is = await scope_if_signed_in(request)
        return now_is is not None and (now_is.tenant_id, now_is.permissions) == (scope.tenant_id, scope.permissions)

    return EventStream(hub.follow(scope.tenant_id, scope.permissions, last_event_id), still_allowed=still_allowed)
