# SPDX-License-Identifier: EUPL-1.2
"""What was done to the draft of a poll stays where the draft is thrown away."""

from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever runs the version before deletes no poll: it loses nothing by this.
    op.execute("-- squawk-ignore ban-drop-constraint\nALTER TABLE poll_act DROP CONSTRAINT fk_poll_act_poll_id")


def downgrade() -> None:
    op.create_foreign_key("fk_poll_act_poll_id", "poll_act", "poll", ["poll_id"], ["id"])
