"""Manifest of the room audit."""

from __future__ import annotations

from storekeep.domains.audit.erasing import erase
from storekeep.domains.audit.models import AuditEntry, AuditHead, AuditSubject
from storekeep.domains.audit.router import router
from storekeep.domains.audit.subscribers import subscribers
from storekeep.runtime.manifest import Room

room = Room(name="audit", models=(AuditEntry, AuditHead, AuditSubject), routers=(router,), subscribers=subscribers, erase=erase)
