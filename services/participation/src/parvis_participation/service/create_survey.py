# SPDX-License-Identifier: EUPL-1.2
"""An agent prepares a survey, changes it until it opens, publishes it, closes it early, and releases its results."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import surveys
from parvis_participation.db.survey_tables import Survey as Row
from parvis_participation.domain.errors import StaleVersionError
from parvis_participation.domain.survey import Identification, Release, SurveyAction
from parvis_participation.domain.survey_errors import LinkByNameError
from parvis_participation.domain.survey_form import check_files, check_form, questions_of


@dataclass(frozen=True, slots=True)
class SurveyDraft:
    """What is asked, of whom, and when; texts by language. Answers on paper are entered until ``paper_closes_at``.

    With ``open_link``, people answer it without an account, too, by a link that the town hands out.
    """

    title: dict[str, str]
    description: dict[str, str]
    form: dict[str, Any]
    identification: Identification
    release: Release
    opens_at: datetime
    closes_at: datetime
    paper_closes_at: datetime
    open_link: bool = False


async def create_survey(session: AsyncSession, collectivity: str, draft: SurveyDraft, *, now: datetime) -> Row:
    """A draft, in the caller's transaction; raises BadPeriodError, FormError or LinkByNameError."""
    row = Row(id=uuid7(), collectivity=collectivity, version=1, created_at=now)
    _write(row, draft)
    surveys.entity(row)
    _check(row)
    session.add(row)
    await session.flush()
    return row


async def change_survey(
    session: AsyncSession, collectivity: str, survey_id: UUID, draft: SurveyDraft, *, version: int, now: datetime
) -> Row:
    """The same survey otherwise, until it opens: nobody answers another one than those before.

    Raises NotFoundError, StaleVersionError, SurveyFrozenError, BadPeriodError, FormError or LinkByNameError.
    """
    row = await _seen(session, collectivity, survey_id, version)
    surveys.entity(row).check_changeable(now)
    _write(row, draft)
    # What is published opens later than now: it would have been answered by another form.
    surveys.entity(row).check_changeable(now)
    _check(row)
    row.version += 1
    await session.flush()
    return row


async def act_on_survey(
    session: AsyncSession, collectivity: str, survey_id: UUID, action: SurveyAction, *, version: int, now: datetime
) -> Row:
    """Do it, in the caller's transaction, to the version that the agent saw; the worker tells the others.

    Raises NotFoundError, TransitionError, or StaleVersionError when somebody acted meanwhile.
    """
    row = await _seen(session, collectivity, survey_id, version)
    surveys.keep(row, surveys.entity(row).after(action, now))
    if action is SurveyAction.RENEW_LINK:
        row.link_token = _new_link()
    await session.flush()
    return row


async def _seen(session: AsyncSession, collectivity: str, survey_id: UUID, version: int) -> Row:
    row = await surveys.locked(session, collectivity, survey_id)
    if row.version != version:
        raise StaleVersionError
    return row


def _write(row: Row, draft: SurveyDraft) -> None:
    told = asdict(draft)
    # The link that is printed already stays good while the survey is prepared.
    row.link_token = (row.link_token or _new_link()) if told.pop("open_link") else None
    for name, value in told.items():
        setattr(row, name, value)


def _new_link() -> str:
    return secrets.token_urlsafe(16)


def _check(row: Row) -> None:
    if row.link_token is not None and row.identification != Identification.ANONYMOUS:
        raise LinkByNameError
    check_form(row.form)
    if row.identification == Identification.ANONYMOUS:
        check_files(questions_of(row.form))
