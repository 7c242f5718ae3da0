# SPDX-License-Identifier: EUPL-1.2
"""Who was convened to which session; how a seed is written, and draws that are given up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "assembly_convocation",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("begins_at", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["assembly_session.id"], name=op.f("fk_assembly_convocation_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "person", name=op.f("pk_assembly_convocation")),
    )
    op.create_index(op.f("ix_assembly_convocation_person"), "assembly_convocation", ["person"])
    op.create_index(op.f("ix_assembly_convocation_begins_at"), "assembly_convocation", ["begins_at"])
    op.add_column("assembly_draw", sa.Column("seed_format", JSONB(), nullable=True))
    op.add_column("assembly_draw", sa.Column("voided_at", instant, nullable=True))
    op.add_column("assembly_draw", sa.Column("void_reason", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("assembly_draw", "void_reason")
    op.drop_column("assembly_draw", "voided_at")
    op.drop_column("assembly_draw", "seed_format")
    op.drop_table("assembly_convocation")
