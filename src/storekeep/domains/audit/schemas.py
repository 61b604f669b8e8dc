"""What audit answers over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from storekeep.runtime.web.schemas import Moment, Read


class ActorRead(Read):
    """Who did it."""

    kind: str = Field(examples=["member"], description="member, system or shopify.")
    id: UUID | None = Field(description="The member, where it was one.")
    name: str = Field(examples=["Ada Lovelace"])


class SubjectRead(Read):
    """What it was done to."""

    type: str = Field(examples=["order"])
    id: UUID


class AuditEntryRead(Read):
    """One fact of the audit trail."""

    id: UUID
    at: Moment
    actor: ActorRead
    action: str = Field(examples=["member.role_changed"])
    summary: str = Field(description="The same in words. Never empty.", examples=["Changed a member's role to admin"])
    subjects: list[SubjectRead]
    before: dict[str, Any] | None = Field(examples=[{"role": "agent"}])
    after: dict[str, Any] | None = Field(examples=[{"role": "admin"}])
    request_id: str = Field(examples=["019a7f3e5b7c7d1e8f00c0ffee000001"])
