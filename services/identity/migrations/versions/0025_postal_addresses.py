# SPDX-License-Identifier: EUPL-1.2
"""People's postal addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "postal_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.TEXT(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('home', 'other')", name=op.f("ck_postal_address_kind")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_postal_address_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postal_address")),
    )
    op.create_index(op.f("ix_postal_address_person"), "postal_address", ["person"], unique=False)
    home = sa.text("kind = 'home'")
    op.create_index("uq_postal_address_home", "postal_address", ["person"], unique=True, postgresql_where=home)


def downgrade() -> None:
    op.drop_table("postal_address")
