"""Facts commerce announces. Subscribers run in the announcing transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from storekeep.domains.commerce.types import RunKind, RunStatus
from storekeep.runtime.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncFinished(Event):
    """A reading of a store is over."""

    store_id: UUID
    run_id: UUID
    kind: RunKind
    status: RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreDataChanged(Event):
    """Rows of the store were written or removed."""

    store_id: UUID
    resource: str
