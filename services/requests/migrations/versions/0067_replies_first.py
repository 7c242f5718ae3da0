# SPDX-License-Identifier: EUPL-1.2
"""Whether a message that came in answers one of ours: these are taken before what strangers write."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("received_message", sa.Column("reply", sa.Boolean, nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.drop_column("received_message", "reply")
