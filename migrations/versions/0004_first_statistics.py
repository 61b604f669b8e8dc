"""Tables nobody has filled get their first statistics: a tenant has a large part of every table.

Without any, PostgreSQL takes one tenant for a two-hundredth of a table. While a table is small, every index that begins with the
tenant then looks as good as the primary key, and a foreign key's check, whose plan each connection keeps until the table is
analysed, reads all of the tenant's rows for every row written. What autovacuum finds out later replaces these statistics.
Harmless at any time; servers before PostgreSQL 18 cannot be told and keep their guess.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Tables that were analysed keep what was found.
_TELL = """
DO $$
BEGIN
    IF current_setting('server_version_num')::int < 180000 THEN
        RETURN;
    END IF;
    PERFORM pg_restore_attribute_stats(
        'schemaname', 'public', 'relname', c.relname::text, 'attname', 'tenant_id', 'inherited', false,
        'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 4::real)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND NOT EXISTS (SELECT FROM pg_stats s WHERE s.schemaname = 'public' AND s.tablename = c.relname AND s.attname = 'tenant_id');
END $$
"""


def upgrade() -> None:
    op.execute(_TELL)


def downgrade() -> None:
    """Statistics need no undoing: the next ANALYZE replaces them."""
