# SPDX-License-Identifier: EUPL-1.2
"""What waits are about is a request: checked apart from where it was said, so that nobody waits for it."""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE appointment_wait VALIDATE CONSTRAINT fk_appointment_wait_request_id")


def downgrade() -> None:
    # What was checked stays so.
    pass
