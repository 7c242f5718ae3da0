# SPDX-License-Identifier: EUPL-1.2
"""Cases about statements of which it is forgotten whose they were."""

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The version before knows of no such case, and makes none.
    op.execute("-- squawk-ignore ban-drop-not-null\nALTER TABLE moderation_case ALTER COLUMN author DROP NOT NULL")


def downgrade() -> None:
    op.execute("DELETE FROM moderation_case WHERE author IS NULL")
    op.alter_column("moderation_case", "author", nullable=False)
