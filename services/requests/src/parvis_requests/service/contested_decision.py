# SPDX-License-Identifier: EUPL-1.2
"""The refusal that a request stands in, as whoever contests it finds it.

Whether its remedies were told is what was kept with it, not what would be told today: no time limit runs against who
was not told (article R421-5 of the code of administrative justice; L112-6 of the CRPA), nor where nobody knows.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import appeals
from parvis_requests.db.tables import Appeal
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.appeal import Contested
from parvis_requests.domain.appeal_errors import NothingToContestError
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.remedy import Refusal
from parvis_requests.domain.request import NOBODY
from parvis_requests.service.form import Form

_INSTANT: Final = timedelta(microseconds=1)


async def contested_decision(session: AsyncSession, row: Row, form: Form) -> Contested:
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
        told=bool(act.remedies_told),
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
