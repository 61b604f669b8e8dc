"""The trail in the database: written with the transaction or not at all, in one order; tampering shows, erasing does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import event, text

from storekeep.domains.audit.erasing import BATCH, erase
from storekeep.domains.audit.public import (
    AuditFilter,
    Fact,
    Subject,
    erase_about,
    list_entries,
    record,
    record_many,
    timeline,
    verify_chain,
)
from storekeep.kit import clock
from storekeep.kit.ids import uuid7
from storekeep.kit.paging import InvalidCursor
from storekeep.kit.scope import SYSTEM_ACTOR, Actor, ActorKind, Scope
from storekeep.runtime.database import Database
from storekeep.runtime.manifest import ErasureSubject
from tests.support.database import TestDatabase


def an_order() -> Subject:
    return Subject("order", uuid7())


async def write(db: Database, scope: Scope, *actions: str, about: Subject | None = None) -> list[UUID]:
    async with db.tenant(scope) as session:
        facts = [Fact(action=action, subjects=[about or an_order()], after={"said": action}) for action in actions]
        return await record_many(session, facts)


async def actions(db: Database, scope: Scope, **wanted: Any) -> list[str]:
    async with db.tenant(scope) as session:
        return [entry.action for entry in (await list_entries(session, AuditFilter(**wanted), limit=100)).items]


async def fault(db: Database, scope: Scope) -> str | None:
    async with db.tenant(scope) as session:
        return (await verify_chain(session)).fault


@pytest.fixture
async def intruder(test_database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    """Somebody with the whole database in their hands."""
    connection = await asyncpg.connect(test_database.superuser_dsn)
    yield connection
    await connection.close()


async def test_an_entry_says_everything(db: Database, scope: Scope) -> None:
    actor = Actor(ActorKind.MEMBER, uuid7(), "Ada")
    asking = Scope(scope.tenant_id, actor, request_id="request-1")
    order, store = an_order(), Subject("store", uuid7())
    async with db.tenant(asking) as session:
        entry_id = await record(
            session,
            action="order.refunded",
            subjects=[order, store, order],
            before={"refunded": "0.00"},
            after={"refunded": "42.00", "accessToken": "shpat_secret"},
            summary="Refunded £42.00",
        )
    async with db.tenant(scope) as session:
        (entry,) = (await timeline(session, order)).items
    assert (entry.id, entry.action, entry.actor, entry.request_id) == (entry_id, "order.refunded", actor, "request-1")
    assert entry.subjects == (order, store)
    assert (entry.before, entry.after) == ({"refunded": "0.00"}, {"refunded": "42.00", "accessToken": "[redacted]"})
    assert (entry.summary, entry.erased) == ("Refunded £42.00", False)
    assert abs(entry.at - clock.now()) < timedelta(minutes=1)


async def test_what_is_rolled_back_was_not_done(db: Database, scope: Scope) -> None:
    with pytest.raises(RuntimeError):
        async with db.tenant(scope) as session:
            await record(session, action="never.happened", subjects=[])
            raise RuntimeError
    async with db.tenant(scope) as session:
        await record(session, action="first.kept", subjects=[])
        async with session.begin_nested():
            await record(session, action="second.kept", subjects=[])
            async with session.begin_nested():
                await record(session, action="third.kept", subjects=[])
        with pytest.raises(RuntimeError):
            async with session.begin_nested():
                async with session.begin_nested():
                    await record(session, action="inner.dropped", subjects=[])
                await record(session, action="outer.dropped", subjects=[])
                raise RuntimeError
        await record(session, action="fourth.kept", subjects=[])
    assert await actions(db, scope) == ["fourth.kept", "third.kept", "second.kept", "first.kept"]
    assert await fault(db, scope) is None


async def test_what_cannot_be_recorded_is_refused_on_the_spot(db: Database, scope: Scope) -> None:
    async with db.tenant(scope) as session:
        with pytest.raises(TypeError):
            await record(session, action="bad.value", subjects=[], after={"x": object()})
        await record(session, action="good.value", subjects=[])
    assert await actions(db, scope) == ["good.value"]


async def test_a_thousand_facts_cost_two_statements(db: Database, scope: Scope) -> None:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = db.runtime_engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        await write(db, scope, *(f"bulk.step{number}" for number in range(1000)))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len([statement for statement in seen if "set_config" not in statement]) == 2
    async with db.tenant(scope) as session:
        report = await verify_chain(session)
    assert (report.entries, report.ok) == (1000, True)


async def test_the_chains_head_is_not_held_while_a_transaction_works(db: Database, scope: Scope) -> None:
    async with db.tenant(scope) as slow:
        await record(slow, action="slow.began", subjects=[])
        await slow.execute(text("SELECT 1"))
        await asyncio.wait_for(write(db, scope, "quick.done"), timeout=5)
    assert set(await actions(db, scope)) == {"slow.began", "quick.done"}
    assert await fault(db, scope) is None


async def test_many_writers_at_once_make_one_chain(db: Database, scope: Scope) -> None:
    await asyncio.gather(*(write(db, scope, f"w{number}.a", f"w{number}.b") for number in range(40)))
    async with db.tenant(scope) as session:
        report = await verify_chain(session)
    assert (report.entries, report.fault) == (80, None)


TAMPERINGS = {
    "another action": "UPDATE audit_entries SET action = 'x' WHERE {here}",
    "another actor": "UPDATE audit_entries SET actor_id = gen_random_uuid() WHERE {here}",
    "another time": "UPDATE audit_entries SET at = at - interval '1 microsecond' WHERE {here}",
    "other words": "UPDATE audit_entries SET payload = jsonb_set(payload, '{{after,said}}', '\"lies\"') WHERE {here}",
    "another salt": "UPDATE audit_entries SET salt = '\\x00' WHERE {here}",
    "words and digest": "UPDATE audit_entries SET payload = '{{}}', digest = sha256('x') WHERE {here}",
    "half an erasure": "UPDATE audit_entries SET salt = NULL WHERE {here}",
    "an entry taken out": "DELETE FROM audit_entries WHERE {here}",
    "filed elsewhere": "UPDATE audit_subjects SET subject_id = gen_random_uuid() WHERE entry_id IN"
    " (SELECT id FROM audit_entries WHERE {here})",
    "the last entry taken out": "DELETE FROM audit_entries WHERE tenant_id = '{tenant}' AND seq = 5",
    "the head turned back": "UPDATE audit_heads SET seq = 4 WHERE tenant_id = '{tenant}'",
    "two entries swapped": "UPDATE audit_entries SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END"
    " WHERE tenant_id = '{tenant}' AND seq IN (2, 3);"
    " UPDATE audit_entries SET seq = -seq WHERE tenant_id = '{tenant}' AND seq < 0",
    "an entry put in": "INSERT INTO audit_entries"
    " (tenant_id, id, seq, at, actor_kind, actor_id, action, request_id, payload, salt, digest, chain)"
    " SELECT tenant_id, gen_random_uuid(), 6, at, actor_kind, actor_id, action, request_id, payload, salt, digest, chain"
    " FROM audit_entries WHERE {here}",
}


@pytest.mark.parametrize("way", TAMPERINGS)
async def test_tampering_shows(db: Database, scope: Scope, intruder: asyncpg.Connection, way: str) -> None:
    await write(db, scope, "a.1", "a.2", "a.3", "a.4", "a.5")
    assert await fault(db, scope) is None
    here = f"tenant_id = '{scope.tenant_id}' AND seq = 3"
    await intruder.execute(TAMPERINGS[way].format(here=here, tenant=scope.tenant_id))
    assert await fault(db, scope) is not None


async def test_erasing_takes_the_words_and_leaves_the_chain(db: Database, scope: Scope, intruder: asyncpg.Connection) -> None:
    customer = Subject("customer", uuid7())
    await write(db, scope, "a.1", "a.2")
    await write(db, scope, "about.them", "about.them.too", about=customer)
    await write(db, scope, "a.3")
    async with db.tenant(scope) as session:
        assert await erase_about(session, [customer]) == 2
    async with db.tenant(scope) as session:
        assert await erase_about(session, [customer]) == 0
        report = await verify_chain(session)
        erased = [entry for entry in (await timeline(session, customer)).items if entry.erased]
    assert (report.ok, report.entries, report.erased) == (True, 6, 2)
    assert [(e.action, e.before, e.after, e.summary, e.actor.name) for e in erased] == [
        ("about.them.too", None, None, "About: them: too", ""),
        ("about.them", None, None, "About: them", ""),
    ]
    left = await intruder.fetchval(
        "SELECT count(*) FROM audit_entries WHERE tenant_id = $1 AND payload::text LIKE '%about.them%'", scope.tenant_id
    )
    assert left == 0
    assert (await actions(db, scope))[0] == "audit.erased"


async def erase_all(db: Database, scope: Scope, subject: ErasureSubject) -> list[int]:
    """As the erasure's job does it: batch after batch, each in its own transaction, until nothing is left."""
    counts = []
    while not counts or counts[-1]:
        assert len(counts) < 20
        async with db.tenant(scope) as session:
            counts.append(await erase(session, subject))
    return counts


