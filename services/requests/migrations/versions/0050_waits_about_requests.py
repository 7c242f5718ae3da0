# SPDX-License-Identifier: EUPL-1.2
"""Who waits for an appointment says about which request it is, and waits no longer than that is kept."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_KEY = "fk_appointment_wait_request_id"


def upgrade() -> None:
    op.execute("ALTER TABLE appointment_wait ADD COLUMN request_id uuid")
    op.execute(
        f"ALTER TABLE appointment_wait ADD CONSTRAINT {_KEY}"
        " FOREIGN KEY (request_id) REFERENCES request (id) ON DELETE CASCADE NOT VALID"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE appointment_wait DROP COLUMN request_id")
