# SPDX-License-Identifier: EUPL-1.2
"""Erasures of accounts, after days in which they can be taken back; and when an account was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_NAME = "account_erasure"


def upgrade() -> None:
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        _NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("document", sa.TEXT(), nullable=True),
        sa.Column("agent", sa.Uuid(), nullable=True),
        sa.Column("state", sa.TEXT(), nullable=False),
        sa.Column("stopped_by", sa.TEXT(), nullable=True),
        sa.Column("keys", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objection_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'emptied', 'done', 'cancelled')", name=op.f("ck_account_erasure_state")
        ),
        sa.CheckConstraint("(state = 'cancelled') = (stopped_by IS NOT NULL)", name=op.f("ck_account_erasure_stopped")),
        sa.CheckConstraint("(agent IS NULL) = (document IS NULL)", name=op.f("ck_account_erasure_counter")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_account_erasure_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_erasure")),
    )
    op.create_index(op.f("ix_account_erasure_person"), _NAME, ["person"])
    op.create_index(op.f("ix_account_erasure_objection_hash"), _NAME, ["objection_hash"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("uq_account_erasure_waiting", _NAME, ["person"], unique=True, postgresql_where=waiting)
    to_do = sa.text("state IN ('waiting', 'emptied')")
    op.create_index("ix_account_erasure_due_at", _NAME, ["state", "due_at"], postgresql_where=to_do)


def downgrade() -> None:
    op.drop_table(_NAME)
    op.drop_column("person", "erased_at")
