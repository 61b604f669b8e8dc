"""Tables of accounts: users and sessions live outside tenants, tenants and members inside."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storekeep.domains.accounts.types import Role
from storekeep.kit.ids import uuid7
from storekeep.runtime.database.model import CreatedAt, Row, SystemRow, TenantRow, UpdatedAt, belongs_to_tenant, one_of


class Tenant(CreatedAt, UpdatedAt, Row):
    """A merchant account. Its id is every other table's tenant_id."""

    __tablename__ = "tenants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str]
    deleting_since: Mapped[datetime | None]

    # app_system reads what a person chooses between after logging in: the names of their tenants.
    __table_args__ = ({"info": {"app_rt": "SELECT, INSERT, UPDATE, DELETE", "app_system": "SELECT (id, name, deleting_since)"}},)


class User(CreatedAt, UpdatedAt, SystemRow):
    """A person who logs in; may be a member of several tenants."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str]
    email_norm: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]

    __table_args__ = (
        {
            "info": {
                "reason": "a person logs in before a tenant is known and may belong to several",
                "app_system": "SELECT, INSERT, UPDATE, DELETE",
                # A tenant sees the people who are its members, and of them never the password hash.
                "app_rt": "SELECT (id, email, email_norm, name, created_at, updated_at)",
                "app_rt_rule": "id IN (SELECT user_id FROM members)",
            }
        },
    )


class Member(CreatedAt, UpdatedAt, TenantRow):
    """A user in a tenant, with a role. Readable across tenants by app_system: it is the directory from user to tenants."""

    __tablename__ = "members"

    user_id: Mapped[UUID]
    role: Mapped[str]

    __table_args__ = (
        belongs_to_tenant(),
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "user_id"),
        one_of("role", list(Role)),
        Index("ix_members_user_id", "user_id"),
        {"info": {"app_system": "SELECT"}},
    )


class UserSession(CreatedAt, SystemRow):
    """A login: an opaque token, of which only the SHA-256 is kept, bound to one user and the tenant they look at."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    active_tenant_id: Mapped[UUID] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]

    __table_args__ = (
        {
            "info": {
                "reason": "a session token is looked up before its tenant is known",
                "app_system": "SELECT, INSERT, UPDATE, DELETE",
            }
        },
    )
