"""Every action the product records has words, and no entry is read without any."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import storekeep
from storekeep.domains.accounts.events import AccountsEvent
from storekeep.domains.audit.public import Fact, Subject, list_entries, record_many
from storekeep.domains.audit.types import AuditFilter
from storekeep.domains.audit.words import ACTIONS, words_for
from storekeep.kit.ids import uuid7
from tests.support.accounts import Person

ROOMS = Path(storekeep.__file__).parent / "domains"
_ACTION = re.compile(r"[a-z]+\.[a-z_]+")
_RECORDERS = {"record", "Fact", "_record", "_recorded"}


def recorded() -> set[str]:
    """The actions in calls that record something, wherever in the source, and those of the facts accounts announces."""
    found = {fact.action for fact in AccountsEvent.__subclasses__()}
    for file in ROOMS.rglob("*.py"):
        tree = ast.parse(file.read_text())
        names = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", None)) in _RECORDERS:
                given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "action")]
                said = [part for value in given for part in _texts(value, names)]
                found |= {text for text in said if _ACTION.fullmatch(text)}
    return found


def _texts(value: ast.expr, names: Mapping[str, object]) -> list[str]:
    if isinstance(value, ast.IfExp):
        return [*_texts(value.body, names), *_texts(value.orelse, names)]
    said = names.get(value.id) if isinstance(value, ast.Name) else getattr(value, "value", None)
    return [said] if isinstance(said, str) else []


def test_every_recorded_action_has_words_and_no_words_are_for_nothing() -> None:
    found = recorded()
    assert {"order.refreshed", "order.removed", "store.reconnected", "job.replayed", "audit.erased", "tenant.renamed"} <= found
    assert found == ACTIONS
    assert all(words_for(action)[0].isupper() for action in ACTIONS)


def test_words_say_the_value_where_it_tells_more() -> None:
    assert words_for("tenant.renamed", {"name": "Fern"}) == "Renamed the account to Fern"
    assert words_for("tenant.renamed", None) == "Renamed the account"
    assert words_for("order.seen_again") == "Order: seen again"


async def test_an_entry_recorded_without_words_is_read_with_some(owner: Person) -> None:
    order = Subject("order", uuid7())
    facts = [
        Fact(action="order.refreshed", subjects=[order]),
        Fact(action="order.refreshed", subjects=[order], summary="Read anew because a refund was doubtful"),
    ]
    async with owner.house.db.tenant(owner.scope) as session:
        await record_many(session, facts)
    async with owner.house.db.tenant(owner.scope) as session:
        found = (await list_entries(session, AuditFilter(subject=order))).items
    assert {entry.summary for entry in found} == {"Read the order from Shopify again", facts[1].summary}
