# SPDX-License-Identifier: EUPL-1.2
"""Who acts for whom: assisted people, mandates, children, and each time that it happened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "assistance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.TEXT(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.CheckConstraint("channel IN ('counter', 'phone')", name=op.f("ck_assistance_channel")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_assistance_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance")),
    )
    op.create_index(op.f("ix_assistance_person"), "assistance", ["person"], unique=False)
    op.create_table(
        "mandate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("mandator", sa.Uuid(), nullable=False),
        sa.Column("mandatary", sa.Uuid(), nullable=True),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("offer_ends_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("accepted_at", _INSTANT, nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["mandator"], ["person.id"], name=op.f("fk_mandate_mandator")),
        sa.ForeignKeyConstraint(["mandatary"], ["person.id"], name=op.f("fk_mandate_mandatary")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_mandate_code_hash")),
    )
    op.create_index(op.f("ix_mandate_mandator"), "mandate", ["mandator"], unique=False)
    op.create_index(op.f("ix_mandate_mandatary"), "mandate", ["mandatary"], unique=False)
    op.create_table(
        "household_child",
        sa.Column("parent", sa.Uuid(), nullable=False),
        sa.Column("child", sa.Uuid(), nullable=False),
        sa.Column("proof", sa.TEXT(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.CheckConstraint("proof IN ('declared')", name=op.f("ck_household_child_proof")),
        sa.ForeignKeyConstraint(["parent"], ["person.id"], name=op.f("fk_household_child_parent")),
        sa.ForeignKeyConstraint(["child"], ["person.id"], name=op.f("fk_household_child_child")),
        sa.PrimaryKeyConstraint("parent", "child", name=op.f("pk_household_child")),
    )
    op.create_index(op.f("ix_household_child_child"), "household_child", ["child"], unique=False)
    op.create_table(
        "act_on_behalf",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.TEXT(), nullable=False),
        sa.Column("ground", sa.TEXT(), nullable=False),
        sa.Column("ground_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.TEXT(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("occurred_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_act_on_behalf_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_on_behalf")),
    )
    op.create_index("ix_act_on_behalf_person", "act_on_behalf", ["person", "occurred_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("act_on_behalf")
    op.drop_table("household_child")
    op.drop_table("mandate")
    op.drop_table("assistance")
