# SPDX-License-Identifier: EUPL-1.2
"""Teams as objects, with their members and when these are absent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# What was a mere string becomes a team of that name: in rules, in definitions that are offered, in requests, which are
# asked for their teams by leaps through their index.
_KNOWN = """
INSERT INTO team (id, collectivity, code, name, version, created_at, updated_at)
WITH RECURSIVE handled AS (
    (SELECT collectivity, team FROM request ORDER BY collectivity, team LIMIT 1)
    UNION ALL
    SELECT further.collectivity, further.team FROM handled, LATERAL (
        SELECT collectivity, team FROM request
        WHERE (collectivity, team) > (handled.collectivity, handled.team) ORDER BY collectivity, team LIMIT 1
    ) further
), named AS (
    SELECT collectivity, default_team AS team FROM collectivity
    UNION SELECT collectivity, team FROM routing_rule
    UNION SELECT collectivity, team FROM handled
    UNION SELECT collectivity, rule ->> 'team' FROM request_type_version,
        jsonb_array_elements(coalesce(definition -> 'routing', '[]')) AS rule WHERE state <> 'draft'
    UNION SELECT collectivity, effect ->> 'team' FROM request_type_version,
        jsonb_path_query(definition, '$.workflow.transitions[*].effects[*]') AS effect WHERE state <> 'draft'
)
SELECT gen_random_uuid(), collectivity, team, jsonb_build_object('fr', team, 'en', team), 1, now(), now()
FROM named WHERE team IS NOT NULL AND collectivity IN (SELECT collectivity FROM collectivity)
"""


def upgrade() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["collectivity"], ["collectivity.collectivity"], name=op.f("fk_team_collectivity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("collectivity", "code", name=op.f("uq_team_collectivity")),
    )
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "agent", name=op.f("pk_team_member")),
    )
    op.create_index("ix_team_member_agent", "team_member", ["collectivity", "agent"], unique=False)
    op.create_table(
        "team_absence",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deputy", sa.Uuid(), nullable=True),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_absence_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "agent", "starts_at", name=op.f("pk_team_absence")),
    )
    op.execute(_KNOWN)


def downgrade() -> None:
    op.drop_table("team_absence")
    op.drop_table("team_member")
    op.drop_table("team")
