# SPDX-License-Identifier: EUPL-1.2
"""Proposals, what they said before, who supports them, and comments on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("estimate", sa.String(), nullable=True),
        sa.Column("position", postgresql.JSONB(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index("ix_proposal_newest", "proposal", ["collectivity", "created_at", "id"], unique=False)
    op.create_index("ix_proposal_person", "proposal", ["person", "created_at"], unique=False)
    op.create_table(
        "proposal_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("estimate", sa.String(), nullable=True),
        sa.Column("position", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_version_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_version")),
        sa.UniqueConstraint("proposal_id", "version", name=op.f("uq_proposal_version_proposal_id_version")),
    )
    op.create_table(
        "proposal_support",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_support_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", "person", name=op.f("pk_proposal_support")),
    )
    op.create_index(op.f("ix_proposal_support_person"), "proposal_support", ["person"], unique=False)
    op.add_column("comment", sa.Column("proposal_id", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE comment ADD CONSTRAINT fk_comment_proposal_id"
        " FOREIGN KEY (proposal_id) REFERENCES proposal (id) NOT VALID"
    )
    op.execute(
        "ALTER TABLE comment ADD CONSTRAINT ck_comment_one_of_subjects"
        " CHECK (num_nonnulls(project_id, consultation_id, proposal_id) = 1) NOT VALID"
    )
    # What it guaranteed, the new one guarantees with one thing more that is discussed.
    op.execute("-- squawk-ignore ban-drop-constraint\nALTER TABLE comment DROP CONSTRAINT ck_comment_one_subject")


def downgrade() -> None:
    op.execute("DELETE FROM comment WHERE proposal_id IS NOT NULL")
    op.execute("ALTER TABLE comment DROP CONSTRAINT ck_comment_one_of_subjects")
    op.execute(
        "ALTER TABLE comment ADD CONSTRAINT ck_comment_one_subject"
        " CHECK (num_nonnulls(project_id, consultation_id) = 1) NOT VALID"
    )
    op.drop_column("comment", "proposal_id")
    op.drop_table("proposal_support")
    op.drop_table("proposal_version")
    op.drop_table("proposal")
