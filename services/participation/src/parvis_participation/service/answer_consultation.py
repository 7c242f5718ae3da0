# SPDX-License-Identifier: EUPL-1.2
"""A citizen answers a consultation, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.web.idempotency import IdempotentCall
from parvis_participation import events
from parvis_participation.db import consultations, processes
from parvis_participation.db.hot import Answering, NewAnswer
from parvis_participation.domain.process import Act
from parvis_participation.outgoing.roll_keys import RollKeys, Scrutiny
from parvis_participation.service.check_audience import check_within
from parvis_participation.service.follow_process import check_phase
from parvis_participation.service.support_proposal import Supporter


@dataclass(frozen=True, slots=True)
class AnswerConsultation:
    """Who answers what; ``acr`` is the level at which the person signed in."""

    collectivity: str
    consultation_id: UUID
    person: UUID
    option: str
    acr: str | None


async def answer_consultation(
    command: AnswerConsultation,
    call: IdempotentCall,
    seal_answer: Callable[[NewAnswer], bytes],
    *,
    database: Database,
    answering: Answering,
    roll_keys: RollKeys,
    now: datetime,
) -> NewAnswer:
    """Store the answer, its event and the record of the call in one statement.

    Where its process is for verified people, one person counts once, whatever their accounts.

    Raises NotFoundError, NotOpenError, ProcessPhaseError, UnknownOptionError or AlreadyAnsweredError, or as
    :func:`check_within`, and nothing is stored; or ReplayedError, which carries the first answer to the same call.
    """
    who = Supporter(command.collectivity, command.person, command.acr)
    async with database.reading() as session:
        row = await consultations.one(session, command.collectivity, command.consultation_id, published=True)
        within = processes.whom_within(await check_phase(session, row.id, Act.ANSWER_CONSULTATION, now))
    await check_within(who, within, database=database, roll_keys=roll_keys, now=now)
    key = None
    if within is not None and within.counts_people:
        key = (await roll_keys.of(row.id, command.person, kind=Scrutiny.CONSULTATION)).key
    consultation = consultations.entity(row)
    consultation.check_answer(command.option, now)
    new = NewAnswer(
        id=uuid7(),
        collectivity=command.collectivity,
        consultation_id=consultation.id,
        person=command.person,
        option=command.option,
        at=now,
        person_key=key,
    )
    await answering.store(new, call, seal_answer(new), events.answered(new.id, consultation, now))
    return new
