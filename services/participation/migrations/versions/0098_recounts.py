# SPDX-License-Identifier: EUPL-1.2
"""Lists by supports and comments are in the order of the worker's last count, which knows what has changed since."""

import sqlalchemy as sa
from alembic import op

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("ranked_supports", "ranked_comments"):
        op.add_column("proposal", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "recount",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recount")),
    )


def downgrade() -> None:
    op.drop_table("recount")
    op.drop_column("proposal", "ranked_comments")
    op.drop_column("proposal", "ranked_supports")
