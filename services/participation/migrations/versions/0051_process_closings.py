# SPDX-License-Identifier: EUPL-1.2
"""What ends soon in processes, of which their followers are reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process_closing",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("collectivity", sa.Text, nullable=False),
        sa.Column("process_id", sa.Uuid, sa.ForeignKey("process.id"), nullable=False),
        sa.Column("part", sa.Uuid, nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_after", sa.Uuid),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("part", "closes_at"),
    )
    op.create_index("ix_process_closing_process_id", "process_closing", ["process_id"])
    op.create_index("ix_process_closing_untold", "process_closing", ["id"], postgresql_where=sa.text("told_at IS NULL"))


def downgrade() -> None:
    op.drop_table("process_closing")