async def test_erasing_a_store_batch_by_batch_comes_to_an_end(db: Database, scope: Scope) -> None:
    store = Subject("store", uuid7())
    async with db.tenant(scope) as session:
        subjects = [an_order(), store]
        await record_many(session, [Fact(action="order.refreshed", subjects=subjects)] * (BATCH + 10))
    await write(db, scope, "unrelated.kept")
    assert await erase_all(db, scope, ErasureSubject("store", store.id)) == [BATCH, 10, 0]
    async with db.tenant(scope) as session:
        report = await verify_chain(session)
        kept = [entry.action for entry in (await list_entries(session, AuditFilter(), limit=5)).items if not entry.erased]
    assert (report.fault, report.erased) == (None, BATCH + 10)
    assert kept == ["audit.erased", "audit.erased", "unrelated.kept"]


async def test_erasing_a_tenant_leaves_nothing_of_it_and_everything_of_others(
    db: Database, scope: Scope, new_tenant: Callable[[], Awaitable[Scope]]
) -> None:
    other = await new_tenant()
    await write(db, scope, "a.1", "a.2")
    await write(db, other, "others.kept")
    assert await erase_all(db, scope, ErasureSubject("tenant", scope.tenant_id)) == [2, 1, 0]
    assert await actions(db, scope) == []
    assert await fault(db, scope) is None
    assert await actions(db, other) == ["others.kept"]


