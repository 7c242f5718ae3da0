# SPDX-License-Identifier: EUPL-1.2
"""Devices without a browser of their owner's (RFC 8628), and where each of them stands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_TEXTS = postgresql.ARRAY(sa.TEXT())


def upgrade() -> None:
    op.add_column("client", sa.Column("place_fr", sa.TEXT(), nullable=True))
    op.add_column("client", sa.Column("place_en", sa.TEXT(), nullable=True))
    op.create_table(
        "device_request",
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_hash", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.TEXT(), nullable=False),
        sa.Column("scopes", _TEXTS, nullable=False),
        sa.Column("resources", _TEXTS, nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("polled_at", _INSTANT, nullable=True),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("denied_at", _INSTANT, nullable=True),
        sa.Column("redeemed_at", _INSTANT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["token_grant.id"], name=op.f("fk_device_request_grant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_hash", name=op.f("pk_device_request")),
        sa.UniqueConstraint("user_hash", name=op.f("uq_device_request_user_hash")),
    )
    op.create_index(op.f("ix_device_request_expires_at"), "device_request", ["expires_at"])
    op.create_index(op.f("ix_device_request_grant_id"), "device_request", ["grant_id"])


def downgrade() -> None:
    op.drop_table("device_request")
    op.drop_column("client", "place_en")
    op.drop_column("client", "place_fr")
