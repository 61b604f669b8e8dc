"""The words accounts uses: roles, and the frozen values its functions answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a member is in a tenant, from most to least trusted."""

    OWNER = "owner"
    ADMIN = "admin"
    AGENT = "agent"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from: the address, what the browser calls itself, and the request's id."""

    ip: str = "unknown"
    user_agent: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class UserView:
    """A person."""

    id: UUID
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class TenantView:
    """A merchant account."""

    id: UUID
    name: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class MemberView:
    """A person in a tenant. `id` is the member's, the one actors carry; `user_id` the person's."""

    id: UUID
    user_id: UUID
    email: str
    name: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """A tenant a person belongs to, and as what."""

    tenant_id: UUID
    tenant_name: str
    member_id: UUID
    role: Role


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a valid session token stands for, in the one tenant they look at."""

    session_id: UUID
    user: UserView
    membership: Membership
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionView:
    """A login as its owner sees it in the list of sessions."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ip: str | None
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was just given a token. The token exists here and in the browser, nowhere else."""

    token: str
    identity: Identity
    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class AccountCreated:
    """A tenant made together with its first owner."""

    tenant_id: UUID
    user_id: UUID
    member_id: UUID
