# SPDX-License-Identifier: EUPL-1.2
"""Somebody answers the survey of a request by the link of its mail, or wants to be asked no more, of any request."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import conversation, surveys
from parvis_requests.domain.request import Actor
from parvis_requests.service.afterwards import rate_request
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.form import Form
from parvis_requests.service.survey_link import survey_at, who_is_asked


@dataclass(frozen=True, slots=True)
class Asked:
    """What a survey asks about, until when, whether it was answered, and whether its author wants no more."""

    collectivity: str
    reference: str
    form: Form
    closes_at: datetime
    answered: bool
    stopped: bool


@dataclass(frozen=True, slots=True)
class Surveys:
    """The open parts that a survey's page needs."""

    catalogues: Catalogues
    persons: PersonKeys
    index: BlindIndex


async def read_survey(session: AsyncSession, token: str, parts: Surveys, now: datetime) -> Asked:
    """How things stand; raises NotFoundError."""
    row, survey = await survey_at(session, token, parts.index, now)
    who = await who_is_asked(session, row, parts.persons, parts.index)
    return Asked(
        row.collectivity,
        row.reference,
        await form_of(session, row, parts.catalogues),
        survey.closes_at,
        answered=await conversation.satisfaction(session, row.id) is not None,
        stopped=who is not None and await surveys.refused(session, row.collectivity, who),
    )


async def answer_survey(
    session: AsyncSession, token: str, score: int, comment: str | None, parts: Surveys, now: datetime
) -> None:
    """Rate the request as its author, in the caller's transaction.

    Raises NotFoundError, AlreadyRatedError, or what says that it goes on: TransitionError, RatingClosedError.
    """
    row, _ = await survey_at(session, token, parts.index, now)
    author = Actor(row.author, row.collectivity, is_agent=False)
    await rate_request(
        session, author, row.id, score, comment, catalogues=parts.catalogues, persons=parts.persons, now=now
    )


async def stop_surveys(session: AsyncSession, token: str, parts: Surveys, now: datetime, *, stop: bool) -> None:
    """Ask its author in that collectivity no more, or again; raises NotFoundError."""
    row, _ = await survey_at(session, token, parts.index, now)
    who = await who_is_asked(session, row, parts.persons, parts.index)
    if who is None:
        return
    if stop:
        await surveys.refuse(session, row.collectivity, who, now)
    else:
        await surveys.ask_again(session, row.collectivity, who)
