"""Manifest of the room operations."""

from __future__ import annotations

from storekeep.runtime.manifest import Room

room = Room(name="operations")
