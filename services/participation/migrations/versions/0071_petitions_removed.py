# SPDX-License-Identifier: EUPL-1.2
"""Cases about open petitions, as about comments."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

_ONE = (
    "ALTER TABLE moderation_case ADD CONSTRAINT ck_moderation_case_one_content CHECK (num_nonnulls({}) = 1) NOT VALID"
)
_BEFORE = "comment_id, proposal_id, project_id, statement_id, photo_id, amendment_id"


def upgrade() -> None:
    op.add_column("petition", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("petition", sa.Column("removed_from", sa.String(), nullable=True))
    op.add_column("moderation_case", sa.Column("petition_id", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE moderation_case ADD CONSTRAINT fk_moderation_case_petition_id"
        " FOREIGN KEY (petition_id) REFERENCES petition (id) NOT VALID"
    )
    # The version before writes cases that the new one lets through, too.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content"
    )
    op.execute(_ONE.format(f"{_BEFORE}, petition_id"))


def downgrade() -> None:
    others = "(SELECT id FROM moderation_case WHERE petition_id IS NOT NULL)"
    for table in ("report", "decision", "appeal"):
        op.execute(f"DELETE FROM moderation_{table} WHERE case_id IN {others}")
    op.execute("DELETE FROM moderation_case WHERE petition_id IS NOT NULL")
    op.execute("ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content")
    op.execute(_ONE.format(_BEFORE))
    op.drop_column("moderation_case", "petition_id")
    # Before, what was out of sight was withdrawn, for good: nobody is shown again what a moderator removed.
    op.execute("UPDATE petition SET state = 'withdrawn', title = NULL, description = NULL WHERE state = 'removed'")
    op.drop_column("petition", "removed_from")
    op.drop_column("petition", "removed_at")
