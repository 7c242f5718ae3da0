# SPDX-License-Identifier: EUPL-1.2
"""Calls of alerts: each is recorded before it is made; fixed lines are known again, too."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_call",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("recipient", sa.BigInteger(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("minutes", sa.SmallInteger(), nullable=True),
        sa.Column("cost_millicents", sa.BigInteger(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recipient"], ["recipient.number"], name=op.f("fk_voice_call_recipient_recipient"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_voice_call")),
    )
    op.create_index("ix_voice_call_recipient", "voice_call", ["recipient", "number"])
    op.create_index(
        "uq_voice_call_reference",
        "voice_call",
        ["provider", "reference"],
        unique=True,
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.add_column("recipient", sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("subscriber", sa.Column("line_mark", sa.LargeBinary(), nullable=True))
    op.add_column(
        "subscriber", sa.Column("prefers_calls", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )


def downgrade() -> None:
    op.drop_column("subscriber", "prefers_calls")
    op.drop_column("subscriber", "line_mark")
    op.drop_column("recipient", "acknowledged_at")
    op.drop_table("voice_call")
