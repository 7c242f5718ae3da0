# SPDX-License-Identifier: EUPL-1.2
"""Co-authors of proposals, and the invitations by which they come."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "proposal_co_author",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("joined_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_co_author_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", "person", name=op.f("pk_proposal_co_author")),
    )
    op.create_index(op.f("ix_proposal_co_author_person"), "proposal_co_author", ["person"], unique=False)
    op.create_table(
        "proposal_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_invitation_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_invitation")),
        sa.UniqueConstraint("proposal_id", "token_hash", name=op.f("uq_proposal_invitation_proposal_id_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("proposal_invitation")
    op.drop_table("proposal_co_author")
