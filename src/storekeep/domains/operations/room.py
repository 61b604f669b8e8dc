"""Manifest of the room operations. Its jobs are the ledger's, which go with their tenant; it keeps nothing of its own."""

from __future__ import annotations

from storekeep.domains.operations.router import router
from storekeep.runtime.manifest import Room

room = Room(name="operations", routers=(router,))
