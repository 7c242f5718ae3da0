# SPDX-License-Identifier: EUPL-1.2
"""Files about whole towns as they were last made."""

import sqlalchemy as sa
from alembic import op

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_data_file",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("making", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", "name", name=op.f("pk_open_data_file")),
    )
    op.create_index(op.f("ix_open_data_file_made_at"), "open_data_file", ["made_at"])
    op.create_table(
        "open_data_part",
        sa.Column("making", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("making", "number", name=op.f("pk_open_data_part")),
    )
    op.create_index(op.f("ix_open_data_part_made_at"), "open_data_part", ["made_at"])


def downgrade() -> None:
    op.drop_table("open_data_part")
    op.drop_table("open_data_file")
