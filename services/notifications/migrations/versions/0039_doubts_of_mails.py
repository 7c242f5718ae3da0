# SPDX-License-Identifier: EUPL-1.2
"""How often a mail to many went out and was not answered: a relay that is away, or a killed worker, is not that."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "broadcast_delivery", sa.Column("doubts", sa.SmallInteger, nullable=False, server_default=sa.text("0"))
    )


def downgrade() -> None:
    op.drop_column("broadcast_delivery", "doubts")
