"""Most deltas find nothing, in every store every few minutes: what such a one asks of the database stays little."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


async def test_a_delta_that_finds_nothing_costs_little(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await desk.work(scope)
    await desk.sync(scope, store_id)
    run_id = await desk.ask(scope, store_id)
    with counted(desk.db) as (statements, commits):
        await desk.work(scope)
    facts = await desk.run_of(scope, store_id)
    assert (facts.run.id, facts.run.kind, facts.run.status) == (run_id, "DELTA", "SUCCEEDED")
    assert [row.written for row in facts.resources] == [0, 0, 0]
    assert not [statement for statement in statements if "work_" in statement or "stage_" in statement]
    assert len(statements) <= 80, len(statements)
    assert len(commits) <= 15
