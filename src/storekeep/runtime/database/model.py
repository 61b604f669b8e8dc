"""The shapes tables may have: a tenant's rows, or a system table with a stated reason. There is no third.

Every tenant table has PRIMARY KEY (tenant_id, id) and its unique and foreign keys start with tenant_id, so a row cannot point at
another tenant's and the schema can be distributed by tenant_id unchanged (`docs/decisions/0002-tenancy.md`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, foreign, mapped_column, relationship

from storekeep.kit.clock import now
from storekeep.kit.ids import uuid7

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(DeclarativeBase):
    """Base of every mapped class; use TenantRow or SystemRow."""

    metadata = metadata
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: DateTime(timezone=True),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[str]: ARRAY(Text()),
    }


Amount = Numeric(24, 6)
"""Money column: amounts reach 10^18 and carry up to 6 decimals, more than any ISO currency has."""


class TenantRow(Row):
    """A row that belongs to one tenant. Row-level security is forced on its table; the session fills in tenant_id."""

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)


class SystemRow(Row):
    """A row outside any tenant: a directory, or something from before the tenant is known.

    Its table states why in `info={"reason": …}` and who may do what in
    `info={"app_rt": "SELECT", "app_system": "SELECT, INSERT"}`.
    """

    __abstract__ = True


class CreatedAt:
    """Mixin: when the row was made by us, aware UTC."""

    created_at: Mapped[datetime] = mapped_column(default=now)


class UpdatedAt:
    """Mixin: when we last changed the row, aware UTC."""

    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


def searchable(*columns: str) -> str:
    """The SQL of a search vector over text columns: their words as they stand, and once more with punctuation taken apart.

    So "ada@example.com" is found by "ada" and by "example", and "AB-12" by "12". Words are not stemmed: names are not English.
    """
    words = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
    return f"to_tsvector('simple', {words} || ' ' || translate({words}, '@.+-_/#()', '         '))"


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """CHECK that `column` holds one of `values`. Enumerations are text: enum equality is not leakproof under row security."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def tenant_foreign_key(column: str, table: str, *, on_delete: str = "CASCADE") -> ForeignKeyConstraint:
    """FOREIGN KEY (tenant_id, column) → table(tenant_id, id). `on_delete`: CASCADE, RESTRICT or SET NULL (that column alone)."""
    action = f"SET NULL ({column})" if on_delete == "SET NULL" else on_delete
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=action)


def belongs_to_tenant() -> ForeignKeyConstraint:
    """FOREIGN KEY (tenant_id) → tenants(id): the row dies with its tenant."""
    return ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE")


def tenant_relationship(local: Any, remote_tenant: Any, remote_id: Any, **options: Any) -> Any:
    """A read-mostly relationship over (tenant_id, local) whose only assignable column is `local`.

    Without the explicit join, `order.customer = None` would try to blank tenant_id too. `local` is the mapped foreign column.
    """
    owner = local.class_
    return relationship(
        primaryjoin=lambda: (owner.tenant_id == remote_tenant) & (foreign(local) == remote_id), viewonly=False, **options
    )
