# SPDX-License-Identifier: EUPL-1.2
"""How collectivities look on the pages: what their administrators chose."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collectivity_look",
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("name_fr", sa.TEXT(), nullable=True),
        sa.Column("name_en", sa.TEXT(), nullable=True),
        sa.Column("colour", sa.TEXT(), nullable=True),
        sa.Column("time_zone", sa.TEXT(), nullable=False),
        sa.Column("logo", sa.TEXT(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_collectivity_look_collectivity")
        ),
        sa.PrimaryKeyConstraint("collectivity", name=op.f("pk_collectivity_look")),
    )
    op.create_table(
        "collectivity_logo",
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("media_type", sa.TEXT(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_collectivity_logo_collectivity")
        ),
        sa.PrimaryKeyConstraint("collectivity", name=op.f("pk_collectivity_logo")),
    )


def downgrade() -> None:
    op.drop_table("collectivity_logo")
    op.drop_table("collectivity_look")
