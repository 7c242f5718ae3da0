# SPDX-License-Identifier: EUPL-1.2
"""Cases about statements of opinion conversations, as about comments."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_ONE = (
    "ALTER TABLE moderation_case ADD CONSTRAINT ck_moderation_case_one_content CHECK (num_nonnulls({}) = 1) NOT VALID"
)
_BEFORE = "comment_id, proposal_id, project_id"


def upgrade() -> None:
    op.add_column("moderation_case", sa.Column("statement_id", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE moderation_case ADD CONSTRAINT fk_moderation_case_statement_id"
        " FOREIGN KEY (statement_id) REFERENCES conversation_statement (id) NOT VALID"
    )
    # The version before writes cases that the new one lets through, too.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content"
    )
    op.execute(_ONE.format(f"{_BEFORE}, statement_id"))


def downgrade() -> None:
    others = "(SELECT id FROM moderation_case WHERE statement_id IS NOT NULL)"
    for table in ("report", "decision", "appeal"):
        op.execute(f"DELETE FROM moderation_{table} WHERE case_id IN {others}")
    op.execute("DELETE FROM moderation_case WHERE statement_id IS NOT NULL")
    op.execute("ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content")
    op.execute(_ONE.format(_BEFORE))
    op.drop_column("moderation_case", "statement_id")
