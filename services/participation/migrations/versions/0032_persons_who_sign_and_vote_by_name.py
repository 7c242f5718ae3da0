# SPDX-License-Identifier: EUPL-1.2
"""The key that identity makes of the person beside signatures of petitions, and votes by name, of accounts.

Empty in the entries of before: petitions and votes that are open go on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("petition_signature", sa.Column("person_key", sa.LargeBinary(), nullable=True))
    op.add_column("budget_vote", sa.Column("holder_key", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("budget_vote", "holder_key")
    op.drop_column("petition_signature", "person_key")
