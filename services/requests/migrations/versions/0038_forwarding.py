# SPDX-License-Identifier: EUPL-1.2
"""Requests of chosen types go to another body by Open311, and what it says of them comes back."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_BUSY = "state IN ('waiting', 'sending', 'unsure', 'accepted')"


def _at(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "open311_body",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=True),
        sa.Column("api_key", sa.LargeBinary(), nullable=True),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("has_updates", sa.Boolean(), nullable=False),
        sa.Column("idempotent", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _at("created_at"),
        _at("updated_at"),
        _at("polled_until"),
        _at("poll_next_at"),
        _at("rests_until", nullable=True),
        _at("failing_since", nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_open311_body_collectivity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open311_body")),
    )
    op.create_index("ix_open311_body_collectivity", "open311_body", ["collectivity", "created_at", "id"])
    op.create_index("ix_open311_body_poll", "open311_body", ["poll_next_at"])
    op.create_table(
        "open311_service",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("sends", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("attributes", postgresql.JSONB(), nullable=False),
        sa.Column("acts", postgresql.JSONB(), nullable=False),
        sa.Column("messages", sa.Boolean(), nullable=False),
        sa.Column("relays", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["open311_body.id"], name=op.f("fk_open311_service_body_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collectivity", "type_code", name=op.f("pk_open311_service")),
    )
    op.create_index(op.f("ix_open311_service_body_id"), "open311_service", ["body_id"])
    op.create_table(
        "forwarding",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("service_request_id", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("look_ups", sa.SmallInteger(), nullable=False),
        _at("next_at"),
        _at("first_sent_at", nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("remote_status", sa.String(), nullable=True),
        sa.Column("news", sa.LargeBinary(), nullable=True),
        _at("followed_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _at("created_at"),
        _at("updated_at"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_forwarding_request_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["open311_body.id"], name=op.f("fk_forwarding_body_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_forwarding")),
        sa.UniqueConstraint("body_id", "service_request_id", name=op.f("uq_forwarding_body_id_service_request_id")),
    )
    op.create_index("ix_forwarding_next", "forwarding", ["next_at"], postgresql_where=sa.text(_BUSY))
    op.create_index(
        "ix_forwarding_followed",
        "forwarding",
        ["body_id", "followed_at"],
        postgresql_where=sa.text("state = 'followed'"),
    )
    op.create_index("ix_forwarding_newest", "forwarding", ["collectivity", "created_at", "request_id"])
    op.create_table(
        "forwarded_update",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("update_id", sa.String(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        _at("created_at"),
        sa.ForeignKeyConstraint(
            ["body_id"], ["open311_body.id"], name=op.f("fk_forwarded_update_body_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_forwarded_update_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("body_id", "update_id", name=op.f("pk_forwarded_update")),
    )
    op.create_index(op.f("ix_forwarded_update_request_id"), "forwarded_update", ["request_id"])
    op.create_table(
        "forwarded_message",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _at("next_at"),
        _at("created_at"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_forwarded_message_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_forwarded_message_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_forwarded_message")),
    )
    op.create_index(
        "ix_forwarded_message_next", "forwarded_message", ["next_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("ix_forwarded_message_request", "forwarded_message", ["request_id"])


def downgrade() -> None:
    for table in ("forwarded_message", "forwarded_update", "forwarding", "open311_service", "open311_body"):
        op.drop_table(table)
