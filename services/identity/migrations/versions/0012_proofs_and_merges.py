# SPDX-License-Identifier: EUPL-1.2
"""Whose civil status was verified, and which accounts were found to be one person's."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_proof",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("source", sa.TEXT(), nullable=False),
        sa.Column("pivot_index", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.TEXT(), nullable=True),
        sa.Column("agent", sa.Uuid(), nullable=True),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source IN ('provider', 'document')", name=op.f("ck_identity_proof_source")),
        sa.CheckConstraint(
            "(source = 'document') = (document IS NOT NULL AND agent IS NOT NULL)",
            name=op.f("ck_identity_proof_document"),
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_identity_proof_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_proof")),
    )
    op.create_index(op.f("ix_identity_proof_person"), "identity_proof", ["person"], unique=False)
    standing = sa.text("ended_at IS NULL")
    op.create_index("uq_identity_proof_standing", "identity_proof", ["person"], unique=True, postgresql_where=standing)
    op.create_index(
        "ix_identity_proof_pivot_index", "identity_proof", ["pivot_index"], unique=False, postgresql_where=standing
    )
    op.create_table(
        "account_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("kept", sa.Uuid(), nullable=False),
        sa.Column("absorbed", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.TEXT(), nullable=False),
        sa.Column("document", sa.TEXT(), nullable=True),
        sa.Column("state", sa.TEXT(), nullable=False),
        sa.Column("preview", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('prepared', 'done', 'discarded')", name=op.f("ck_account_merge_state")),
        sa.CheckConstraint("kept <> absorbed", name=op.f("ck_account_merge_two")),
        sa.ForeignKeyConstraint(["kept"], ["person.id"], name=op.f("fk_account_merge_kept")),
        sa.ForeignKeyConstraint(["absorbed"], ["person.id"], name=op.f("fk_account_merge_absorbed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_merge")),
    )
    op.create_index(op.f("ix_account_merge_kept"), "account_merge", ["kept"], unique=False)
    op.create_index(op.f("ix_account_merge_absorbed"), "account_merge", ["absorbed"], unique=False)
    op.create_index(
        "uq_account_merge_done", "account_merge", ["absorbed"], unique=True, postgresql_where=sa.text("state = 'done'")
    )


def downgrade() -> None:
    op.drop_table("account_merge")
    op.drop_table("identity_proof")
