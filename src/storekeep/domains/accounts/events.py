"""Facts accounts announces, each with who did it and what was before and after. Subscribers run in the announcing transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from storekeep.kit.scope import Actor
from storekeep.runtime.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsEvent(Event):
    """Base of every fact of this room; a subscriber to it hears them all.

    `action` names the fact (`resource.past_tense`); `subjects` are (type, id) pairs; `before` and `after` hold plain values and
    never a secret.
    """

    action: ClassVar[str]
    actor: Actor
    subjects: tuple[tuple[str, UUID], ...]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantCreated(AccountsEvent):
    """A tenant exists, and its first owner."""

    action: ClassVar[str] = "tenant.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRenamed(AccountsEvent):
    """The tenant has another name."""

    action: ClassVar[str] = "tenant.renamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantDeletionRequested(AccountsEvent):
    """The tenant is locked and all its sessions are over. Whoever owns erasure now erases every room's data of it, as
    `erasure_id`, and at last calls `accounts.public.forget_tenant`."""

    action: ClassVar[str] = "tenant.deletion_requested"
    tenant_id: UUID
    erasure_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdded(AccountsEvent):
    """A person became a member."""

    action: ClassVar[str] = "member.added"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRoleChanged(AccountsEvent):
    """A member has another role, from the next request on."""

    action: ClassVar[str] = "member.role_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRemoved(AccountsEvent):
    """A person is a member no longer; their sessions in this tenant are over."""

    action: ClassVar[str] = "member.removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUp(AccountsEvent):
    """A person made an account for themselves and is signed in."""

    action: ClassVar[str] = "session.signed_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn(AccountsEvent):
    """A member signed in."""

    action: ClassVar[str] = "session.logged_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut(AccountsEvent):
    """A member signed out."""

    action: ClassVar[str] = "session.logged_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantLeft(AccountsEvent):
    """A member turned to another tenant of theirs. Which one is not this tenant's business."""

    action: ClassVar[str] = "session.left"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantEntered(AccountsEvent):
    """A member came over from another tenant of theirs."""

    action: ClassVar[str] = "session.entered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsEnded(AccountsEvent):
    """A member ended one or more of their other sessions."""

    action: ClassVar[str] = "session.revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(AccountsEvent):
    """A member has another password; their other sessions are over."""

    action: ClassVar[str] = "profile.password_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(AccountsEvent):
    """A member goes by another name."""

    action: ClassVar[str] = "profile.changed"
