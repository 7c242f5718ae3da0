# SPDX-License-Identifier: EUPL-1.2
"""The refusal that a request stands in, as whoever contests it finds it."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import appeals, reporters
from parvis_requests.db.tables import Appeal
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.appeal import Contested
from parvis_requests.domain.appeal_errors import NothingToContestError
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.remedy import Refusal
from parvis_requests.domain.request import NOBODY
from parvis_requests.service.catalogue_file import ContactSeed
from parvis_requests.service.form import Form
from parvis_requests.service.keep_reporter import address_of

_INSTANT: Final = timedelta(microseconds=1)


async def contested_decision(
    session: AsyncSession, row: Row, form: Form, contact: ContactSeed, *, persons: PersonKeys
) -> Contested:
    """What is contested now; raises NothingToContestError where the request was not refused."""
    refusal, act = form.refusal(row.status), await appeals.decision_of(session, row)
    if refusal is None or act is None:
        raise NothingToContestError
    silent = refusal is Refusal.SILENT
    return Contested(
        sequence=act.sequence,
        refusal=refusal,
        # Silence decides with the last day of the period, at whose end it is recorded.
        on=day_of(act.at - _INSTANT) if silent else day_of(act.at),
        decided_by=act.actor if act.by_agent and act.actor != NOBODY else None,
        told=await _told(session, row, contact, silent=silent, persons=persons),
        to_court=goes_to_court(form),
    )


def as_contested(appeal: Appeal, form: Form) -> Contested:
    """The refusal as it was when the appeal came."""
    return Contested(
        sequence=appeal.contested,
        refusal=Refusal(appeal.refusal),
        on=appeal.refused_on,
        decided_by=appeal.decider,
        told=appeal.refusal_told,
        to_court=goes_to_court(form),
    )


def goes_to_court(form: Form) -> bool:
    """Whether the court comes next; not where the advice of the CADA must be asked for (article L342-1 of the CRPA)."""
    return not (form.definition.legal and form.definition.legal.remedy == "cada")


async def _told(session: AsyncSession, row: Row, contact: ContactSeed, *, silent: bool, persons: PersonKeys) -> bool:
    """Whether the remedies were told: with a refusal, which names the court, or beforehand by a complete receipt."""
    if not (contact.complete if silent else contact.court):
        return False
    if silent and await appeals.came_from_elsewhere(session, row.id):
        return False
    if await reporters.of(session, row.collectivity, row.author) is None:
        return True
    address = await address_of(session, row.author, row.collectivity, persons=persons)
    return address is not None and address.email is not None
