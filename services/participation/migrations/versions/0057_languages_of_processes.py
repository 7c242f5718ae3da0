# SPDX-License-Identifier: EUPL-1.2
"""In which languages a participatory process is."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process", sa.Column("languages", sa.ARRAY(sa.String()), server_default="{fr,en}", nullable=False))


def downgrade() -> None:
    op.drop_column("process", "languages")
