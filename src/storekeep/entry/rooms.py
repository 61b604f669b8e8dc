"""The one list of rooms, lowest first. The API, the worker, migrations and erasure loop over it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData

from storekeep.domains.accounts.room import room as accounts
from storekeep.domains.audit.room import room as audit
from storekeep.domains.commerce.room import room as commerce
from storekeep.domains.connections.room import room as connections
from storekeep.domains.insights.room import room as insights
from storekeep.domains.operations.room import room as operations
from storekeep.runtime.database.model import metadata
from storekeep.runtime.events import EventBus
from storekeep.runtime.jobs import models as _jobs  # noqa: F401 (registers the ledger's table)
from storekeep.runtime.jobs.kind import JobKind
from storekeep.runtime.manifest import Room

ROOMS: tuple[Room, ...] = (accounts, audit, connections, commerce, insights, operations)


def all_metadata() -> MetaData:
    """Every table of the product: importing the rooms registered them, and the job ledger is the runtime's own."""
    return metadata


def event_bus() -> EventBus:
    """A bus on which every room's subscribers listen."""
    bus = EventBus()
    for room in ROOMS:
        for subscriber in room.subscribers:
            bus.subscribe(subscriber)
    return bus


def job_kinds() -> dict[str, JobKind[Any]]:
    """Every kind of job by its name. Raises ValueError when two rooms claim one name."""
    kinds: dict[str, JobKind[Any]] = {}
    for kind in (kind for room in ROOMS for kind in room.jobs):
        if kind.name in kinds:
            raise ValueError(f"two job kinds are named {kind.name}")
        kinds[kind.name] = kind
    return kinds
