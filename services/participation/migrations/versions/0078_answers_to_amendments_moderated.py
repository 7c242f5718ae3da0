# SPDX-License-Identifier: EUPL-1.2
"""Cases about what amendments are answered, whose words that is, and since when nobody sees them."""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

_ONE = (
    "ALTER TABLE moderation_case ADD CONSTRAINT ck_moderation_case_one_content CHECK (num_nonnulls({}) = 1) NOT VALID"
)
_BEFORE = "comment_id, proposal_id, project_id, statement_id, photo_id, amendment_id, petition_id"


def upgrade() -> None:
    op.add_column("proposal_amendment", sa.Column("answered_by", sa.Uuid(), nullable=True))
    op.add_column("proposal_amendment", sa.Column("answer_removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("moderation_case", sa.Column("amendment_answer_id", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE moderation_case ADD CONSTRAINT fk_moderation_case_amendment_answer_id"
        " FOREIGN KEY (amendment_answer_id) REFERENCES proposal_amendment (id) NOT VALID"
    )
    # The version before writes cases that the new one lets through, too.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content"
    )
    op.execute(_ONE.format(f"{_BEFORE}, amendment_answer_id"))


def downgrade() -> None:
    others = "(SELECT id FROM moderation_case WHERE amendment_answer_id IS NOT NULL)"
    for table in ("report", "decision", "appeal"):
        op.execute(f"DELETE FROM moderation_{table} WHERE case_id IN {others}")
    op.execute("DELETE FROM content_notice WHERE case_id IN " + others)
    op.execute("DELETE FROM moderation_case WHERE amendment_answer_id IS NOT NULL")
    op.execute("ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content")
    op.execute(_ONE.format(_BEFORE))
    op.drop_column("moderation_case", "amendment_answer_id")
    # Before, an answer was seen with its amendment: nobody is shown again what a moderator removed.
    op.execute("UPDATE proposal_amendment SET answer = NULL WHERE answer_removed_at IS NOT NULL")
    op.drop_column("proposal_amendment", "answer_removed_at")
    op.drop_column("proposal_amendment", "answered_by")
