# SPDX-License-Identifier: EUPL-1.2
"""Request types in versions: a draft, the one on offer, those that running requests keep."""

import json
from importlib import resources

import sqlalchemy as sa
import yaml
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_type_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(), nullable=False),
        sa.Column("lexemes", postgresql.TSVECTOR(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["type_id"], ["request_type.id"], name=op.f("fk_request_type_version_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_type_version")),
        sa.UniqueConstraint("type_id", "number", name=op.f("uq_request_type_version_type_id_number")),
    )
    op.create_index("ix_request_type_version_state", "request_type_version", ["collectivity", "state"])
    for state in ("draft", "published"):
        op.create_index(
            f"uq_request_type_version_{state}",
            "request_type_version",
            ["type_id"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.add_column("request", sa.Column("type_version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("attachment", sa.Column("document", sa.String(), nullable=True))
    report = yaml.safe_load(resources.files("parvis_requests").joinpath("data/workflows.yaml").read_text("utf-8"))
    # What there was becomes version 1; searched from its next publication on.
    op.execute(
        "INSERT INTO request_type_version (id, type_id, collectivity, number, state, revision, definition, created_at,"
        " updated_at, published_at) SELECT gen_random_uuid(), id, collectivity, 1,"
        " CASE WHEN active THEN 'published' ELSE 'retired' END, 1,"
        " jsonb_build_object('group', group_code, 'group_name', group_name, 'name', name, 'rank', rank,"
        " 'position_required', position_required, 'public', true, 'form', jsonb_build_object('schema', answers_schema),"
        f" 'workflow', coalesce(workflow, {_literal(json.dumps(report['report'], ensure_ascii=False))}::jsonb)),"
        " now(), now(), now() FROM request_type"
    )


def downgrade() -> None:
    op.drop_column("attachment", "document")
    op.drop_column("request", "type_version")
    op.drop_table("request_type_version")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''").replace(":", "\\:") + "'"
