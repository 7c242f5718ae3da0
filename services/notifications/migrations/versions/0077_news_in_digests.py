# SPDX-License-Identifier: EUPL-1.2
"""News of a topic can be gathered, and wait for the mail in which they go."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscription", sa.Column("digest", sa.Text(), nullable=True))
    op.add_column("broadcast_delivery", sa.Column("digest_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    # What waits goes by itself.
    op.execute(
        "UPDATE broadcast_delivery SET state = 'pending', due_at = now(), last_reply = NULL WHERE state = 'gathered'"
    )
    op.drop_column("broadcast_delivery", "digest_id")
    op.drop_column("subscription", "digest")
