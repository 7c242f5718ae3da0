# SPDX-License-Identifier: EUPL-1.2
"""What somebody is to follow once they have confirmed is a request."""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE confirmation VALIDATE CONSTRAINT fk_confirmation_follows")


def downgrade() -> None:
    # What was checked stays so.
    pass
