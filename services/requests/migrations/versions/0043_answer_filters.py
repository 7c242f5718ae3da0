# SPDX-License-Identifier: EUPL-1.2
"""Answers that agents filter by in ranges and by their beginning, in clear where the form's author declares it."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_key",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("words", sa.String(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint("request_id", "position", name=op.f("pk_answer_key")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_answer_key_request_id"), ondelete="CASCADE"
        ),
    )
    for column in ("number", "day", "words"):
        op.create_index(
            f"ix_answer_key_{column}",
            "answer_key",
            ["collectivity", "question", column, "request_id"],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )


def downgrade() -> None:
    op.drop_table("answer_key")
