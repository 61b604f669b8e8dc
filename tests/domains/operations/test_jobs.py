"""GET /api/jobs, replay and cancel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from storekeep.domains.accounts.public import Role
from storekeep.domains.audit.public import Subject, timeline
from storekeep.domains.connections.register import register_store
from storekeep.kit import clock
from storekeep.kit.errors import Conflict
from storekeep.kit.ids import uuid7
from storekeep.runtime.crypto import TokenCipher
from storekeep.runtime.jobs import JobContext, JobKind, Payload, enqueue, ledger
from storekeep.runtime.jobs.runner import JobRunner, RunnerTimes
from storekeep.runtime.services import Services
from tests.domains.connections.installs import an_install
from tests.support.accounts import Person


class Nothing(Payload):
    """No arguments."""


async def refuse(context: JobContext, payload: Nothing) -> None:
    raise Conflict("It cannot be done.")


KIND = JobKind("test.refuse", Nothing, refuse)
LATER = JobKind("test.later", Nothing, refuse)


async def put(person: Person, kind: JobKind[Nothing] = KIND, *, dead: bool = False, wait_s: float = 0) -> UUID:
    async with person.house.db.tenant(person.scope) as session:
        job_id = await enqueue(session, kind, Nothing(), run_at=clock.now() + timedelta(seconds=wait_s))
    if dead:
        runner = JobRunner(person.house.db, Services(), {kind.name: kind}, RunnerTimes())
        assert await runner.run(person.tenant_id, job_id)
    return job_id


async def act(person: Person, job_id: UUID, what: str) -> tuple[int, Any]:
    answer = await person.http.post(f"/api/jobs/{job_id}/{what}")
    body = answer.json()
    return answer.status_code, body["state"] if answer.is_success else body["error"]["code"]


async def a_store(person: Person) -> str:
    """A store just connected, whose import waits; its id."""
    async with person.house.db.tenant(person.scope) as session:
        made = await register_store(session, person.house.wired.services.get(TokenCipher), an_install())
    return str(made.store_id)


async def news_of(person: Person) -> list[tuple[str, Any]]:
    """What the tenant's pages were told since this was asked last."""
    redis, key = person.house.wired.services.get(Redis), f"live:{{{person.tenant_id}}}:events"
    events = [orjson.loads(fields[b"e"]) for _, fields in await redis.xrange(key)]
    await redis.delete(key)
    return [(event["type"], event["data"]) for event in events]


async def test_jobs_are_listed_newest_first_by_state_and_kind(owner: Person) -> None:
    dead, waiting = await put(owner, dead=True), await put(owner, LATER, wait_s=3600)
    items = (await owner.http.get("/api/jobs")).json()["items"]
    assert [item["id"] for item in items] == [str(waiting), str(dead)]
    assert set(items[0]) == {
        "id", "kind", "state", "attempts", "crashAttempts", "runAt", "createdAt", "updatedAt", "lastError",
    }  # fmt: skip
    assert (items[1]["state"], items[1]["attempts"], items[1]["lastError"]["code"]) == ("dead", 1, "CONFLICT")
    for query, expected in (({"state": "dead"}, [dead]), ({"kind": "test.later"}, [waiting]), ({"state": "done"}, [])):
        found = (await owner.http.get("/api/jobs", params=query)).json()["items"]
        assert [item["id"] for item in found] == [str(job_id) for job_id in expected]
    for query in ({"state": "asleep"}, {"cursor": "x"}):
        assert (await owner.http.get("/api/jobs", params=query)).status_code == 422


