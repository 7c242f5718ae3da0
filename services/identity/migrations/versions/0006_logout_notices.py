# SPDX-License-Identifier: EUPL-1.2
"""Clients that want to be told of the end of a session, and those that are still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("client", sa.Column("backchannel_logout_uri", sa.TEXT(), nullable=True))
    op.create_table(
        "logout_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.TEXT(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logout_notice")),
        sa.UniqueConstraint("session", "client_id", name=op.f("uq_logout_notice_session_client_id")),
    )
    op.create_index(op.f("ix_logout_notice_due_at"), "logout_notice", ["due_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_logout_notice_due_at"), table_name="logout_notice")
    op.drop_table("logout_notice")
    op.drop_column("client", "backchannel_logout_uri")
