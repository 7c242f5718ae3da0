# SPDX-License-Identifier: EUPL-1.2
"""Letters that the town's own mail room prints and posts."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_room_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("delivery", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("postage", sa.String(), nullable=True),
        sa.Column("pages", sa.SmallInteger(), nullable=True),
        sa.Column("postage_millicents", sa.BigInteger(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('prepared', 'waiting', 'posted', 'returned', 'refused')",
            name=op.f("ck_mail_room_letter_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_room_letter")),
    )
    op.create_index(
        "ix_mail_room_letter_waiting",
        "mail_room_letter",
        ["collectivity", "submitted_at", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_mail_room_letter_created_at", "mail_room_letter", ["created_at"])
    # A PDF is compressed already, and sealed besides.
    op.execute("ALTER TABLE mail_room_letter ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("mail_room_letter")
