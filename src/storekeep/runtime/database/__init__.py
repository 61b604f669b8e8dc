"""PostgreSQL: engines, the two kinds of session, the shapes of tables, set-based writes and the tenancy DDL."""

from storekeep.runtime.database.engine import Database, DatabaseConfig
from storekeep.runtime.database.model import SystemRow, TenantRow, metadata, one_of, tenant_foreign_key, tenant_relationship
from storekeep.runtime.database.reading import TenantReading, TenantReads
from storekeep.runtime.database.session import SystemSession, TenantSession

__all__ = [
    "Database",
    "DatabaseConfig",
    "SystemRow",
    "SystemSession",
    "TenantReading",
    "TenantReads",
    "TenantRow",
    "TenantSession",
    "metadata",
    "one_of",
    "tenant_foreign_key",
    "tenant_relationship",
]
