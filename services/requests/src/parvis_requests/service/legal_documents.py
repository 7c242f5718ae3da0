# SPDX-License-Identifier: EUPL-1.2
"""The receipt of a request, and the attestation that silence has granted it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Text
from parvis_requests.db import catalogue, requests
from parvis_requests.domain.calendar import Delay, Holidays, day_of
from parvis_requests.domain.errors import NoImplicitDecisionError
from parvis_requests.domain.legal import Silence
from parvis_requests.domain.reception import received_at
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.catalogue_file import ContactSeed, contact_of
from parvis_requests.service.form import Form
from parvis_requests.service.tell_remedies import over_when_told

# A registration is due within one working day (article R112-11-1 of the CRPA).
_REGISTRATION: Final = Delay(1, working=True)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an acknowledgement must say; ``deemed_on`` is None where silence decides nothing, or nobody can say when.

    ``over`` where that day had passed already when the request was entered.
    """

    form: Form
    reference: str
    team: Text
    received_on: date
    received_at: datetime
    registered_at: datetime
    registration_due_at: datetime
    deemed_on: date | None
    over: bool
    contact: ContactSeed


@dataclass(frozen=True, slots=True)
class Attestation:
    """A grant by silence."""

    form: Form
    reference: str
    received_on: date
    received_at: datetime
    effective_at: datetime
    source: Text
    contact: ContactSeed

    @property
    def decided_on(self) -> date:
        """The day with which the period ended."""
        return day_of(self.effective_at - timedelta(microseconds=1))


async def read_receipt(session: AsyncSession, actor: Actor, request_id: UUID, *, catalogues: Catalogues) -> Receipt:
    """The receipt of a request that the actor may read; raises NotFoundError."""
    row = await requests.one(session, actor, request_id)
    key = requests.form_key(row)
    form = (await catalogues.forms_of(session, [key]))[key]
    town = await catalogue.collectivity(session, row.collectivity)
    request = requests.entity(row)
    clock, received = request.clock, received_at(request.received_day, row.created_at)
    return Receipt(
        form=form,
        reference=row.reference,
        team=(await catalogues.of(row.collectivity)).team_name(row.team),
        received_on=request.received_day,
        received_at=received,
        registered_at=row.created_at,
        registration_due_at=_REGISTRATION.after(received, Holidays(town.holidays)),
        deemed_on=clock.last_day(form.regime) if clock and form.regime else None,
        over=await over_when_told(session, row),
        contact=contact_of(town),
    )


async def read_attestation(
    session: AsyncSession, actor: Actor, request_id: UUID, *, catalogues: Catalogues
) -> Attestation:
    """The attestation of a request that silence has granted; raises NotFoundError or NoImplicitDecisionError."""
    row = await requests.one(session, actor, request_id)
    key = requests.form_key(row)
    form = (await catalogues.forms_of(session, [key]))[key]
    legal = form.definition.legal
    if legal is None or legal.silence is not Silence.ACCEPTED:
        raise NoImplicitDecisionError
    effective_at = await requests.decided_by_silence_at(session, row.id, legal.action)
    if effective_at is None:
        raise NoImplicitDecisionError
    town = await catalogue.collectivity(session, row.collectivity)
    day = requests.entity(row).received_day
    received = received_at(day, row.created_at)
    return Attestation(form, row.reference, day, received, effective_at, legal.source, contact_of(town))
