# SPDX-License-Identifier: EUPL-1.2
"""A message about an appointment keeps, sealed, what its mail puts into a calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("invitation", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "invitation")
