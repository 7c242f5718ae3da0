# SPDX-License-Identifier: EUPL-1.2
"""Which mails went to people who register for public meetings without an account, apart from their places."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_guest_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("registers", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_guest_mail")),
    )
    op.create_index("ix_meeting_guest_mail_to", "meeting_guest_mail", ["address", "sent_at"])
    op.create_index(
        "ix_meeting_guest_mail_newest",
        "meeting_guest_mail",
        ["collectivity", "sent_at"],
        postgresql_where=sa.text("registers"),
    )
    op.create_index("ix_meeting_guest_mail_oldest", "meeting_guest_mail", ["sent_at"])


def downgrade() -> None:
    op.drop_table("meeting_guest_mail")
