"""The words accounts uses: roles."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member is in a tenant, from most to least trusted."""

    OWNER = "owner"
    ADMIN = "admin"
    AGENT = "agent"
    VIEWER = "viewer"
