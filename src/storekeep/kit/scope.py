"""Scope: for whom and as whom something is done. Nothing touches a tenant's data without one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """Who acts; the word shown in the timeline."""

    MEMBER = "member"
    SYSTEM = "system"  # a job or a schedule of ours
    SHOPIFY = "shopify"  # news from the store


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts: a member (id is the member's), or the system."""

    kind: ActorKind
    id: uuid.UUID | None = None
    name: str = ""


SYSTEM_ACTOR = Actor(ActorKind.SYSTEM, None, "Storekeep")


@dataclass(frozen=True, slots=True)
class Scope:
    """One tenant, one actor, and what that actor may do.

    `permissions` holds `resource:action` words. A job's scope holds none: a job runs what was permitted when it was asked for.
    """

    tenant_id: uuid.UUID
    actor: Actor = SYSTEM_ACTOR
    permissions: frozenset[str] = field(default_factory=frozenset)
    user_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    request_id: str = ""
