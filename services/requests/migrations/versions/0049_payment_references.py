# SPDX-License-Identifier: EUPL-1.2
"""References of requests are a collectivity's own, and so are those of their payments: two towns may have the same.

That one request gives each of its payments another, the lock on the request holds, under which they are counted.
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("-- squawk-ignore ban-drop-constraint\nALTER TABLE payment DROP CONSTRAINT uq_payment_reference")


def downgrade() -> None:
    op.create_unique_constraint("uq_payment_reference", "payment", ["reference"])
