"""Manifest of the room insights."""

from __future__ import annotations

from storekeep.domains.insights.router import router
from storekeep.runtime.manifest import Room

room = Room(name="insights", routers=(router,))
