# SPDX-License-Identifier: EUPL-1.2
"""Requests that go to the administration that is competent for them."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transfer",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("to_collectivity", sa.String(), nullable=True),
        sa.Column("to_type", sa.String(), nullable=True),
        sa.Column("to_other", sa.String(), nullable=True),
        sa.Column("to_request_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_transfer_request_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["note_id"], ["message.id"], name=op.f("fk_transfer_note_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["to_request_id"], ["request.id"], name=op.f("fk_transfer_to_request_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_transfer")),
    )
    op.create_index(
        "ix_transfer_due", "transfer", ["due_at"], postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL")
    )
    op.create_index("ix_transfer_to_request", "transfer", ["to_request_id"])
    op.create_index("ix_transfer_note", "transfer", ["note_id"])


def downgrade() -> None:
    op.drop_table("transfer")
