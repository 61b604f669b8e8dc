"""Corrections of a third kind: duties that a refund gave back.

Additive: what is stored stays as it is. Deploy before the code that writes them; code from before never reads the kind.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NAME = "ck_order_corrections_kind_known"


def upgrade() -> None:
    op.drop_constraint(op.f(_NAME), "order_corrections", type_="check")
    op.create_check_constraint(op.f(_NAME), "order_corrections", "kind IN ('EDIT', 'CANCELLATION', 'REFUNDED_DUTIES')")


def downgrade() -> None:
    op.execute("DELETE FROM order_corrections WHERE kind = 'REFUNDED_DUTIES'")
    op.drop_constraint(op.f(_NAME), "order_corrections", type_="check")
    op.create_check_constraint(op.f(_NAME), "order_corrections", "kind IN ('EDIT', 'CANCELLATION')")
