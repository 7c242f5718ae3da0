# SPDX-License-Identifier: EUPL-1.2
"""Mails that gather what is not pressing, as people choose by topic."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_CHOICES = ("digest_time_zone", "digest_weekday", "digest_at", "digests")


def upgrade() -> None:
    op.add_column(
        "preference",
        sa.Column("digests", sa.dialects.postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
    )
    op.add_column("preference", sa.Column("digest_at", sa.Time(), nullable=True))
    op.add_column("preference", sa.Column("digest_weekday", sa.SmallInteger(), nullable=True))
    op.add_column("preference", sa.Column("digest_time_zone", sa.String(), nullable=True))
    op.create_table(
        "digest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("work", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
    )
    open_ones = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_digest_open",
        "digest",
        ["person", "collectivity", "work", "due_at"],
        unique=True,
        postgresql_where=open_ones,
    )
    op.create_index("ix_digest_look", "digest", ["look_at"], unique=False, postgresql_where=open_ones)
    op.create_index("ix_digest_person", "digest", ["person"], unique=False)
    op.create_index("ix_digest_created_at", "digest", ["created_at"], unique=False)
    op.add_column("delivery_decision", sa.Column("digest_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("delivery_decision", "digest_id")
    op.drop_table("digest")
    for column in _CHOICES:
        op.drop_column("preference", column)
