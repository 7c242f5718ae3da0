# SPDX-License-Identifier: EUPL-1.2
"""The link of a message may be a right of whoever holds it: then it is sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("secret_link", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "secret_link")
