# SPDX-License-Identifier: EUPL-1.2
"""The chain of acts of each town; how many voters desks received, until the chain says so."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None

# Nobody who serves requests changes what was written, as on polls.
_REVOKE = """
DO $$
DECLARE
    granted record;
BEGIN
    FOR granted IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND table_name = 'town_act' AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON town_act FROM %I', granted.grantee);
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "town_chain",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", name=op.f("pk_town_chain")),
    )
    op.create_table(
        "town_act",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", "number", name=op.f("pk_town_act")),
    )
    op.execute(_REVOKE)
    op.create_table(
        "desk_reception",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("voters", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_desk_reception_poll_id")),
        sa.PrimaryKeyConstraint("hour", "poll_id", "agent", "channel", name=op.f("pk_desk_reception")),
    )
    op.create_index(op.f("ix_desk_reception_poll_id"), "desk_reception", ["poll_id"])


def downgrade() -> None:
    op.drop_table("desk_reception")
    op.drop_table("town_act")
    op.drop_table("town_chain")
