"""Who may do what: every permission of the product, and the table of roles. A new permission is added here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from storekeep.domains.accounts.types import Role


class Permission(StrEnum):
    """What a route may demand, as `resource:action`."""

    ANALYTICS_READ = "analytics:read"
    AUDIT_READ = "audit:read"
    CUSTOMER_READ = "customer:read"
    JOB_READ = "job:read"
    JOB_WRITE = "job:write"
    MEMBER_READ = "member:read"
    MEMBER_WRITE = "member:write"
    ORDER_READ = "order:read"
    ORDER_REFRESH = "order:refresh"
    PRODUCT_READ = "product:read"
    PROFILE_OWN = "profile:own"
    STORE_DELETE = "store:delete"
    STORE_READ = "store:read"
    STORE_WRITE = "store:write"
    SYNC_RUN = "sync:run"
    TENANT_DELETE = "tenant:delete"
    TENANT_READ = "tenant:read"
    TENANT_WRITE = "tenant:write"


_VIEWER = frozenset(
    {
        Permission.ANALYTICS_READ,
        Permission.CUSTOMER_READ,
        Permission.MEMBER_READ,
        Permission.ORDER_READ,
        Permission.PRODUCT_READ,
        Permission.PROFILE_OWN,
        Permission.STORE_READ,
        Permission.TENANT_READ,
    }
)
_AGENT = _VIEWER | {Permission.ORDER_REFRESH, Permission.SYNC_RUN}
_ADMIN = _AGENT | {
    Permission.AUDIT_READ,
    Permission.JOB_READ,
    Permission.JOB_WRITE,
    Permission.MEMBER_WRITE,
    Permission.STORE_DELETE,
    Permission.STORE_WRITE,
    Permission.TENANT_WRITE,
}
_OWNER = _ADMIN | {Permission.TENANT_DELETE}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: _OWNER,
    Role.ADMIN: _ADMIN,
    Role.AGENT: _AGENT,
    Role.VIEWER: _VIEWER,
}
"""Each role holds everything the role below it holds."""


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """The roles that hold `permission`, most trusted first."""
    return tuple(role for role in Role if permission in ROLE_PERMISSIONS[role])


def grantors_of(permission: Permission) -> tuple[Role, ...]:
    """The roles whose members can give somebody a role that holds `permission`: those that may change members, up to their own
    trust. Only an owner makes owners."""
    able = roles_with(Permission.MEMBER_WRITE)
    return able if any(role is not Role.OWNER for role in roles_with(permission)) else (Role.OWNER,)
