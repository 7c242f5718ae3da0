# SPDX-License-Identifier: EUPL-1.2
"""Who is to be asked how they were served, and the index by which answers of a time are counted; safe to run again."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_survey_request_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_survey")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_survey_due", "survey", ["due_at"], postgresql_where=sa.text("asked_at IS NULL"), if_not_exists=True
    )
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_satisfaction_at")
        op.execute("CREATE INDEX CONCURRENTLY ix_satisfaction_at ON satisfaction (collectivity, created_at)")


def downgrade() -> None:
    op.drop_table("survey")
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_satisfaction_at")
