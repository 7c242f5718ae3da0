# SPDX-License-Identifier: EUPL-1.2
"""Proofs of possession that a replica has taken, so that no other one takes them again."""

from alembic import op

from parvis_kit.security.dpop import create_proof_table

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_proof_table(op)


def downgrade() -> None:
    op.execute("DROP TABLE dpop_proof")
