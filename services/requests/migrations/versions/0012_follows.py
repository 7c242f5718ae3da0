# SPDX-License-Identifier: EUPL-1.2
"""Who follows which report, and the grid that finds what is reported nearby."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_CELLS = "(floor(latitude * 500)::integer), (floor(longitude * 500)::integer)"


def upgrade() -> None:
    op.create_table(
        "follow",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_follow_request_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("request_id", "person", name=op.f("uq_follow_request_id_person")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_follow_person", "follow", ["collectivity", "person", "created_at"], unique=False, if_not_exists=True
    )
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_request_place")
        op.execute(
            f"CREATE INDEX CONCURRENTLY ix_request_place ON request (collectivity, {_CELLS}) WHERE latitude IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_request_place")
    op.drop_table("follow")
