# SPDX-License-Identifier: EUPL-1.2
"""Letters for a mail room know of which application their persons were told that it saw the envelopes."""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail_room_letter", sa.Column("listed_by", sa.String(), nullable=True))
    op.add_column("mail_room_letter", sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("mail_room_letter", "listed_at")
    op.drop_column("mail_room_letter", "listed_by")
