# SPDX-License-Identifier: EUPL-1.2
"""Who is an agent of which collectivity, as far as this service has heard or seen."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_agent",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", "person", name=op.f("pk_known_agent")),
    )
    # Those who registered before this service listened are known by what they did.
    op.execute(
        "INSERT INTO known_agent (collectivity, person)"
        " SELECT DISTINCT collectivity, actor FROM history_entry WHERE by_agent ON CONFLICT DO NOTHING"
    )


def downgrade() -> None:
    op.drop_table("known_agent")
