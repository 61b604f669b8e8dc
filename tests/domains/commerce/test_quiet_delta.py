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


@contextmanager
def counted(db: Database) -> Iterator[tuple[list[str], list[None]]]:
    """The statements of the running role within the block, and a None for each commit."""
    statements: list[str] = []
    commits: list[None] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(" ".join(statement.split()))

    def commit(_: Any) -> None:
        commits.append(None)

    engine = db.runtime_engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", commit)
    try:
        yield statements, commits
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", commit)


async def quietly(desk: Desk, scope: Scope, store_id: UUID) -> tuple[list[int], list[str], list[None]]:
    """A delta that finds nothing new: how many records of each resource it read again, its statements and commits."""
    run_id = await desk.ask(scope, store_id)
    with counted(desk.db) as (statements, commits):
        await desk.work(scope)
    facts = await desk.run_of(scope, store_id)
    assert (facts.run.id, facts.run.kind, facts.run.status) == (run_id, "DELTA", "SUCCEEDED")
    assert [row.written for row in facts.resources] == [0, 0, 0]
    return [row.read for row in facts.resources], statements, commits


async def test_a_delta_that_finds_nothing_costs_little(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await desk.work(scope)
    await desk.sync(scope, store_id)
    read, statements, commits = await quietly(desk, scope, store_id)
    assert read == [0, 0, 0]
    assert not [statement for statement in statements if "work_" in statement or "stage_" in statement]
    assert len(statements) <= 85, statements
    assert len(commits) <= 20


async def test_what_changed_last_is_read_again_for_little_more(desk: Desk, scope: Scope) -> None:
    """The overlap: the newest records of each resource come with every delta, until newer ones do."""
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await desk.work(scope)
    for action in ("update_order", "update_customer", "update_product"):
        await desk.edit(AWKWARD_KWD, action)
    await asyncio.sleep(1.1)  # what happens in the second in which a run begins is the next run's business
    await desk.sync(scope, store_id)
    read, statements, commits = await quietly(desk, scope, store_id)
    assert all(read)
    assert len(statements) <= 125, statements
    assert len(commits) <= 23
