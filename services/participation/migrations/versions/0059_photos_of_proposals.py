# SPDX-License-Identifier: EUPL-1.2
"""Photos of proposals, and cases about them."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_ONE = (
    "ALTER TABLE moderation_case ADD CONSTRAINT ck_moderation_case_one_content CHECK (num_nonnulls({}) = 1) NOT VALID"
)
_BEFORE = "comment_id, proposal_id, project_id, statement_id"


def upgrade() -> None:
    op.create_table(
        "proposal_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("alternative_text", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_photo_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_photo")),
    )
    op.create_index(op.f("ix_proposal_photo_collectivity"), "proposal_photo", ["collectivity"])
    op.create_index(op.f("ix_proposal_photo_proposal_id"), "proposal_photo", ["proposal_id"])
    op.create_index("ix_proposal_photo_person", "proposal_photo", ["person", "created_at"])
    op.create_index(
        "ix_proposal_photo_unseen", "proposal_photo", ["changed_at"], postgresql_where=sa.text("state <> 'published'")
    )
    op.add_column("moderation_case", sa.Column("photo_id", sa.Uuid(), nullable=True))
    # The version before writes cases that the new one lets through, too.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content"
    )
    op.execute(_ONE.format(f"{_BEFORE}, photo_id"))


def downgrade() -> None:
    others = "(SELECT id FROM moderation_case WHERE photo_id IS NOT NULL)"
    for table in ("report", "decision", "appeal"):
        op.execute(f"DELETE FROM moderation_{table} WHERE case_id IN {others}")
    op.execute("DELETE FROM moderation_case WHERE photo_id IS NOT NULL")
    op.execute("ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content")
    op.execute(_ONE.format(_BEFORE))
    op.drop_column("moderation_case", "photo_id")
    op.drop_table("proposal_photo")
