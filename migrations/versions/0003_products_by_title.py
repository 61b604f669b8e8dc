"""Products are listed by title whatever its case, and not by the spaces it begins with.

The new column is computed by the database, so the table is rewritten once. Deploy before the code that sorts by it; code from before
sorts by the title itself, then without an index.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sort_title = sa.Column("sort_title", sa.Text(), sa.Computed("left(lower(btrim(title)), 200)", persisted=True), nullable=False)
    op.add_column("products", sort_title)
    op.create_index("ix_products_sort_title", "products", ["tenant_id", "sort_title", "id"])
    op.drop_index("ix_products_title", "products")


def downgrade() -> None:
    op.create_index("ix_products_title", "products", ["tenant_id", "title", "id"])
    op.drop_index("ix_products_sort_title", "products")
    op.drop_column("products", "sort_title")
