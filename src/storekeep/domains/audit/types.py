"""The values audit is given and answers with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from storekeep.kit.scope import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about. `type` is the thing's word (`order`, `customer`, `store`, `member`, …).

    What is about something of a store also names the store, so that erasing the store finds it.
    """

    type: str
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that was done, to be recorded.

    `action` is `resource.past_tense`; `summary` says it in words for people where there is more to
    say than `words` has for the action; `before` and `after` hold what changed, in plain
    values, never a secret. Without `actor` it is the session's own; `at` is given when it happened earlier than now.
    """

    action: str
    subjects: Sequence[Subject]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    summary: str = ""
    actor: Actor | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An entry as it is read; `summary` is never empty.

    Of an erased one only the header is left: when, what kind of actor, which action, on what.
    """

    id: UUID
    at: datetime
    actor: Actor
    action: str
    subjects: tuple[Subject, ...]
    summary: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str
    erased: bool


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted: those that meet everything given. `since` is inclusive, `until` exclusive, both aware."""

    action: str | None = None
    actor_id: UUID | None = None
    subject: Subject | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking a chain found: how many entries were read, how many of them were erased, and the first fault if any."""

    entries: int
    erased: int
    fault: str | None

    @property
    def ok(self) -> bool:
        """Whether the chain is whole."""
        return self.fault is None
