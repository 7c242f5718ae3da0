# SPDX-License-Identifier: EUPL-1.2
"""Agendas, kinds of appointments, and appointments of which no two take the same time of an agenda."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TIMES = ("starts_at", "ends_at")
_KEPT = ("created_at", "updated_at")


def upgrade() -> None:
    # A trusted extension: the owner of the database may create it where operators have not (deploy/docker/postgres).
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "agenda",
        *_row("agenda"),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("place", postgresql.JSONB(), nullable=False),
        sa.Column("hours", postgresql.JSONB(), nullable=False),
        sa.Column("open_on_holidays", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_instants(*_KEPT),
    )
    op.create_index("ix_agenda_newest", "agenda", ["collectivity", "id"])
    op.create_table(
        "agenda_exception",
        *_row("agenda_exception"),
        sa.Column("agenda_id", sa.Uuid(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        *_instants(*_TIMES),
        sa.Column("reason", sa.String(), nullable=False),
        *_instants("created_at"),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"], name=op.f("fk_agenda_exception_agenda_id")),
    )
    op.create_index("ix_agenda_exception_time", "agenda_exception", ["agenda_id", "ends_at"])
    op.create_table(
        "appointment_kind",
        *_row("appointment_kind"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("instructions", postgresql.JSONB(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_minutes", sa.Integer(), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("change_until_minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_instants(*_KEPT),
        sa.UniqueConstraint("collectivity", "code", name=op.f("uq_appointment_kind_collectivity_code")),
    )
    op.create_table(
        "appointment_kind_agenda",
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("agenda_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind_id", "agenda_id", name=op.f("pk_appointment_kind_agenda")),
        sa.ForeignKeyConstraint(["kind_id"], ["appointment_kind.id"], name=op.f("fk_appointment_kind_agenda_kind_id")),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"], name=op.f("fk_appointment_kind_agenda_agenda_id")),
    )
    op.create_index("ix_appointment_kind_agenda_agenda_id", "appointment_kind_agenda", ["agenda_id"])
    op.create_table(
        "appointment",
        *_row("appointment"),
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("agenda_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=False),
        *_instants(*_TIMES, "frees_at"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_instants(*_KEPT),
        sa.ForeignKeyConstraint(["kind_id"], ["appointment_kind.id"], name=op.f("fk_appointment_kind_id")),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"], name=op.f("fk_appointment_agenda_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_appointment_request_id"), ondelete="SET NULL"
        ),
        postgresql.ExcludeConstraint(
            ("agenda_id", "="),
            (sa.func.tstzrange(sa.literal_column("starts_at"), sa.literal_column("frees_at")), "&&"),
            where=sa.literal_column("state <> 'cancelled'"),
            using="gist",
            name="ex_appointment_taken",
        ),
    )
    op.create_index("ix_appointment_agenda", "appointment", ["agenda_id", "starts_at", "id"])
    op.create_index("ix_appointment_person", "appointment", ["person", "collectivity", "starts_at", "id"])
    op.create_index("ix_appointment_newest", "appointment", ["collectivity", "starts_at", "id"])
    op.create_index("ix_appointment_ended", "appointment", ["ends_at"])
    op.create_index("ix_appointment_kind_id", "appointment", ["kind_id"])
    op.create_index("ix_appointment_request_id", "appointment", ["request_id", "starts_at", "id"])
    op.create_table(
        "appointment_step",
        *_row("appointment_step"),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("by_agent", sa.Boolean(), nullable=False),
        *_instants("starts_at", "created_at"),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_step_appointment_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("appointment_id", "sequence", name=op.f("uq_appointment_step_appointment_id_sequence")),
    )


def downgrade() -> None:
    for table in (
        "appointment_step",
        "appointment",
        "appointment_kind_agenda",
        "appointment_kind",
        "agenda_exception",
        "agenda",
    ):
        op.drop_table(table)


def _row(table: str) -> list[sa.Column[Any] | sa.PrimaryKeyConstraint]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _instants(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names]
