# SPDX-License-Identifier: EUPL-1.2
"""Second factors that agents have taken away, after a time in which their owners can object."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_NAME = "second_factor_reset"


def upgrade() -> None:
    op.create_table(
        _NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("document", sa.TEXT(), nullable=False),
        sa.Column("reason", sa.TEXT(), nullable=False),
        sa.Column("state", sa.TEXT(), nullable=False),
        sa.Column("stopped_by", sa.TEXT(), nullable=True),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objection_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'cancelled')", name=op.f("ck_second_factor_reset_state")),
        sa.CheckConstraint(
            "(state = 'cancelled') = (stopped_by IS NOT NULL)", name=op.f("ck_second_factor_reset_stopped")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_second_factor_reset_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor_reset")),
    )
    op.create_index(op.f("ix_second_factor_reset_person"), _NAME, ["person"])
    op.create_index(op.f("ix_second_factor_reset_objection_hash"), _NAME, ["objection_hash"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("uq_second_factor_reset_waiting", _NAME, ["person"], unique=True, postgresql_where=waiting)
    op.create_index("ix_second_factor_reset_due_at", _NAME, ["due_at"], postgresql_where=waiting)


def downgrade() -> None:
    op.drop_table(_NAME)
