# SPDX-License-Identifier: EUPL-1.2
"""A number for each message of an inbox, in the order in which they became readable."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailbox",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", "person", name=op.f("pk_mailbox")),
    )
    op.add_column("message", sa.Column("position", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE message m SET position = n.position FROM (SELECT id, row_number() OVER"
        " (PARTITION BY collectivity, person ORDER BY created_at, id) AS position FROM message) n WHERE n.id = m.id"
    )
    op.execute(
        "INSERT INTO mailbox (collectivity, person, last_position)"
        " SELECT collectivity, person, max(position) FROM message GROUP BY collectivity, person"
    )


def downgrade() -> None:
    op.drop_column("message", "position")
    op.drop_table("mailbox")
