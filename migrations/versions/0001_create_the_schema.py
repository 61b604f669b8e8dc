"""Create the schema.

The whole first schema, with row-level security and grants. Deploy before anything else; there is nothing before it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Row-level security and grants, table by table; where they come from: runtime/database/tenancy.py at the time.
TENANCY = (
    # erasures
    "GRANT SELECT ON erasures TO app_system",
    "GRANT SELECT, INSERT, UPDATE (rooms, finished_at) ON erasures TO app_rt",
    "ALTER TABLE erasures ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE erasures FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_part ON erasures FOR ALL TO app_rt USING (erased_tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (erased_tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "CREATE POLICY system_all ON erasures FOR ALL TO app_system USING (true) WITH CHECK (true)",
    # oauth_states
    "GRANT SELECT, INSERT, DELETE ON oauth_states TO app_system",
    # shop_directory
    "GRANT SELECT, UPDATE (sync_due_at) ON shop_directory TO app_system",
    "GRANT SELECT, INSERT, UPDATE (sync_due_at, key_id), DELETE ON shop_directory TO app_rt",
    "ALTER TABLE shop_directory ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE shop_directory FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_part ON shop_directory FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "CREATE POLICY system_all ON shop_directory FOR ALL TO app_system USING (true) WITH CHECK (true)",
    # tenants
    "ALTER TABLE tenants ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE tenants FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON tenants FOR ALL TO app_rt USING (id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON tenants TO app_rt",
    "CREATE POLICY system_headers ON tenants FOR ALL TO app_system USING (true) WITH CHECK (true)",
    "GRANT SELECT (id, name, deleting_since) ON tenants TO app_system",
    # users
    "GRANT SELECT, INSERT, UPDATE, DELETE ON users TO app_system",
    "GRANT SELECT (id, email, email_norm, name, created_at, updated_at) ON users TO app_rt",
    "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE users FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_part ON users FOR ALL TO app_rt USING (id IN (SELECT user_id FROM members)) WITH CHECK (id IN (SELECT user_id FROM members))",
    "CREATE POLICY system_all ON users FOR ALL TO app_system USING (true) WITH CHECK (true)",
    # audit_entries
    "ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON audit_entries FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON audit_entries TO app_rt",
    # audit_heads
    "ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE audit_heads FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON audit_heads FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON audit_heads TO app_rt",
    # connections
    "ALTER TABLE connections ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE connections FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON connections FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON connections TO app_rt",
    "CREATE POLICY system_headers ON connections FOR ALL TO app_system USING (true) WITH CHECK (true)",
    "GRANT SELECT (tenant_id, id, type, status) ON connections TO app_system",
    # jobs
    "ALTER TABLE jobs ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE jobs FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON jobs FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO app_rt",
    "CREATE POLICY system_headers ON jobs FOR ALL TO app_system USING (true) WITH CHECK (true)",
    "GRANT SELECT (tenant_id, id, kind, state, run_at, lease_until, woken_at, created_at), UPDATE (woken_at) ON jobs TO app_system",
    # members
    "ALTER TABLE members ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE members FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON members FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON members TO app_rt",
    "CREATE POLICY system_headers ON members FOR ALL TO app_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON members TO app_system",
    # sessions
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO app_system",
    # audit_subjects
    "ALTER TABLE audit_subjects ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE audit_subjects FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON audit_subjects FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON audit_subjects TO app_rt",
    # stores
    "ALTER TABLE stores ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE stores FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON stores FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON stores TO app_rt",
    # customers
    "ALTER TABLE customers ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE customers FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON customers FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON customers TO app_rt",
    "CREATE POLICY search_rows ON customers FOR SELECT TO search_owner USING (true)",
    "GRANT SELECT ON customers TO search_owner",
    "CREATE FUNCTION search_customers(words text, cap integer) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$ WITH found AS MATERIALIZED (SELECT id FROM public.customers WHERE tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid) AND search @@ to_tsquery('simple', words)) SELECT id FROM found ORDER BY id DESC LIMIT cap $$",
    "REVOKE ALL ON FUNCTION search_customers(words text, cap integer) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION search_customers(words text, cap integer) TO app_rt",
    "GRANT CREATE ON SCHEMA public TO search_owner",
    "ALTER FUNCTION search_customers(words text, cap integer) OWNER TO search_owner",
    "REVOKE CREATE ON SCHEMA public FROM search_owner",
    # products
    "ALTER TABLE products ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE products FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON products FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON products TO app_rt",
    "CREATE POLICY search_rows ON products FOR SELECT TO search_owner USING (true)",
    "GRANT SELECT ON products TO search_owner",
    "CREATE FUNCTION search_products(words text, cap integer) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$ WITH found AS MATERIALIZED (SELECT id FROM public.products WHERE tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid) AND search @@ to_tsquery('simple', words)) SELECT id FROM found ORDER BY id DESC LIMIT cap $$",
    "REVOKE ALL ON FUNCTION search_products(words text, cap integer) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION search_products(words text, cap integer) TO app_rt",
    "GRANT CREATE ON SCHEMA public TO search_owner",
    "ALTER FUNCTION search_products(words text, cap integer) OWNER TO search_owner",
    "REVOKE CREATE ON SCHEMA public FROM search_owner",
    # sales_days
    "ALTER TABLE sales_days ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE sales_days FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON sales_days FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sales_days TO app_rt",
    # store_calendars
    "ALTER TABLE store_calendars ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE store_calendars FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON store_calendars FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON store_calendars TO app_rt",
    # sync_cursors
    "ALTER TABLE sync_cursors ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE sync_cursors FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON sync_cursors FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sync_cursors TO app_rt",
    # sync_runs
    "ALTER TABLE sync_runs ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE sync_runs FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON sync_runs FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sync_runs TO app_rt",
    # customer_sales
    "ALTER TABLE customer_sales ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE customer_sales FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON customer_sales FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON customer_sales TO app_rt",
    # orders
    "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE orders FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON orders FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO app_rt",
    "CREATE POLICY search_rows ON orders FOR SELECT TO search_owner USING (true)",
    "GRANT SELECT ON orders TO search_owner",
    "CREATE FUNCTION search_orders(words text, cap integer) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$ WITH found AS MATERIALIZED (SELECT id FROM public.orders WHERE tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid) AND search @@ to_tsquery('simple', words)) SELECT id FROM found ORDER BY id DESC LIMIT cap $$",
    "REVOKE ALL ON FUNCTION search_orders(words text, cap integer) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION search_orders(words text, cap integer) TO app_rt",
    "GRANT CREATE ON SCHEMA public TO search_owner",
    "ALTER FUNCTION search_orders(words text, cap integer) OWNER TO search_owner",
    "REVOKE CREATE ON SCHEMA public FROM search_owner",
    # sync_resources
    "ALTER TABLE sync_resources ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE sync_resources FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON sync_resources FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sync_resources TO app_rt",
    # sync_windows
    "ALTER TABLE sync_windows ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE sync_windows FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON sync_windows FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sync_windows TO app_rt",
    # variants
    "ALTER TABLE variants ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE variants FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON variants FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON variants TO app_rt",
    # fulfillments
    "ALTER TABLE fulfillments ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE fulfillments FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON fulfillments FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON fulfillments TO app_rt",
    # order_corrections
    "ALTER TABLE order_corrections ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE order_corrections FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON order_corrections FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON order_corrections TO app_rt",
    # order_lines
    "ALTER TABLE order_lines ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE order_lines FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON order_lines FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON order_lines TO app_rt",
    # refunds
    "ALTER TABLE refunds ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE refunds FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON refunds FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON refunds TO app_rt",
    # refund_lines
    "ALTER TABLE refund_lines ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE refund_lines FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant_rows ON refund_lines FOR ALL TO app_rt USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)) WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON refund_lines TO app_rt",
)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erased_tenant_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("rooms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("subject_kind IN ('tenant', 'store')", name=op.f("ck_erasures_subject_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        info={
            "reason": "the proof of an erasure outlives the tenant it erased",
            "app_system": "SELECT",
            "app_rt": "SELECT, INSERT, UPDATE (rooms, finished_at)",
            "app_rt_rule": "erased_tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)",
        },
    )
    op.create_index(op.f("ix_erasures_erased_tenant_id"), "erasures", ["erased_tenant_id"], unique=False)
    op.create_table(
        "oauth_states",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("bound_tenant_id", sa.Uuid(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oauth_states")),
        info={"reason": "the callback is read before its tenant is known", "app_system": "SELECT, INSERT, DELETE"},
    )
    op.create_index(op.f("ix_oauth_states_expires_at"), "oauth_states", ["expires_at"], unique=False)
    op.create_table(
        "shop_directory",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("sync_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("shop", name=op.f("pk_shop_directory")),
        info={
            "reason": "a shop domain is unique over all tenants, and schedules are looked through across them",
            "app_system": "SELECT, UPDATE (sync_due_at)",
            "app_rt": "SELECT, INSERT, UPDATE (sync_due_at, key_id), DELETE",
            "app_rt_rule": "tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)",
        },
    )
    op.create_index(op.f("ix_shop_directory_key_id"), "shop_directory", ["key_id"], unique=False)
    op.create_index(op.f("ix_shop_directory_sync_due_at"), "shop_directory", ["sync_due_at"], unique=False)
    op.create_index("ix_shop_directory_tenant_id", "shop_directory", ["tenant_id"], unique=False)
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deleting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        info={"app_rt": "SELECT, INSERT, UPDATE, DELETE", "app_system": "SELECT (id, name, deleting_since)"},
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_norm", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_norm", name=op.f("uq_users_email_norm")),
        info={
            "reason": "a person logs in before a tenant is known and may belong to several",
            "app_system": "SELECT, INSERT, UPDATE, DELETE",
            "app_rt": "SELECT (id, email, email_norm, name, created_at, updated_at)",
            "app_rt_rule": "id IN (SELECT user_id FROM members)",
        },
    )
    op.create_table(
        "audit_entries",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_audit_entries_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("tenant_id", "seq", name=op.f("uq_audit_entries_tenant_id_seq")),
    )
    op.create_index("ix_audit_entries_tenant_id_action_at", "audit_entries", ["tenant_id", "action", "at", "id"], unique=False)
    op.create_index(
        "ix_audit_entries_tenant_id_actor_id_at", "audit_entries", ["tenant_id", "actor_id", "at", "id"], unique=False
    )
    op.create_index("ix_audit_entries_tenant_id_at_id", "audit_entries", ["tenant_id", "at", "id"], unique=False)
    op.create_table(
        "audit_heads",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_audit_heads_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "connections",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('CONNECTED', 'NEEDS_RECONNECT', 'PAUSED', 'DISCONNECTING')", name=op.f("ck_connections_status_known")
        ),
        sa.CheckConstraint(
            "type IN ('SHOPIFY', 'CUSTOM_EMAIL', 'GMAIL', 'GOOGLE_ANALYTICS', 'META_ADS', 'SLACK')",
            name=op.f("ck_connections_type_known"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_connections_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_connections")),
        info={"app_system": "SELECT (tenant_id, id, type, status)"},
    )
    op.create_table(
        "jobs",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("unique_key", sa.Text(), nullable=True),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("crash_attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("woken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('ready', 'leased', 'done', 'dead', 'cancelled')", name=op.f("ck_jobs_state_known")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_jobs_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_jobs")),
        info={"app_system": "SELECT (tenant_id, id, kind, state, run_at, lease_until, woken_at, created_at), UPDATE (woken_at)"},
    )
    op.create_index("ix_jobs_due", "jobs", ["run_at"], unique=False, postgresql_where=sa.text("state = 'ready'"))
    op.create_index("ix_jobs_leased", "jobs", ["lease_until"], unique=False, postgresql_where=sa.text("state = 'leased'"))
    op.create_index("ix_jobs_tenant_id_created_at_id", "jobs", ["tenant_id", "created_at", "id"], unique=False)
    op.create_index("ix_jobs_tenant_leased", "jobs", ["tenant_id"], unique=False, postgresql_where=sa.text("state = 'leased'"))
    op.create_index(
        "uq_jobs_pending",
        "jobs",
        ["tenant_id", "kind", "unique_key"],
        unique=True,
        postgresql_where=sa.text("state = 'ready' AND unique_key IS NOT NULL"),
    )
    op.create_table(
        "members",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'admin', 'agent', 'viewer')", name=op.f("ck_members_role_known")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_members_tenant_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_members")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_members_tenant_id_user_id")),
        info={"app_system": "SELECT"},
    )
    op.create_index("ix_members_user_id", "members", ["user_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("active_tenant_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
        info={
            "reason": "a session token is looked up before its tenant is known",
            "app_system": "SELECT, INSERT, UPDATE, DELETE",
        },
    )
    op.create_index(op.f("ix_sessions_active_tenant_id"), "sessions", ["active_tenant_id"], unique=False)
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "audit_subjects",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["audit_entries.tenant_id", "audit_entries.id"],
            name=op.f("fk_audit_subjects_tenant_id_entry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_subjects")),
    )
    op.create_index("ix_audit_subjects_entry", "audit_subjects", ["tenant_id", "entry_id"], unique=False)
    op.create_index(
        "ix_audit_subjects_lookup", "audit_subjects", ["tenant_id", "subject_type", "subject_id", "at", "entry_id"], unique=False
    )
    op.create_table(
        "stores",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("shop_name", sa.Text(), nullable=False),
        sa.Column("shopify_shop_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("connected_via", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=True),
        sa.Column("access_token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=True),
        sa.Column("refresh_token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sync_interval_minutes", sa.Integer(), nullable=False),
        sa.Column("sync_paused", sa.Boolean(), nullable=False),
        sa.Column("last_sync_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sync_status", sa.Text(), nullable=True),
        sa.Column("customers_count", sa.Integer(), nullable=False),
        sa.Column("orders_count", sa.Integer(), nullable=False),
        sa.Column("products_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("connected_via IN ('OAUTH', 'CUSTOM_APP')", name=op.f("ck_stores_connected_via_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["connections.tenant_id", "connections.id"],
            name=op.f("fk_stores_tenant_id_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_stores_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stores")),
        sa.UniqueConstraint("tenant_id", "shop", name=op.f("uq_stores_tenant_id_shop")),
    )
    op.create_table(
        "customers",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_norm", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("verified_email", sa.Boolean(), nullable=True),
        sa.Column("tax_exempt", sa.Boolean(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("addresses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_day", sa.Date(), nullable=False),
        sa.Column("placeholder", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sort_name",
            sa.Text(),
            sa.Computed("left(lower(coalesce(nullif(name, ''), email, '')), 200)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('simple', coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(phone, '') || ' ' || translate(coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''), '@.+-_/#()', '         '))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_customers_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customers")),
        sa.UniqueConstraint("tenant_id", "store_id", "shopify_id", name=op.f("uq_customers_tenant_id_store_id_shopify_id")),
        info={"search": True},
    )
    op.create_index("ix_customers_created", "customers", ["tenant_id", "source_created_at", "id"], unique=False)
    op.create_index("ix_customers_created_day", "customers", ["tenant_id", "store_id", "created_day"], unique=False)
    op.create_index("ix_customers_email", "customers", ["tenant_id", "email_norm"], unique=False)
    op.create_index("ix_customers_name", "customers", ["tenant_id", "sort_name", "id"], unique=False)
    op.create_index("ix_customers_search", "customers", ["search"], unique=False, postgresql_using="gin")
    op.create_table(
        "products",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.Column("product_type", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("price", sa.Numeric(precision=24, scale=6), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("variant_count", sa.Integer(), nullable=False),
        sa.Column("total_inventory", sa.Integer(), nullable=True),
        sa.Column("skus", sa.Text(), nullable=True),
        sa.Column("source_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('simple', coalesce(title, '') || ' ' || coalesce(vendor, '') || ' ' || coalesce(product_type, '') || ' ' || coalesce(skus, '') || ' ' || translate(coalesce(title, '') || ' ' || coalesce(vendor, '') || ' ' || coalesce(product_type, '') || ' ' || coalesce(skus, ''), '@.+-_/#()', '         '))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_products_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_products")),
        sa.UniqueConstraint("tenant_id", "store_id", "shopify_id", name=op.f("uq_products_tenant_id_store_id_shopify_id")),
        info={"search": True},
    )
    op.create_index("ix_products_created", "products", ["tenant_id", "source_created_at", "id"], unique=False)
    op.create_index("ix_products_search", "products", ["search"], unique=False, postgresql_using="gin")
    op.create_index("ix_products_title", "products", ["tenant_id", "title", "id"], unique=False)
    op.create_index("ix_products_updated", "products", ["tenant_id", "source_updated_at", "id"], unique=False)
    op.create_table(
        "sales_days",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("placed_orders", sa.Integer(), nullable=False),
        sa.Column("placed_revenue", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("gross_sales", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("discounts", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("returns", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("adjustments", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("order_value", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("shipping", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("taxes", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("duties", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("fees", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("tips", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("refunds", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("fulfilled", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("new_customers", sa.Integer(), nullable=False),
        sa.Column("returning_customers", sa.Integer(), nullable=False),
        sa.Column("customers_created", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_sales_days_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sales_days")),
        sa.UniqueConstraint(
            "tenant_id", "store_id", "day", "currency", name=op.f("uq_sales_days_tenant_id_store_id_day_currency")
        ),
    )
    op.create_index("ix_sales_days_day", "sales_days", ["tenant_id", "day"], unique=False)
    op.create_table(
        "store_calendars",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_store_calendars_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_store_calendars")),
        sa.UniqueConstraint("tenant_id", "store_id", name=op.f("uq_store_calendars_tenant_id_store_id")),
    )
    op.create_table(
        "sync_cursors",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("high_water", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("resource IN ('customers', 'orders', 'products')", name=op.f("ck_sync_cursors_resource_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_sync_cursors_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sync_cursors")),
        sa.UniqueConstraint("tenant_id", "store_id", "resource", name=op.f("uq_sync_cursors_tenant_id_store_id_resource")),
    )
    op.create_table(
        "sync_runs",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("setbacks", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('INITIAL', 'DELTA', 'RESYNC')", name=op.f("ck_sync_runs_kind_known")),
        sa.CheckConstraint(
            "status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED')",
            name=op.f("ck_sync_runs_status_known"),
        ),
        sa.CheckConstraint("trigger IN ('CONNECT', 'SCHEDULE', 'MANUAL')", name=op.f("ck_sync_runs_trigger_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_sync_runs_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sync_runs")),
    )
    op.create_index("ix_sync_runs_created", "sync_runs", ["tenant_id", "created_at", "id"], unique=False)
    op.create_index("ix_sync_runs_store", "sync_runs", ["tenant_id", "store_id", "created_at", "id"], unique=False)
    op.create_index(
        "uq_sync_runs_running",
        "sync_runs",
        ["tenant_id", "store_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('QUEUED', 'RUNNING')"),
    )
    op.create_table(
        "customer_sales",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("revenue", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("first_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "sort_revenue",
            sa.BigInteger(),
            sa.Computed("(least(greatest(revenue, -900000000000000), 900000000000000) * 10000)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customers.tenant_id", "customers.id"],
            name=op.f("fk_customer_sales_tenant_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_sales")),
        sa.UniqueConstraint(
            "tenant_id", "customer_id", "currency", name=op.f("uq_customer_sales_tenant_id_customer_id_currency")
        ),
    )
    op.create_index("ix_customer_sales_orders", "customer_sales", ["tenant_id", "orders", "customer_id"], unique=False)
    op.create_index(
        "ix_customer_sales_store_top",
        "customer_sales",
        ["tenant_id", "store_id", "currency", "sort_revenue", "customer_id"],
        unique=False,
    )
    op.create_index(
        "ix_customer_sales_top", "customer_sales", ["tenant_id", "currency", "sort_revenue", "customer_id"], unique=False
    )
    op.create_table(
        "orders",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_norm", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("source_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("created_day", sa.Date(), nullable=False),
        sa.Column("sales_day", sa.Date(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("financial_status", sa.Text(), nullable=True),
        sa.Column("fulfillment_status", sa.Text(), nullable=True),
        sa.Column("source_name", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("discount_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("presentment_currency", sa.Text(), nullable=False),
        sa.Column("taxes_included", sa.Boolean(), nullable=False),
        sa.Column("total_price", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("subtotal_price", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("total_discounts", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("total_shipping", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("total_tax", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("total_duties", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("total_additional_fees", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("total_tip", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("total_refunded", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("current_total_price", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("presentment_total_price", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("gross_sales", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("discounts", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("net_shipping", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("taxes", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("item_count", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("shipping_lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("shipping_address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("billing_address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sort_total",
            sa.BigInteger(),
            sa.Computed("(least(greatest(total_price, -900000000000000), 900000000000000) * 10000)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('simple', coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(customer_name, '') || ' ' || translate(coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(customer_name, ''), '@.+-_/#()', '         '))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customers.tenant_id", "customers.id"],
            name=op.f("fk_orders_tenant_id_customer_id"),
            ondelete="SET NULL (customer_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_orders_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_orders")),
        sa.UniqueConstraint("tenant_id", "store_id", "shopify_id", name=op.f("uq_orders_tenant_id_store_id_shopify_id")),
        info={"search": True},
    )
    op.create_index("ix_orders_created", "orders", ["tenant_id", "source_created_at", "id"], unique=False)
    op.create_index("ix_orders_created_day", "orders", ["tenant_id", "store_id", "created_day"], unique=False)
    op.create_index("ix_orders_customer", "orders", ["tenant_id", "customer_id", "source_created_at", "id"], unique=False)
    op.create_index("ix_orders_email", "orders", ["tenant_id", "email_norm"], unique=False)
    op.create_index("ix_orders_name", "orders", ["tenant_id", "name"], unique=False)
    op.create_index("ix_orders_sales_day", "orders", ["tenant_id", "store_id", "sales_day"], unique=False)
    op.create_index("ix_orders_search", "orders", ["search"], unique=False, postgresql_using="gin")
    op.create_index("ix_orders_store_created", "orders", ["tenant_id", "store_id", "source_created_at", "id"], unique=False)
    op.create_index("ix_orders_total", "orders", ["tenant_id", "sort_total", "id"], unique=False)
    op.create_table(
        "sync_resources",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("errors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("resource IN ('customers', 'orders', 'products')", name=op.f("ck_sync_resources_resource_known")),
        sa.CheckConstraint(
            "status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED')",
            name=op.f("ck_sync_resources_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["sync_runs.tenant_id", "sync_runs.id"],
            name=op.f("fk_sync_resources_tenant_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sync_resources")),
        sa.UniqueConstraint("tenant_id", "run_id", "resource", name=op.f("uq_sync_resources_tenant_id_run_id_resource")),
    )
    op.create_table(
        "sync_windows",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("bulk_operation", sa.Text(), nullable=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("resource IN ('customers', 'orders', 'products')", name=op.f("ck_sync_windows_resource_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["sync_runs.tenant_id", "sync_runs.id"],
            name=op.f("fk_sync_windows_tenant_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sync_windows")),
        sa.UniqueConstraint(
            "tenant_id", "run_id", "resource", "position", name=op.f("uq_sync_windows_tenant_id_run_id_resource_position")
        ),
    )
    op.create_table(
        "variants",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("barcode", sa.Text(), nullable=True),
        sa.Column("price", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("compare_at_price", sa.Numeric(precision=24, scale=6), nullable=True),
        sa.Column("inventory_quantity", sa.Integer(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["products.tenant_id", "products.id"],
            name=op.f("fk_variants_tenant_id_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_variants")),
        sa.UniqueConstraint("tenant_id", "product_id", "shopify_id", name=op.f("uq_variants_tenant_id_product_id_shopify_id")),
    )
    op.create_table(
        "fulfillments",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("shipment_status", sa.Text(), nullable=True),
        sa.Column("source_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tracking_company", sa.Text(), nullable=True),
        sa.Column("tracking_numbers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tracking_urls", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["orders.tenant_id", "orders.id"],
            name=op.f("fk_fulfillments_tenant_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_fulfillments")),
        sa.UniqueConstraint("tenant_id", "order_id", "shopify_id", name=op.f("uq_fulfillments_tenant_id_order_id_shopify_id")),
    )
    op.create_table(
        "order_corrections",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("correction_day", sa.Date(), nullable=False),
        sa.Column("gross_sales", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("discounts", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("returns", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("shipping", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("taxes", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("duties", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("fees", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('EDIT', 'CANCELLATION')", name=op.f("ck_order_corrections_kind_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["orders.tenant_id", "orders.id"],
            name=op.f("fk_order_corrections_tenant_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_corrections")),
        sa.UniqueConstraint(
            "tenant_id", "order_id", "kind", "shopify_id", name=op.f("uq_order_corrections_tenant_id_order_id_kind_shopify_id")
        ),
    )
    op.create_index("ix_order_corrections_day", "order_corrections", ["tenant_id", "store_id", "correction_day"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("product_shopify_id", sa.BigInteger(), nullable=True),
        sa.Column("variant_shopify_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=True),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("current_quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("original_total", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("total_discount", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("tax", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("gross_sales", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("net_sales", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("gift_card", sa.Boolean(), nullable=False),
        sa.Column("requires_shipping", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["orders.tenant_id", "orders.id"],
            name=op.f("fk_order_lines_tenant_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("tenant_id", "order_id", "shopify_id", name=op.f("uq_order_lines_tenant_id_order_id_shopify_id")),
    )
    op.create_index("ix_order_lines_product", "order_lines", ["tenant_id", "product_shopify_id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("source_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refund_day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("total", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("pending", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("returned_units", sa.BigInteger(), nullable=False),
        sa.Column("returned_net", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("returned_tax", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("refunded_shipping", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("refunded_shipping_tax", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("adjustment", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("adjustment_tax", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("transactions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["orders.tenant_id", "orders.id"],
            name=op.f("fk_refunds_tenant_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("tenant_id", "order_id", "shopify_id", name=op.f("uq_refunds_tenant_id_order_id_shopify_id")),
    )
    op.create_index("ix_refunds_day", "refunds", ["tenant_id", "store_id", "refund_day"], unique=False)
    op.create_table(
        "refund_lines",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("shopify_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("restock_type", sa.Text(), nullable=True),
        sa.Column("subtotal", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("tax", sa.Numeric(precision=24, scale=6), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "line_id"],
            ["order_lines.tenant_id", "order_lines.id"],
            name=op.f("fk_refund_lines_tenant_id_line_id"),
            ondelete="SET NULL (line_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "refund_id"],
            ["refunds.tenant_id", "refunds.id"],
            name=op.f("fk_refund_lines_tenant_id_refund_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_refund_lines")),
        sa.UniqueConstraint("tenant_id", "refund_id", "shopify_id", name=op.f("uq_refund_lines_tenant_id_refund_id_shopify_id")),
    )
    op.create_index("ix_refund_lines_line", "refund_lines", ["tenant_id", "line_id"], unique=False)
    for statement in TENANCY:
        op.execute(statement)
    op.execute("GRANT SELECT ON alembic_version TO app_rt")


def downgrade() -> None:
    raise RuntimeError("There is nothing before the first migration: drop the database instead.")
