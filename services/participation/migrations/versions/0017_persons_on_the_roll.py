# SPDX-License-Identifier: EUPL-1.2
"""The key of the account beside the one that identity makes of the person.

Empty in the entries of before, whose ``person_key`` is the account's: polls that are open go on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("poll_roll", sa.Column("account_key", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("poll_roll", "account_key")
