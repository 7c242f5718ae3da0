# SPDX-License-Identifier: EUPL-1.2
"""The key that identity makes of the person beside supports of proposals, and answers to consultations, of accounts.

Empty in the entries of before, and where anybody answers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proposal_support", sa.Column("person_key", sa.LargeBinary(), nullable=True))
    op.add_column("answer", sa.Column("person_key", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("answer", "person_key")
    op.drop_column("proposal_support", "person_key")
