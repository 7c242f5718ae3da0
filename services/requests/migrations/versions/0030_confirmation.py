# SPDX-License-Identifier: EUPL-1.2
"""The address of somebody without an account is confirmed by a mail; what they file may wait for it, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sent", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"], ["reporter.person"], name=op.f("fk_confirmation_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("person", name=op.f("uq_confirmation_person")),
        sa.UniqueConstraint("digest", name=op.f("uq_confirmation_digest")),
    )
    op.create_index("ix_confirmation_address", "confirmation", ["address", "sent_at"], unique=False)
    op.create_index("ix_confirmation_expires_at", "confirmation", ["expires_at"], unique=False)
    op.create_index(
        "ix_confirmation_waiting",
        "confirmation",
        ["confirmed_at"],
        unique=False,
        postgresql_where=sa.text("content IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("confirmation")
