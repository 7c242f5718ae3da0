# SPDX-License-Identifier: EUPL-1.2
"""Agents and teams as directories provision them: what they are found by, and the teams themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("membership", sa.Column("user_name_index", sa.LargeBinary(), nullable=True), if_not_exists=True)
    op.add_column("membership", sa.Column("external_id_index", sa.LargeBinary(), nullable=True), if_not_exists=True)
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("code", sa.TEXT(), nullable=False),
        sa.Column("name", sa.TEXT(), nullable=False),
        sa.Column("external_id", sa.TEXT(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["collectivity"], ["collectivity.collectivity"], name=op.f("fk_team_collectivity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("collectivity", "code", name=op.f("uq_team_collectivity_code")),
        if_not_exists=True,
    )
    with op.get_context().autocommit_block():
        for column in ("user_name_index", "external_id_index"):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS ix_membership_collectivity_{column}")
            op.execute(
                f"CREATE INDEX CONCURRENTLY ix_membership_collectivity_{column} ON membership (collectivity, {column})"
            )


def downgrade() -> None:
    for column in ("external_id_index", "user_name_index"):
        op.drop_index(f"ix_membership_collectivity_{column}", table_name="membership")
        op.drop_column("membership", column)
    op.drop_table("team")
