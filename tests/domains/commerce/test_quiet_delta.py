"""Most deltas find nothing, in every store every few minutes: what such a one asks of the database stays little."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import event

from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database
from storekeep.sandbox.config import AWKWARD_KWD
from tests.support.shopify_world import Desk

COMMIT = "COMMIT"


@contextmanager
def told(db: Database) -> Iterator[list[str]]:
    """What the running role tells the database within the block: its statements and commits."""
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(" ".join(statement.split()))

    def commit(_: Any) -> None:
        statements.append(COMMIT)

    engine = db.runtime_engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", commit)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", commit)


async def quietly(desk: Desk, scope: Scope, store_id: UUID) -> tuple[list[int], list[str]]:
    """A delta that finds nothing new: how many records of each resource it read again, and what it told the database."""
    run_id = await desk.ask(scope, store_id)
    with told(desk.db) as statements:
        await desk.work(scope)
    facts = await desk.run_of(scope, store_id)
    assert (facts.run.id, facts.run.kind, facts.run.status) == (run_id, "DELTA", "SUCCEEDED")
    assert [row.written for row in facts.resources] == [0, 0, 0]
    return [row.read for row in facts.resources], statements


async def test_a_delta_that_finds_nothing_costs_little(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await desk.work(scope)
    await desk.sync(scope, store_id)
    read, statements = await quietly(desk, scope, store_id)
    assert read == [0, 0, 0]
    assert not [statement for statement in statements if "work_" in statement or "stage_" in statement]
    assert statements.count(COMMIT) <= 20
    assert len(statements) <= 105, statements


async def test_what_changed_last_is_read_again_for_little_more(desk: Desk, scope: Scope) -> None:
    """The overlap: the newest records of each resource come with every delta, until newer ones do."""
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await desk.work(scope)
    for action in ("update_order", "update_customer", "update_product"):
        await desk.edit(AWKWARD_KWD, action)
    await asyncio.sleep(1.1)  # what happens in the second in which a run begins is the next run's business
    await desk.sync(scope, store_id)
    read, statements = await quietly(desk, scope, store_id)
    assert all(read)
    assert statements.count(COMMIT) <= 23
    assert len(statements) <= 148, statements
