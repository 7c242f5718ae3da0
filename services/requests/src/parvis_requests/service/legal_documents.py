# SPDX-License-Identifier: EUPL-1.2
"""The receipt of a request."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Text
from parvis_requests.db import catalogue, requests
from parvis_requests.domain.calendar import Delay, Holidays
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
