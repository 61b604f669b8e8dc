"""GET /api/audit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from storekeep.domains.accounts.public import Role
from storekeep.domains.audit.public import Fact, Subject, record_many
from storekeep.kit.ids import uuid7
from tests.support.accounts import Person


async def get(person: Person, **query: Any) -> Any:
    return await person.http.get("/api/audit", params=query)


async def test_owners_and_admins_read_the_trail(owner: Person) -> None:
    admin, agent = await owner.invite(Role.ADMIN), await owner.invite(Role.AGENT)
    await owner.http.patch("/api/tenant", json={"name": "Renamed"})
    answer = await get(admin, limit=1)
    assert answer.status_code == 200
    (entry,) = answer.json()["items"]
    assert answer.json()["nextCursor"]
    assert set(entry) == {"id", "at", "actor", "action", "summary", "subjects", "before", "after", "requestId"}
    assert (entry["action"], entry["actor"]["name"], entry["after"]) == ("tenant.renamed", owner.name, {"name": "Renamed"})
    assert (await get(agent)).status_code == 403


async def test_filters_are_days_in_utc_and_subjects_whole(owner: Person) -> None:
    order = Subject("order", uuid7())
    moments = [datetime(2026, 1, 31, 0, 0, tzinfo=UTC), datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)]
    async with owner.house.db.tenant(owner.scope) as session:
        await record_many(session, [Fact(action="order.seen", subjects=[order], at=moment) for moment in moments])
    days = {"from": "2026-01-31", "to": "2026-01-31"}
    assert len((await get(owner, **days)).json()["items"]) == 2
    assert (await get(owner, **{"from": "2026-01-30", "to": "2026-01-30"})).json()["items"] == []
    by_subject = await get(owner, subjectType="order", subjectId=str(order.id))
    assert [item["subjects"] for item in by_subject.json()["items"]] == [[{"type": "order", "id": str(order.id)}]] * 2
    assert len((await get(owner, actorId=str(owner.member_id), action="order.seen")).json()["items"]) == 2


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"from": "2026-02-30"}, "VALIDATION_INVALID_DATE"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "VALIDATION_INVALID_DATE"),
        ({"to": "9999-12-31"}, "VALIDATION_INVALID_DATE"),
        ({"subjectType": "order"}, "VALIDATION_FAILED"),
        ({"subjectId": "x", "subjectType": "order"}, "VALIDATION_FAILED"),
        ({"cursor": "x"}, "VALIDATION_INVALID_CURSOR"),
        ({"limit": 101}, "VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_be_asked(owner: Person, query: dict[str, Any], code: str) -> None:
    answer = await get(owner, **query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
