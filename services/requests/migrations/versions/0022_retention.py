# SPDX-License-Identifier: EUPL-1.2
"""Until when requests that have ended are kept, what suspends that, and what is left once they are destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_retention_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_retention")),
    )
    op.create_index("ix_retention_due", "retention", ["due_at", "request_id"], unique=False)
    op.create_index("ix_retention_notice", "retention", ["collectivity", "due_at", "request_id"], unique=False)
    op.create_table(
        "legal_hold",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_legal_hold_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_legal_hold")),
    )
    op.create_table(
        "purged_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("type_id", sa.Uuid(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=False),
        sa.Column("type_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["type_id"], ["request_type.id"], name=op.f("fk_purged_request_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purged_request")),
    )
    op.create_index("ix_purged_request_newest", "purged_request", ["collectivity", "purged_at", "id"], unique=False)
    op.create_index("ix_purged_request_type", "purged_request", ["type_id"], unique=False)
    op.create_table(
        "destruction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction")),
    )


def downgrade() -> None:
    for table in ("destruction", "purged_request", "legal_hold", "retention"):
        op.drop_table(table)
