# SPDX-License-Identifier: EUPL-1.2
"""The chain of acts on each poll; what needs two people; polls that are called off."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


# Nobody who serves requests changes what was written: rights of before, and those of roles to come, are taken back.
_REVOKE = """
DO $$
DECLARE
    granted record;
BEGIN
    FOR granted IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND table_name = 'poll_act' AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON poll_act FROM %I', granted.grantee);
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.add_column("poll", sa.Column("announced_close_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("poll", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("poll", sa.Column("wanted", postgresql.JSONB(none_as_null=True), nullable=True))
    op.create_table(
        "poll_act",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_act_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "number", name=op.f("pk_poll_act")),
    )
    op.execute(_REVOKE)


def downgrade() -> None:
    op.drop_table("poll_act")
    op.drop_column("poll", "wanted")
    op.drop_column("poll", "cancelled_at")
    op.drop_column("poll", "announced_close_at")
