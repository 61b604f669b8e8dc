"""Manifest of the room accounts."""

from __future__ import annotations

from storekeep.domains.accounts.models import Member, Tenant, User, UserSession
from storekeep.runtime.manifest import Room

room = Room(name="accounts", models=(Member, Tenant, User, UserSession))
