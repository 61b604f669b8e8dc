"""The planner is told nothing of single tenants: what it once counted is wrong of every tenant that came since.

Statistics list the commonest tenants. When these make up a whole table, whoever is not among them is taken to have no row, and while
a first import fills the tables every join of theirs is planned for one row: all lines of the tenant were read for each of its orders.
Columns that tell the tenant are therefore counted no more; "a fiftieth of the table" (revision 0004) now holds of each, always. Code
from before knows nothing of it. Before PostgreSQL 18 counts that are there cannot be forgotten, only not renewed; where nothing
is known, that server plans for a two-hundredth.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_EVERY_TENANT_TABLE = """
DO $$
DECLARE t record;
BEGIN
    FOR t IN
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    LOOP
        {step}
    END LOOP;
END $$
"""
_COUNT_NO_MORE = """
        EXECUTE format('ALTER TABLE %I ALTER COLUMN tenant_id SET STATISTICS 0', t.relname);
        IF current_setting('server_version_num')::int >= 180000 THEN
            PERFORM pg_clear_attribute_stats('public', t.relname::text, 'tenant_id', false);
            PERFORM pg_restore_attribute_stats(
                'schemaname', 'public', 'relname', t.relname::text, 'attname', 'tenant_id', 'inherited', false,
                'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 50::real);
        END IF;
"""
_COUNT_AGAIN = "EXECUTE format('ALTER TABLE %I ALTER COLUMN tenant_id SET STATISTICS -1', t.relname);"


def upgrade() -> None:
    op.execute(_EVERY_TENANT_TABLE.format(step=_COUNT_NO_MORE))


def downgrade() -> None:
    op.execute(_EVERY_TENANT_TABLE.format(step=_COUNT_AGAIN))
