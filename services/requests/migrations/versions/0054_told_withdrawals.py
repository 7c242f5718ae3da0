# SPDX-License-Identifier: EUPL-1.2
"""The body that handles a request is told, in the turn of its author's messages, that they took it back."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "forwarded_message", sa.Column("withdraws", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )


def downgrade() -> None:
    op.drop_column("forwarded_message", "withdraws")
