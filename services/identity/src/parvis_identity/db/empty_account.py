# SPDX-License-Identifier: EUPL-1.2
"""Leave of an erased account nothing but its id: the row stays, so that what comes late finds that it was erased."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import (
    KnownDeviceRow,
    LocalAccountRow,
    MailLinkRow,
    PasskeyRow,
    RecoveryCodeRow,
    TotpRow,
)
from parvis_identity.db.behalf_tables import ActOnBehalfRow, AssistanceRow, HouseholdChildRow, MandateRow
from parvis_identity.db.import_tables import ImportedAccountRow
from parvis_identity.db.organisation_tables import OrganisationMemberRow
from parvis_identity.db.profile_tables import EmailChangeRow, PhoneCodeRow, PostalAddressRow
from parvis_identity.db.reconciliation_tables import IdentityProofRow
from parvis_identity.db.tables import ConsentRow, IdentityLinkRow, MembershipRow, PersonRow
from parvis_identity.domain.person import Identity

# The account of our own comes last: devices, the second factor and codes on paper refer to it.
_OWN = (
    ConsentRow, EmailChangeRow, PhoneCodeRow, PostalAddressRow, PasskeyRow, IdentityLinkRow, IdentityProofRow,
    KnownDeviceRow, TotpRow, RecoveryCodeRow, ActOnBehalfRow, LocalAccountRow,
)  # fmt: skip


async def empty(session: AsyncSession, person: UUID, now: datetime) -> int | None:
    """Remove all that is about the person; returns the account's version then, None where it was erased before.

    Safe to repeat: what somebody wrote meanwhile who had read the account before goes, too.
    """
    indexes: Any = union(
        select(LocalAccountRow.email_index).where(LocalAccountRow.person == person),
        select(PersonRow.email_index).where(PersonRow.id == person, PersonRow.email_index.is_not(None)),
    )
    await _execute(session, delete(MailLinkRow).where(MailLinkRow.email_index.in_(indexes)))
    for table in _OWN:
        await _execute(session, delete(table).where(table.person == person))
    await _end(session, person, now)
    blank: dict[str, Any] = dict.fromkeys(
        (*Identity.__dataclass_fields__, "email_index", "email_verified_at", "phone_verified_at")
    )
    version: int | None = await session.scalar(
        update(PersonRow)
        .where(PersonRow.id == person, PersonRow.erased_at.is_(None))
        .values(version=PersonRow.version + 1, updated_at=now, erased_at=now, own=[], **blank)
        .returning(PersonRow.version)
        .execution_options(synchronize_session=False)
    )
    return version


async def standing(session: AsyncSession, after: UUID, limit: int) -> dict[UUID, str]:
    """The accounts that were not erased, after that id in their order, with where each has registered."""
    wanted = select(PersonRow.id, PersonRow.collectivity).where(PersonRow.id > after, PersonRow.erased_at.is_(None))
    rows = await session.execute(wanted.order_by(PersonRow.id).limit(limit))
    return dict(rows.tuples().all())


async def _end(session: AsyncSession, person: UUID, now: datetime) -> None:
    """What others had part in ends, and keeps their ids: they can see that it was, and tokens that it is over."""
    either = or_(MandateRow.mandator == person, MandateRow.mandatary == person)
    family = or_(HouseholdChildRow.parent == person, HouseholdChildRow.child == person)
    for statement in (
        delete(HouseholdChildRow).where(family),
        # The keyed hash of the town's own identifier stays: a file sent again brings nobody back who was erased.
        update(ImportedAccountRow).where(ImportedAccountRow.person == person).values(email_index=b"", details=None),
        update(MandateRow).where(either, MandateRow.ended_at.is_(None)).values(ended_at=now, code_hash=None),
        update(AssistanceRow).where(AssistanceRow.person == person).values(reason=b""),
        update(AssistanceRow)
        .where(AssistanceRow.person == person, AssistanceRow.ended_at.is_(None))
        .values(ended_at=now),
        update(OrganisationMemberRow)
        .where(OrganisationMemberRow.person == person, OrganisationMemberRow.ended_at.is_(None))
        .values(ended_at=now, code_hash=None, invited_email_index=None),
        # What a directory or an invitation found them by.
        update(MembershipRow)
        .where(MembershipRow.person == person)
        .values(invited_email_index=None, user_name_index=None, external_id_index=None, profile=None),
        update(MembershipRow)
        .where(MembershipRow.person == person, MembershipRow.ended_at.is_(None))
        .values(ended_at=now),
    ):
        await _execute(session, statement)


async def _execute(session: AsyncSession, statement: Any) -> None:
    await session.execute(statement.execution_options(synchronize_session=False))
