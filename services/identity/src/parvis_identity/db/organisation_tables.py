# SPDX-License-Identifier: EUPL-1.2
"""The tables of associations and companies, and of who is of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, Base
from parvis_kit.db.tables import searchable


class OrganisationRow(Base):
    """An association or a company; name and SIRET of a sole trader say who that is, and agents search by them."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("kind IN ('association', 'company')", name="kind"),
        CheckConstraint("status IN ('declared', 'verified', 'closed')", name="status"),
        CheckConstraint("num_nonnulls(siret, rna) > 0", name="number"),
        Index(
            "uq_organisation_siret",
            "collectivity",
            "siret",
            unique=True,
            postgresql_where=text("status <> 'closed'"),
        ),
        Index(
            "uq_organisation_rna",
            "collectivity",
            "rna",
            unique=True,
            postgresql_where=text("status <> 'closed'"),
        ),
        Index("ix_organisation_created", "collectivity", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(TEXT)
    kind: Mapped[str] = mapped_column(TEXT)
    status: Mapped[str] = mapped_column(TEXT)
    siret: Mapped[str | None] = searchable(TEXT)
    rna: Mapped[str | None] = mapped_column(TEXT)
    name: Mapped[str] = searchable(TEXT)
    legal_form: Mapped[str] = mapped_column(TEXT)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    evidence: Mapped[str | None] = mapped_column(TEXT)
    verified_at: Mapped[datetime | None] = mapped_column(INSTANT)
    closed_at: Mapped[datetime | None] = mapped_column(INSTANT)


class OrganisationMemberRow(Base):
    """A member, or an invitation that waits: of the invited address nothing is kept but its blind index."""

    __tablename__ = "organisation_member"
    __table_args__ = (
        CheckConstraint("role IN ('representative', 'member')", name="role"),
        Index(
            "uq_organisation_member_person",
            "organisation",
            "person",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_organisation_member_organisation", "organisation", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(TEXT)
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(TEXT)
    invited_by: Mapped[UUID | None]
    invited_email_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    offer_ends_at: Mapped[datetime | None] = mapped_column(INSTANT)
    accepted_at: Mapped[datetime | None] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)
