# SPDX-License-Identifier: EUPL-1.2
"""When somebody was told what became of something, until everybody is."""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person_telling", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("person_telling", "told_at")
