"""From when on a store's orders are known, where Shopify hid older ones when it was read.

Code from before leaves the column empty: then nothing is said to be missing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# What stores read before this revision were shown: 60 days, less one for clocks that differ (contracts of Shopify's API access).
_HIDDEN_SO_FAR = """
UPDATE stores SET orders_known_from = created_at - interval '59 days' WHERE NOT 'read_all_orders' = ANY (scopes)
"""


def upgrade() -> None:
    op.add_column("stores", sa.Column("orders_known_from", sa.DateTime(timezone=True), nullable=True))
    # The owner is held to the tenants' policy like everybody, and sees no row through it.
    op.execute("ALTER TABLE stores NO FORCE ROW LEVEL SECURITY")
    op.execute(_HIDDEN_SO_FAR)
    op.execute("ALTER TABLE stores FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_column("stores", "orders_known_from")
