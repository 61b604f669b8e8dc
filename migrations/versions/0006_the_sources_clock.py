"""When a run began by the clock of the store it reads.

Code from before leaves the column empty. An open run from before gets it at its next attempt, from its own beginning.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sync_runs", sa.Column("source_started_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("sync_runs", "source_started_at")
