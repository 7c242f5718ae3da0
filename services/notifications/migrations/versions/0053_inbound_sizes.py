# SPDX-License-Identifier: EUPL-1.2
"""How large what came in was: a town takes so much of strangers in an hour."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbound_message", sa.Column("size", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("inbound_message", "size")
