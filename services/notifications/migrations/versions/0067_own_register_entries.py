# SPDX-License-Identifier: EUPL-1.2
"""People ask to be in the register by their own account, which an agent links to an entry."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'refused')", name=op.f("ck_register_request_state")),
        sa.CheckConstraint("(state = 'refused') = (settled_at IS NOT NULL)", name=op.f("ck_register_request_settled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_request")),
        sa.UniqueConstraint("person", "collectivity", name=op.f("uq_register_request_person_collectivity")),
    )
    op.create_index(
        "ix_register_request_asked",
        "register_request",
        ["collectivity", "asked_at", "id"],
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index(
        "ix_register_request_settled",
        "register_request",
        ["settled_at"],
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )
    op.add_column("register_entry", sa.Column("person", sa.Uuid(), nullable=True))
    op.add_column("register_change", sa.Column("own", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("register_change", "own")
    op.drop_column("register_entry", "person")
    op.drop_table("register_request")
