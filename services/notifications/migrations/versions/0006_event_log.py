# SPDX-License-Identifier: EUPL-1.2
"""A number for each public event of a collectivity, in the order in which they became readable, and what filters see.

Events that were there before have no number: they go out by webhooks and are not in the log.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_log",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", name=op.f("pk_event_log")),
    )
    op.add_column("webhook_event", sa.Column("position", sa.BigInteger(), nullable=True))
    op.add_column("webhook_event", sa.Column("lane", sa.Uuid(), nullable=True))
    op.add_column("webhook_event", sa.Column("sequence", sa.BigInteger(), nullable=True))
    op.add_column("webhook_event", sa.Column("request_type", sa.String(), nullable=True))
    op.add_column("webhook_event", sa.Column("area", sa.String(), nullable=True))


def downgrade() -> None:
    for name in ("area", "request_type", "sequence", "lane", "position"):
        op.drop_column("webhook_event", name)
    op.drop_table("event_log")
