# SPDX-License-Identifier: EUPL-1.2
"""Numbers that get no more text messages, and the number by which each account is reached."""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "text_stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_way", sa.String(), nullable=True),
        sa.Column("lifted_words", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_stop")),
    )
    holds = ["mark", "collectivity", "application"]
    op.create_index(
        "uq_text_stop_holds", "text_stop", holds, unique=True, postgresql_where=sa.text("lifted_at IS NULL")
    )
    op.create_index("ix_text_stop_mark", "text_stop", [*holds, "said_at"])
    op.create_index(
        "ix_text_stop_lifted", "text_stop", ["lifted_at"], postgresql_where=sa.text("lifted_at IS NOT NULL")
    )
    op.create_table(
        "texted_number",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", "person", name=op.f("pk_texted_number")),
    )
    op.create_index("ix_texted_number_person", "texted_number", ["person"])


def downgrade() -> None:
    op.drop_table("texted_number")
    op.drop_table("text_stop")
