# SPDX-License-Identifier: EUPL-1.2
"""People who register for public meetings without an account."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_guest",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_guest_meeting_id")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_meeting_guest")),
        sa.UniqueConstraint("meeting_id", "address", name=op.f("uq_meeting_guest_meeting_id_address")),
        sa.UniqueConstraint("digest", name=op.f("uq_meeting_guest_digest")),
    )
    op.create_index(op.f("ix_meeting_guest_address"), "meeting_guest", ["address"])
    op.create_index("ix_meeting_guest_newest", "meeting_guest", ["collectivity", "created_at"])
    op.create_index(
        "ix_meeting_guest_to_confirm",
        "meeting_guest",
        ["confirm_before"],
        postgresql_where=sa.text("confirmed_at IS NULL"),
    )
    op.add_column("meeting_registration", sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("meeting_registration", "held")
    op.drop_table("meeting_guest")
