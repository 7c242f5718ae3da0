# SPDX-License-Identifier: EUPL-1.2
"""A message may take several ways at once: what allowed one alone goes, for the index by channel stands."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The version before writes e-mails alone, of which the new index allows one, too.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\nALTER TABLE delivery DROP CONSTRAINT uq_email_delivery_message_id"
    )


def downgrade() -> None:
    op.execute("DELETE FROM delivery WHERE channel <> 'email'")
    op.create_unique_constraint(op.f("uq_email_delivery_message_id"), "delivery", ["message_id"])
