# SPDX-License-Identifier: EUPL-1.2
"""Areas that administrators draw, draw anew and retire."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_ADDED = ("version", "retired_at", "created_at", "updated_at")


def upgrade() -> None:
    op.add_column("area", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("area", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("created_at", "updated_at"):
        instant = sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))
        op.add_column("area", instant)


def downgrade() -> None:
    for name in reversed(_ADDED):
        op.drop_column("area", name)
