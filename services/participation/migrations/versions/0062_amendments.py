# SPDX-License-Identifier: EUPL-1.2
"""Amendments of proposals, and cases about them as about comments."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

_ONE = (
    "ALTER TABLE moderation_case ADD CONSTRAINT ck_moderation_case_one_content CHECK (num_nonnulls({}) = 1) NOT VALID"
)
_BEFORE = "comment_id, proposal_id, project_id, statement_id, photo_id"


def upgrade() -> None:
    instant, words = sa.DateTime(timezone=True), ("base_title", "base_description", "title", "description", "reasons")
    op.create_table(
        "proposal_amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in (*words, "answer")),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_version", sa.Integer(), nullable=True),
        sa.Column("answered_at", instant, nullable=True),
        sa.Column("removed_at", instant, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_amendment_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_amendment")),
    )
    op.create_index("ix_proposal_amendment_newest", "proposal_amendment", ["proposal_id", "created_at", "id"])
    op.create_index("ix_proposal_amendment_person", "proposal_amendment", ["person", "created_at"])
    op.add_column("moderation_case", sa.Column("amendment_id", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE moderation_case ADD CONSTRAINT fk_moderation_case_amendment_id"
        " FOREIGN KEY (amendment_id) REFERENCES proposal_amendment (id) NOT VALID"
    )
    # The version before writes cases that the new one lets through, too.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content"
    )
    op.execute(_ONE.format(f"{_BEFORE}, amendment_id"))


def downgrade() -> None:
    others = "(SELECT id FROM moderation_case WHERE amendment_id IS NOT NULL)"
    for table in ("report", "decision", "appeal"):
        op.execute(f"DELETE FROM moderation_{table} WHERE case_id IN {others}")
    op.execute("DELETE FROM moderation_case WHERE amendment_id IS NOT NULL")
    op.execute("ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content")
    op.execute(_ONE.format(_BEFORE))
    op.drop_column("moderation_case", "amendment_id")
    op.drop_table("proposal_amendment")
