# SPDX-License-Identifier: EUPL-1.2
"""Accounts that towns bring from elsewhere, until whose they are takes them over."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "account_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.TEXT(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("known", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("existing", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'finished')", name=op.f("ck_account_import_state")),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_account_import_collectivity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_import")),
    )
    op.create_index(op.f("ix_account_import_collectivity"), "account_import", ["collectivity"], unique=False)
    op.create_index(
        op.f("ix_account_import_created_at"),
        "account_import",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'finished'"),
    )
    op.create_table(
        "account_import_part",
        sa.Column("account_import", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_import"],
            ["account_import.id"],
            name=op.f("fk_account_import_part_account_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_import", "number", name=op.f("pk_account_import_part")),
    )
    op.create_table(
        "account_import_error",
        sa.Column("account_import", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("pointer", sa.TEXT(), nullable=False),
        sa.Column("code", sa.TEXT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_import"],
            ["account_import.id"],
            name=op.f("fk_account_import_error_account_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_import", "line", "pointer", name=op.f("pk_account_import_error")),
    )
    op.create_table(
        "imported_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("external_id_index", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("claimed_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_imported_account_collectivity")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_imported_account_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_account")),
        sa.UniqueConstraint(
            "collectivity", "external_id_index", name=op.f("uq_imported_account_collectivity_external_id_index")
        ),
    )
    for column in ("email_index", "person", "created_at"):
        op.create_index(op.f(f"ix_imported_account_{column}"), "imported_account", [column], unique=False)


def downgrade() -> None:
    for table in ("imported_account", "account_import_error", "account_import_part", "account_import"):
        op.drop_table(table)
