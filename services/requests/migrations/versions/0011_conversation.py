# SPDX-License-Identifier: EUPL-1.2
"""Files in messages, documents that agents ask for afterwards, and what people say of how they were served."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachment", sa.Column("uploaded_by", sa.Uuid(), nullable=True))
    op.add_column("attachment", sa.Column("message_id", sa.Uuid(), nullable=True))
    op.add_column("attachment", sa.Column("visibility", sa.String(), server_default="public", nullable=False))
    op.create_table(
        "document_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("documents", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_document_request_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_request")),
    )
    op.create_index("ix_document_request_request", "document_request", ["request_id", "id"], unique=False)
    op.create_table(
        "satisfaction",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("comment", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_satisfaction_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_satisfaction")),
    )


def downgrade() -> None:
    op.drop_table("satisfaction")
    op.drop_table("document_request")
    op.drop_column("attachment", "visibility")
    op.drop_column("attachment", "message_id")
    op.drop_column("attachment", "uploaded_by")