async def test_pages_hold_every_job_once(owner: Person) -> None:
    made = {str(await put(owner, LATER, wait_s=3600)) for _ in range(7)}
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = (await owner.http.get("/api/jobs", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
    assert (len(seen), set(seen)) == (7, made)


async def test_a_dead_job_is_replayed_once_and_that_is_recorded(owner: Person) -> None:
    job_id = await put(owner, dead=True)
    assert await act(owner, job_id, "replay") == (200, "ready")
    assert await act(owner, job_id, "replay") == (409, "JOB_NOT_DEAD")
    async with owner.house.db.tenant(owner.scope) as session:
        (entry,) = (await timeline(session, Subject("job", job_id))).items
    assert (entry.action, entry.actor.id) == ("job.replayed", owner.member_id)
    assert entry.before is not None
    assert (entry.before["state"], entry.before["lastError"]["code"]) == ("dead", "CONFLICT")
    assert entry.after == {"kind": "test.refuse", "state": "ready"}


async def test_a_waiting_or_running_job_is_cancelled_a_finished_one_not(owner: Person) -> None:
    waiting, dead, running = await put(owner, wait_s=60), await put(owner, dead=True), await put(owner)
    async with owner.house.db.tenant(owner.scope) as session:
        assert await ledger.claim(session, running, lease_s=60, tenant_slots=4)
    assert await act(owner, waiting, "cancel") == (200, "cancelled")
    assert await act(owner, running, "cancel") == (200, "cancelled")
    assert await act(owner, waiting, "cancel") == (409, "JOB_FINISHED")
    assert await act(owner, dead, "cancel") == (409, "JOB_FINISHED")
    async with owner.house.db.tenant(owner.scope) as session:
        actions = [entry.action for entry in (await timeline(session, Subject("job", running))).items]
    assert actions == ["job.cancelled"]


@pytest.mark.parametrize("what", ["replay", "cancel"])
async def test_anothers_job_does_not_exist(owner: Person, what: str) -> None:
    foreign = await owner.house.new_owner()
    job_id = await put(foreign, dead=what == "replay", wait_s=0)
    assert await act(owner, job_id, what) == (404, "NOT_FOUND")
    assert await act(owner, uuid7(), what) == (404, "NOT_FOUND")
    assert (await owner.http.get("/api/jobs")).json()["items"] == []


async def test_agents_see_no_jobs(owner: Person) -> None:
    agent = await owner.invite(Role.AGENT)
    assert (await agent.http.get("/api/jobs")).status_code == 403


@pytest.mark.parametrize("through", ["job", "run"])
async def test_a_sync_and_its_job_are_cancelled_together(owner: Person, through: str) -> None:
    store_id = await a_store(owner)
    (run,) = (await owner.http.get("/api/sync/runs")).json()["items"]
    (job,) = (await owner.http.get("/api/jobs")).json()["items"]
    await news_of(owner)
    if through == "job":
        assert await act(owner, job["id"], "cancel") == (200, "cancelled")
        assert await act(owner, job["id"], "cancel") == (409, "JOB_FINISHED")
    else:
        assert (await owner.http.post(f"/api/sync/runs/{run['id']}/cancel")).json()["status"] == "CANCELLED"
    (job,) = (await owner.http.get("/api/jobs")).json()["items"]
    run = (await owner.http.get(f"/api/sync/runs/{run['id']}")).json()
    assert (job["state"], run["status"]) == ("cancelled", "CANCELLED")
    assert {part["status"] for part in run["resources"]} == {"CANCELLED"}
    assert run["finishedAt"] is not None
    assert ("sync.finished", {"storeId": store_id, "runId": run["id"], "status": "CANCELLED", "kind": "INITIAL"}) in (
        await news_of(owner)
    )
    # The store is free for the next run.
    assert (await owner.http.post("/api/sync", json={})).json()["items"][0]["id"] != run["id"]


async def test_a_job_that_is_over_leaves_its_run_alone(owner: Person) -> None:
    await a_store(owner)
    (job,) = (await owner.http.get("/api/jobs")).json()["items"]
    async with owner.house.db.tenant(owner.scope) as session:
        await session.execute(text("UPDATE jobs SET state = 'dead'"))
    assert await act(owner, job["id"], "cancel") == (409, "JOB_FINISHED")
    (run,) = (await owner.http.get("/api/sync/runs")).json()["items"]
    assert run["status"] == "QUEUED"
