# SPDX-License-Identifier: EUPL-1.2
"""The addresses of accounts of our own were verified when these were opened."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE person SET email_verified_at = local_account.created_at, own = '{email}' FROM local_account"
        " WHERE local_account.person = person.id AND local_account.email_index = person.email_index"
    )


def downgrade() -> None:
    op.execute("UPDATE person SET email_verified_at = NULL, own = '{}'")
