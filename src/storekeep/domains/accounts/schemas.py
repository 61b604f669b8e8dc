"""What accounts reads and answers over HTTP."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from storekeep.domains.accounts.permissions import ROLE_PERMISSIONS, Permission
from storekeep.domains.accounts.types import Identity, Membership, Role
from storekeep.runtime.web.params import Id
from storekeep.runtime.web.schemas import Input, Moment, Name, Read

_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]+@[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]+\.[^\s@.]+")
MIN_PASSWORD = 8
MAX_PASSWORD = 1000


def _email(text: str) -> str:
    # Only the shape: whether mail arrives is learned by sending some.
    if not _EMAIL.fullmatch(text):
        raise PydanticCustomError("email", "Input should be an e-mail address")
    return text


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_email),
    Field(examples=["ada@example.com"], json_schema_extra={"format": "email"}),
]
NewPassword = Annotated[
    str,
    Field(
        min_length=MIN_PASSWORD,
        max_length=MAX_PASSWORD,
        json_schema_extra={"format": "password"},
        description="At least 8 characters, whichever; all of them count.",
        examples=["correct horse battery"],
    ),
]
GivenPassword = Annotated[
    str,
    Field(max_length=MAX_PASSWORD, json_schema_extra={"format": "password"}, examples=["correct horse battery"]),
]
RoleRead = Annotated[Role, Field(examples=["owner"])]


class SignUpInput(Input):
    """A new person and their new tenant."""

    email: Email
    password: NewPassword
    name: Name = Field(description="What the person is called.", examples=["Ada Lovelace"])
    tenant_name: Name = Field(description="What the tenant is called, often the business.", examples=["Analytical Engines"])


class LoginInput(Input):
    """Who signs in."""

    username: str = Field(max_length=320, description="The person's e-mail address.", examples=["ada@example.com"])
    password: GivenPassword


class SwitchInput(Input):
    """Which of the person's tenants to look at."""

    tenant_id: Id


class PasswordInput(Input):
    """The password as it is, and as it shall be."""

    current_password: GivenPassword
    new_password: NewPassword


class ProfileInput(Input):
    """What a person may change of themselves."""

    name: Name = Field(examples=["Ada Lovelace"])


class TenantInput(Input):
    """What may be changed of a tenant."""

    name: Name = Field(examples=["Analytical Engines"])


class TenantDeletionInput(Input):
    """The tenant's name, typed to confirm its deletion."""

    confirm_name: str = Field(max_length=200, examples=["Analytical Engines"])


class RoleInput(Input):
    """The role a member shall have."""

    role: Role = Field(examples=["agent"])


class UserRead(Read):
    """A person."""

    id: UUID
    email: str = Field(examples=["ada@example.com"])
    name: str = Field(examples=["Ada Lovelace"])


class TenantNameRead(Read):
    """A tenant, by its name."""

    id: UUID
    name: str = Field(examples=["Analytical Engines"])


class TenantChoiceRead(TenantNameRead):
    """One of the tenants a person may switch to."""

    role: RoleRead


class SessionRead(Read):
    """Who is signed in, where, and what they may do there."""

    user: UserRead
    tenant: TenantNameRead
    role: RoleRead
    permissions: list[str] = Field(examples=[["order:read", "profile:own"]])
    tenants: list[TenantChoiceRead] = Field(description="Every tenant this person may switch to, this one included.")
    expires_at: Moment

    @classmethod
    def of(cls, identity: Identity, memberships: tuple[Membership, ...]) -> SessionRead:
        """The answer for a signed-in person."""
        here = identity.membership
        return cls(
            user=UserRead.model_validate(identity.user),
            tenant=TenantNameRead(id=here.tenant_id, name=here.tenant_name),
            role=here.role,
            permissions=permission_words(here.role),
            tenants=[TenantChoiceRead(id=m.tenant_id, name=m.tenant_name, role=m.role) for m in memberships],
            expires_at=identity.expires_at,
        )


class LoginSessionRead(Read):
    """One of the person's sessions."""

    id: UUID
    created_at: Moment
    last_seen_at: Moment
    expires_at: Moment
    ip: str | None = Field(examples=["203.0.113.7"])
    user_agent: str | None = Field(examples=["Mozilla/5.0"])
    current: bool = Field(description="Whether it is the session that asks.")


class TenantRead(TenantNameRead):
    """A tenant."""

    created_at: Moment
    updated_at: Moment


class TenantDeletionRead(Read):
    """The erasure that was asked for."""

    erasure_id: UUID


class MemberRead(Read):
    """A person in the tenant."""

    id: UUID
    user_id: UUID
    email: str = Field(examples=["ada@example.com"])
    name: str = Field(examples=["Ada Lovelace"])
    role: RoleRead
    created_at: Moment


def permission_words(role: Role) -> list[str]:
    """What a role may do, in alphabetical order."""
    return sorted(str(permission) for permission in Permission if permission in ROLE_PERMISSIONS[role])
