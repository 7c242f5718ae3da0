# SPDX-License-Identifier: EUPL-1.2
"""What who called on somebody has to say of it, sealed with the key of the entry."""

import sqlalchemy as sa
from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("register_visit", sa.Column("note", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("register_visit", "note")
