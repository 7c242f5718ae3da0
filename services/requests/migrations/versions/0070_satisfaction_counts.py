# SPDX-License-Identifier: EUPL-1.2
"""How people were served, counted once for each month that is over, apart from the requests that will be destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

_NUMBERS = ("score_1", "score_2", "score_3", "score_4", "score_5", "asked", "answered")


def upgrade() -> None:
    op.create_table(
        "counted_months",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", name=op.f("pk_counted_months")),
    )
    op.create_table(
        "satisfaction_count",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in _NUMBERS),
        sa.PrimaryKeyConstraint("collectivity", "month", "type_code", "team", name=op.f("pk_satisfaction_count")),
    )


def downgrade() -> None:
    op.drop_table("satisfaction_count")
    op.drop_table("counted_months")
