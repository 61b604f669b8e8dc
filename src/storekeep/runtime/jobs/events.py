"""Facts the ledger announces. Subscribers run in the announcing transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from storekeep.runtime.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCancelling(Event):
    """A job is being cancelled; its row is not locked yet, so that what it works on may be locked before it."""

    job_id: UUID
