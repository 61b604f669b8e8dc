"""Sort amounts by whole numbers.

Comparing NUMERIC is not leakproof, so under row-level security no page of a list sorted by an amount could enter its index at its
own place. Deploy before the code that reads the new columns; code that does not know them keeps working.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = "(least(greatest({0}, -900000000000000), 900000000000000) * 10000)::bigint"
# (index, table, its columns with the amount, the amount, its key)
_INDEXES = (
    ("ix_orders_total", "orders", ("tenant_id", "{0}", "id"), "total_price", "sort_total"),
    ("ix_customer_sales_top", "customer_sales", ("tenant_id", "currency", "{0}", "customer_id"), "revenue", "sort_revenue"),
    (
        "ix_customer_sales_store_top",
        "customer_sales",
        ("tenant_id", "store_id", "currency", "{0}", "customer_id"),
        "revenue",
        "sort_revenue",
    ),
)


def upgrade() -> None:
    for table, amount, key in (("orders", "total_price", "sort_total"), ("customer_sales", "revenue", "sort_revenue")):
        computed = sa.Computed(_KEY.format(amount), persisted=True)
        op.add_column(table, sa.Column(key, sa.BigInteger(), computed, nullable=False))
    for name, table, columns, _, key in _INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, [column.format(key) for column in columns], unique=False)


def downgrade() -> None:
    for name, table, columns, amount, _ in _INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, [column.format(amount) for column in columns], unique=False)
    op.drop_column("customer_sales", "sort_revenue")
    op.drop_column("orders", "sort_total")
