# SPDX-License-Identifier: EUPL-1.2
"""People who are to be told what became of something, one by one."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_telling",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("within", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_telling")),
    )
    op.create_index(op.f("ix_person_telling_about"), "person_telling", ["about"])
    op.create_index(op.f("ix_person_telling_person"), "person_telling", ["person"])
    op.add_column("proposal_amendment", sa.Column("conflicting_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("proposal_amendment", "conflicting_at")
    op.drop_table("person_telling")
