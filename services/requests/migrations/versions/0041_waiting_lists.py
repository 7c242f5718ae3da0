# SPDX-License-Identifier: EUPL-1.2
"""People wait for a slot of an agenda, and are offered those that are freed, one after the other."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A day, as for reminders; an agenda on whose list nobody is offers nothing.
    op.add_column("agenda", sa.Column("offer_minutes", sa.Integer(), server_default="1440", nullable=False))
    op.create_table(
        "appointment_wait",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("agenda_id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("starts_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_wait")),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"], name=op.f("fk_appointment_wait_agenda_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["appointment_kind.id"], name=op.f("fk_appointment_wait_kind_id")),
        sa.UniqueConstraint(
            "person", "agenda_id", "kind_id", name=op.f("uq_appointment_wait_person_agenda_id_kind_id")
        ),
    )
    op.create_index("ix_appointment_wait_turn", "appointment_wait", ["agenda_id", "id"])
    op.create_index("ix_appointment_wait_kind_id", "appointment_wait", ["kind_id"])
    op.create_index("ix_appointment_wait_ended", "appointment_wait", ["starts_before"])
    op.create_table(
        "appointment_offer",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("wait_id", sa.Uuid(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_appointment_offer")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_offer_appointment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wait_id"], ["appointment_wait.id"], name=op.f("fk_appointment_offer_wait_id"), ondelete="SET NULL"
        ),
    )
    op.create_index("ix_appointment_offer_due", "appointment_offer", ["ends_at"], postgresql_where=sa.text("open"))
    op.create_index("ix_appointment_offer_wait_id", "appointment_offer", ["wait_id"])
    op.create_index(
        "uq_appointment_offer_open", "appointment_offer", ["wait_id"], unique=True, postgresql_where=sa.text("open")
    )


def downgrade() -> None:
    op.drop_table("appointment_offer")
    op.drop_table("appointment_wait")
    op.drop_column("agenda", "offer_minutes")
