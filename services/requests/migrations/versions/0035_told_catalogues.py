# SPDX-License-Identifier: EUPL-1.2
"""How often the state of each request type and area was told; 0 is what the worker is to tell first."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_type", sa.Column("told", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("area", sa.Column("told", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("area", "told")
    op.drop_column("request_type", "told")
