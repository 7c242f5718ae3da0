# SPDX-License-Identifier: EUPL-1.2
"""The first tables: catalogue, requests with their history and messages, attachments, messaging."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from parvis_kit.messaging.tables import create_messaging_tables, drop_messaging_tables
from parvis_kit.web.idempotency import TABLE as IDEMPOTENCY

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collectivity",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("default_team", sa.String(), nullable=False),
        sa.Column("catalogue_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", name=op.f("pk_collectivity")),
    )
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("geometry", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["collectivity"], ["collectivity.collectivity"], name=op.f("fk_area_collectivity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("collectivity", "code", name=op.f("uq_area_collectivity_code")),
    )
    op.create_table(
        "request_type",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("group_name", postgresql.JSONB(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("answers_schema", postgresql.JSONB(), nullable=False),
        sa.Column("position_required", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_request_type_collectivity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_type")),
        sa.UniqueConstraint("collectivity", "code", name=op.f("uq_request_type_collectivity_code")),
    )
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=True),
        sa.Column("group_code", sa.String(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_routing_rule_collectivity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rule")),
    )
    op.create_index(op.f("ix_routing_rule_collectivity"), "routing_rule", ["collectivity"], unique=False)
    op.create_table(
        "request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("type_id", sa.Uuid(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=False),
        sa.Column("author", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("assignee", sa.Uuid(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["type_id"], ["request_type.id"], name=op.f("fk_request_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("collectivity", "reference", name=op.f("uq_request_collectivity_reference")),
    )
    op.create_index("ix_request_author", "request", ["collectivity", "author", "created_at", "id"], unique=False)
    op.create_index("ix_request_newest", "request", ["collectivity", "created_at", "id"], unique=False)
    op.create_index("ix_request_queue", "request", ["collectivity", "team", "status", "created_at", "id"], unique=False)
    op.create_index("ix_request_type", "request", ["type_id"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_attachment_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(
        "ix_attachment_loose",
        "attachment",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("request_id IS NULL"),
    )
    op.create_index("ix_attachment_request", "attachment", ["request_id"], unique=False)
    op.create_table(
        "history_entry",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("by_agent", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_history_entry_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", "sequence", name=op.f("pk_history_entry")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_message_request_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(
        op.f("ix_message_request_id_created_at_id"), "message", ["request_id", "created_at", "id"], unique=False
    )
    op.execute(IDEMPOTENCY)
    create_messaging_tables(op)


def downgrade() -> None:
    drop_messaging_tables(op)
    op.execute("DROP TABLE idempotency_record")
    op.drop_index(op.f("ix_message_request_id_created_at_id"), table_name="message")
    op.drop_table("message")
    op.drop_table("history_entry")
    op.drop_index("ix_attachment_request", table_name="attachment")
    op.drop_index("ix_attachment_loose", table_name="attachment", postgresql_where=sa.text("request_id IS NULL"))
    op.drop_table("attachment")
    op.drop_index("ix_request_type", table_name="request")
    op.drop_index("ix_request_queue", table_name="request")
    op.drop_index("ix_request_newest", table_name="request")
    op.drop_index("ix_request_author", table_name="request")
    op.drop_table("request")
    op.drop_index(op.f("ix_routing_rule_collectivity"), table_name="routing_rule")
    op.drop_table("routing_rule")
    op.drop_table("request_type")
    op.drop_table("area")
    op.drop_table("collectivity")
