# SPDX-License-Identifier: EUPL-1.2
"""What people write over SMPP is known again where it is brought twice, and its parts wait for each other."""

import sqlalchemy as sa
from alembic import op

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heard_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("connection", sa.Uuid(), nullable=False),
        sa.Column("sure", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("whole", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.SmallInteger(), nullable=True),
        sa.Column("total", sa.SmallInteger(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard_text")),
    )
    unsure, waiting = sa.text("NOT sure"), sa.text("content IS NOT NULL")
    op.create_index(
        "uq_heard_text_unsure", "heard_text", ["collectivity", "mark"], unique=True, postgresql_where=unsure
    )
    op.create_index("ix_heard_text_whole", "heard_text", ["collectivity", "whole"], postgresql_where=waiting)
    op.create_index("ix_heard_text_waiting", "heard_text", ["heard_at"], postgresql_where=waiting)
    op.create_index("ix_heard_text_heard_at", "heard_text", ["heard_at"])


def downgrade() -> None:
    op.drop_table("heard_text")
