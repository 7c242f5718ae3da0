# SPDX-License-Identifier: EUPL-1.2
"""Who is answered is told, some comments at a time; nothing is told of those of before."""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Those of before count as told without being written; those that the version before writes meanwhile do not.
    op.add_column("comment", sa.Column("told_at", sa.DateTime(timezone=True), server_default=sa.func.now()))
    op.execute("-- squawk-ignore ban-drop-default\nALTER TABLE comment ALTER COLUMN told_at DROP DEFAULT")
    op.create_table(
        "discussion_rest",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_discussion_rest")),
    )
    op.create_index("ix_discussion_rest_told_at", "discussion_rest", ["told_at"])


def downgrade() -> None:
    op.drop_table("discussion_rest")
    op.drop_column("comment", "told_at")
