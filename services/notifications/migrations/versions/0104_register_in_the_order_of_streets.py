# SPDX-License-Identifier: EUPL-1.2
"""By what the register is listed and found: streets in their order, names by a blind index, and when it was checked.

The worker reads the entries of before, and those that the version before changes meanwhile.
"""

import sqlalchemy as sa
from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("register_entry", sa.Column("walk", sa.Text(collation="C"), nullable=True))
    op.add_column("register_entry", sa.Column("name_mark", sa.LargeBinary(), nullable=True))
    op.add_column("register_entry", sa.Column("has_needs", sa.Boolean(), nullable=True))
    op.add_column("register_entry", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("register_entry", sa.Column("read_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in ("read_version", "checked_at", "has_needs", "name_mark", "walk"):
        op.drop_column("register_entry", name)
