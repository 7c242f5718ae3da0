# SPDX-License-Identifier: EUPL-1.2
"""Somebody writes a petition, changes it until it is decided on, and takes it back until a threshold is reached."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_participation import petition_events
from parvis_participation.db import comments, merged_accounts, petitions, tellings
from parvis_participation.db.petition_tables import Petition as Row
from parvis_participation.domain.errors import PetitionStateError, StaleVersionError, TooManyError
from parvis_participation.domain.petition import PetitionState, check_author, check_state, newly_reached
from parvis_participation.service.deposit_project import Author

DAILY: Final = 5
"""How many petitions one person may write within a day."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A petition in its author's words."""

    title: str
    description: str


async def submit_petition(session: AsyncSession, author: Author, wording: Wording, *, now: datetime) -> Row:
    """Ask for it to be admitted, in the caller's transaction; nobody else reads it yet. Raises TooManyError."""
    person = await merged_accounts.standing(session, author.person)
    await comments.one_at_a_time(session, person)
    if await petitions.written_since(session, person, now - timedelta(days=1)) >= DAILY:
        raise TooManyError
    row = Row(
        id=uuid7(),
        collectivity=author.collectivity,
        person=person,
        title=wording.title,
        description=wording.description,
        state=PetitionState.SUBMITTED,
        verified=True,
        thresholds=[],
        reached=0,
        version=1,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    await outbox.add(session, petition_events.petition_submitted(row, now))
    return row


async def edit_petition(
    session: AsyncSession, author: Author, petition_id: UUID, wording: Wording, *, version: int
) -> Row:
    """Write it otherwise until it is decided on: what people sign is what was admitted.

    Raises NotFoundError, NotAllowedError, PetitionStateError or StaleVersionError.
    """
    row = await _own(session, author, petition_id, version)
    check_state(row.state, PetitionState.SUBMITTED)
    row.title, row.description, row.version = wording.title, wording.description, row.version + 1
    await session.flush()
    return row


async def withdraw_petition(
    session: AsyncSession, author: Author, petition_id: UUID, *, version: int, now: datetime
) -> None:
    """Take its words away for good, and its signatures, of which signers are told.

    Unless so many have signed that the town owes them an answer.

    Raises as :func:`edit_petition`.
    """
    row = await _own(session, author, petition_id, version)
    check_state(row.state, PetitionState.SUBMITTED, PetitionState.OPEN)
    # The worker takes note of a threshold once a minute; the town owes the answer from the signature on.
    if row.reached or newly_reached(row.thresholds, row.reached, await petitions.number(session, row.id)):
        raise PetitionStateError
    row.title = row.description = None
    row.state, row.version = PetitionState.WITHDRAWN, row.version + 1
    await tellings.signers(session, row.id, row.person, "withdrawn", None, now)
    await petitions.take_back(session, row.id)
    await session.flush()
    await outbox.add(session, petition_events.petition_withdrawn(row, now))


async def _own(session: AsyncSession, author: Author, petition_id: UUID, version: int) -> Row:
    person = await merged_accounts.standing(session, author.person)  # first: a merge locks petitions after it
    row = await petitions.one(session, author.collectivity, petition_id, lock=True)
    check_author(row.person, person)
    if row.version != version:
        raise StaleVersionError
    return row
