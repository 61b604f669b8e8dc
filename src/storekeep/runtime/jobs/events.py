"""Facts the ledger announces. Subscribers run in the announcing transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from storekeep.runtime.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCancelling(Event):
    """A job is being cancelled; its row is not locked yet, so that what it works on may be locked before it."""

    job_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed(Event):
    """An attempt at a job failed unexpectedly, or its worker died; its row is not locked yet. `error` is {code, message, …}.

    `dead`: it is not tried again until a person replays it; otherwise it waits for its next attempt.
    """

    job_id: UUID
    error: Mapping[str, Any]
    dead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReplaying(Event):
    """A dead job is about to run again with the arguments it had; its row is not locked yet."""

    job_id: UUID
