# SPDX-License-Identifier: EUPL-1.2
"""Who may vote: conditions of polls, lists of those who are entitled, attested residence."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("poll", sa.Column("eligibility", postgresql.JSONB(none_as_null=True), nullable=True))
    op.add_column("poll", sa.Column("entitled", postgresql.JSONB(none_as_null=True), nullable=True))
    op.add_column("poll", sa.Column("entitled_salt", sa.LargeBinary(), nullable=True))
    op.create_table(
        "poll_entitled",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_entitled_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "person_key", name=op.f("pk_poll_entitled")),
    )
    op.create_table(
        "residence",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("attested_by", sa.String(), nullable=False),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", "person", name=op.f("pk_residence")),
    )
    op.create_index(op.f("ix_residence_person"), "residence", ["person"])


def downgrade() -> None:
    op.drop_table("residence")
    op.drop_table("poll_entitled")
    op.drop_column("poll", "entitled_salt")
    op.drop_column("poll", "entitled")
    op.drop_column("poll", "eligibility")
