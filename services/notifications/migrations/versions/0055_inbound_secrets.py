# SPDX-License-Identifier: EUPL-1.2
"""Secrets with which a town's operators sign what they bring, which its administrators make and change."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "inbound_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("former_secret", sa.LargeBinary(), nullable=True),
        sa.Column("former_ends_at", _INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("rotated_by", sa.Uuid(), nullable=True),
        sa.Column("rotated_at", _INSTANT, nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        sa.Column("last_used_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbound_secret"),
    )
    op.create_index("ix_inbound_secret_list", "inbound_secret", ["collectivity", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("inbound_secret")
