# SPDX-License-Identifier: EUPL-1.2
"""People who reported something without an account."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_notice",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_case.id"], name=op.f("fk_content_notice_case_id")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_content_notice")),
        sa.UniqueConstraint("digest", name=op.f("uq_content_notice_digest")),
    )
    op.create_index("ix_content_notice_newest", "content_notice", ["collectivity", "created_at"])
    op.create_index(op.f("ix_content_notice_case_id"), "content_notice", ["case_id"])
    op.create_index(op.f("ix_content_notice_created_at"), "content_notice", ["created_at"])


def downgrade() -> None:
    op.drop_table("content_notice")
