# SPDX-License-Identifier: EUPL-1.2
"""What became of what went to many, with each recipient: delivered, come back, or late."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_INSTANTS = ("ask_at", "delivered_at", "delayed_at", "bounced_at")


def upgrade() -> None:
    for name in _INSTANTS:
        op.add_column("broadcast_delivery", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("broadcast_delivery", sa.Column("report_status", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("broadcast_delivery", "report_status")
    for name in _INSTANTS:
        op.drop_column("broadcast_delivery", name)