async def test_lists_by_what_when_who_and_page_by_page(db: Database, scope: Scope) -> None:
    ada = Actor(ActorKind.MEMBER, uuid7(), "Ada")
    order = an_order()
    moments = [clock.now() - timedelta(days=days) for days in (3, 2, 1)]
    async with db.tenant(scope) as session:
        facts = [
            Fact(action="thing.made", subjects=[order], at=moments[0]),
            Fact(action="thing.changed", subjects=[order], at=moments[1], actor=ada),
            Fact(action="thing.changed", subjects=[an_order()], at=moments[2]),
        ]
        await record_many(session, facts)
    assert await actions(db, scope, action="thing.changed") == ["thing.changed"] * 2
    assert await actions(db, scope, actor_id=ada.id) == ["thing.changed"]
    assert await actions(db, scope, subject=order) == ["thing.changed", "thing.made"]
    assert await actions(db, scope, since=moments[1], until=moments[2]) == ["thing.changed"]
    assert await actions(db, scope, subject=order, action="thing.made") == ["thing.made"]
    await write(db, scope, *(f"page.{number}" for number in range(25)))
    seen, cursor = [], None
    async with db.tenant(scope) as session:
        while True:
            page = await list_entries(session, AuditFilter(), limit=7, cursor=cursor)
            seen += [entry.id for entry in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 28
        for wrong in ("nonsense", "WyItYXQiLCJ4IiwieSJd", "WyItYXQiLCIyMDI2LTAxLTAxVDAwOjAwOjAwIiwieSJd"):
            with pytest.raises(InvalidCursor):
                await list_entries(session, AuditFilter(), limit=7, cursor=wrong)


async def test_the_actor_is_the_sessions_own_unless_said_otherwise(db: Database, scope: Scope) -> None:
    await write(db, scope, "by.system")
    async with db.tenant(scope) as session:
        (entry,) = (await list_entries(session, AuditFilter())).items
    assert entry.actor == SYSTEM_ACTOR


async def test_no_tenant_sees_anothers_trail(db: Database, scope: Scope, new_tenant: Callable[[], Awaitable[Scope]]) -> None:
    other = await new_tenant()
    subject = an_order()
    await write(db, other, "theirs.alone", about=subject)
    assert await actions(db, scope, subject=subject) == await actions(db, scope) == []
