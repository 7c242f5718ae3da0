# SPDX-License-Identifier: EUPL-1.2
"""Requests that are being written, and the files that wait with them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_draft")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_request_draft_author", "request_draft", ["collectivity", "author", "id"], unique=False, if_not_exists=True
    )
    op.create_index("ix_request_draft_updated_at", "request_draft", ["updated_at"], unique=False, if_not_exists=True)
    op.add_column("attachment", sa.Column("draft_id", sa.Uuid(), nullable=True), if_not_exists=True)
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_attachment_draft")
        op.execute("CREATE INDEX CONCURRENTLY ix_attachment_draft ON attachment (draft_id) WHERE draft_id IS NOT NULL")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_attachment_draft")
    op.drop_column("attachment", "draft_id")
    op.drop_table("request_draft")
