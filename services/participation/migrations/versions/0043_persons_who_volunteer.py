# SPDX-License-Identifier: EUPL-1.2
"""The key that identity makes of the person beside who volunteers for assemblies, and who was drawn.

Empty in the entries of before: who made them is in no draw until they say it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assembly_volunteer", sa.Column("person_key", sa.LargeBinary(), nullable=True))
    op.add_column("assembly_member", sa.Column("person_key", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("assembly_member", "person_key")
    op.drop_column("assembly_volunteer", "person_key")
