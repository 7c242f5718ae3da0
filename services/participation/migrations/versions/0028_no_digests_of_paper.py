# SPDX-License-Identifier: EUPL-1.2
"""Forget the digests of batches of paper ballots: those of a small urn gave its ballots back."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE paper_batch SET digest = '' WHERE digest <> ''")


def downgrade() -> None:
    """Nothing to put back."""
