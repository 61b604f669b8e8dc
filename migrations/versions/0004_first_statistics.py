"""The planner expects of every tenant that it has a good part of a table, from the first row on.

A foreign key's check is planned once a connection and kept, and most statements hide from the planner which tenant they are of: it
thinks of an average one. Where it knows nothing, or where many tenants have next to nothing, the average tenant has a row or two;
then every index that begins with the tenant looks as good as the primary key, and the check reads all of a large tenant's rows for
every row written. A fiftieth of the table is what is planned for instead: wrong for most, and dear for none. Code from before knows
nothing of it. Servers before PostgreSQL 18 cannot be told before the first ANALYZE.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_EVERY_TENANT_TABLE = """
DO $$
DECLARE t record;
BEGIN
    FOR t IN
        SELECT c.relname, c.reltuples FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    LOOP
        {step}
    END LOOP;
END $$
"""
# What ANALYZE will say from now on, and until it does, the same; tables it knows already wait for the next one.
_TELL = """
        EXECUTE format('ALTER TABLE %I ALTER COLUMN tenant_id SET (n_distinct = 50)', t.relname);
        IF current_setting('server_version_num')::int >= 180000 AND t.reltuples < 0 THEN
            PERFORM pg_restore_attribute_stats(
                'schemaname', 'public', 'relname', t.relname::text, 'attname', 'tenant_id', 'inherited', false,
                'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 50::real);
        END IF;
"""
_FORGET = "EXECUTE format('ALTER TABLE %I ALTER COLUMN tenant_id RESET (n_distinct)', t.relname);"


def upgrade() -> None:
    op.execute(_EVERY_TENANT_TABLE.format(step=_TELL))


def downgrade() -> None:
    op.execute(_EVERY_TENANT_TABLE.format(step=_FORGET))
