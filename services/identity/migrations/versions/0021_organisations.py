# SPDX-License-Identifier: EUPL-1.2
"""Associations and companies, and who is of them."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_OPEN = sa.text("status <> 'closed'")


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("kind", sa.TEXT(), nullable=False),
        sa.Column("status", sa.TEXT(), nullable=False),
        sa.Column("siret", sa.TEXT(), nullable=True),
        sa.Column("rna", sa.TEXT(), nullable=True),
        sa.Column("name", sa.TEXT(), nullable=False),
        sa.Column("legal_form", sa.TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("evidence", sa.TEXT(), nullable=True),
        sa.Column("verified_at", _INSTANT, nullable=True),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('association', 'company')", name=op.f("ck_organisation_kind")),
        sa.CheckConstraint("status IN ('declared', 'verified', 'closed')", name=op.f("ck_organisation_status")),
        sa.CheckConstraint("num_nonnulls(siret, rna) > 0", name=op.f("ck_organisation_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index(
        "uq_organisation_siret", "organisation", ["collectivity", "siret"], unique=True, postgresql_where=_OPEN
    )
    op.create_index("uq_organisation_rna", "organisation", ["collectivity", "rna"], unique=True, postgresql_where=_OPEN)
    op.create_index("ix_organisation_created", "organisation", ["collectivity", "created_at", "id"], unique=False)
    op.create_table(
        "organisation_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("role", sa.TEXT(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("invited_email_index", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("offer_ends_at", _INSTANT, nullable=True),
        sa.Column("accepted_at", _INSTANT, nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.CheckConstraint("role IN ('representative', 'member')", name=op.f("ck_organisation_member_role")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.id"], name=op.f("fk_organisation_member_organisation")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_organisation_member_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_member")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_organisation_member_code_hash")),
    )
    op.create_index(
        "uq_organisation_member_person",
        "organisation_member",
        ["organisation", "person"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_organisation_member_organisation", "organisation_member", ["organisation", "created_at", "id"], unique=False
    )
    op.create_index(op.f("ix_organisation_member_person"), "organisation_member", ["person"], unique=False)


def downgrade() -> None:
    op.drop_table("organisation_member")
    op.drop_table("organisation")
