"""Manifest of the room audit."""

from __future__ import annotations

from storekeep.domains.audit.models import AuditEntry, AuditHead, AuditSubject
from storekeep.runtime.manifest import Room

room = Room(name="audit", models=(AuditEntry, AuditHead, AuditSubject))
