"""Manifest of the room insights."""

from __future__ import annotations

from storekeep.runtime.manifest import Room

room = Room(name="insights")
