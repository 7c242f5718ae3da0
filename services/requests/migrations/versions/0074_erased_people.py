# SPDX-License-Identifier: EUPL-1.2
"""People whose account was erased, and whose key their requests still need."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_person",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_erased_person")),
    )
    op.create_index(op.f("ix_erased_person_look_at"), "erased_person", ["look_at"])


def downgrade() -> None:
    op.drop_table("erased_person")
