# SPDX-License-Identifier: EUPL-1.2
"""An agent prepares a participatory process, publishes it, says what belongs to it, and tells news of it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_participation import process_events
from parvis_participation.db import (
    assemblies,
    budgets,
    consultations,
    conversations,
    petitions,
    polls,
    processes,
    proposals,
    surveys,
)
from parvis_participation.db.process_tables import Process as Row
from parvis_participation.db.process_tables import ProcessNews, ProcessPart
from parvis_participation.db.unverified_signatures import any_unverified, of_process
from parvis_participation.domain.audience import ProcessAudience, UnverifiedSignaturesError, VoteRunsError
from parvis_participation.domain.errors import StaleVersionError, TransitionError
from parvis_participation.domain.languages import check_texts
from parvis_participation.domain.process import PartKind, check_phases, phases_of, untold
from parvis_participation.domain.proposal import SupportersForgottenError
from parvis_participation.service.process_roll import check_frozen, empty_roll, freeze_roll, is_listed


@dataclass(frozen=True, slots=True)
class ProcessDraft:
    """What a process is; texts by language, ``area`` the code of a territory.

    ``phases`` and ``audience`` are as the API has them.
    """

    languages: list[str]
    title: dict[str, str]
    description: dict[str, str]
    area: str | None
    links: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    phases: list[dict[str, Any]]
    ends_at: datetime
    visible_to: str
    audience: dict[str, Any] | None


async def create_process(session: AsyncSession, collectivity: str, draft: ProcessDraft, *, now: datetime) -> Row:
    """A draft, in the caller's transaction.

    Raises PhasesError, RepeatedOptionError, AudienceError or LanguagesError.
    """
    row = Row(id=uuid7(), collectivity=collectivity, **asdict(draft), told_codes=[], version=1, created_at=now)
    _check(row)
    session.add(row)
    await session.flush()
    return row


async def change_process(
    session: AsyncSession, collectivity: str, process_id: UUID, draft: ProcessDraft, *, version: int
) -> Row:
    """Have it otherwise from now on.

    Raises NotFoundError, StaleVersionError, RollFrozenError where it is published and its roll would come, go, or be
    needed again after it was forgotten; SupportersForgottenError where it would go on after who supported its
    proposals was forgotten; VoteRunsError where others could vote in a secret poll of it by now;
    UnverifiedSignaturesError as :func:`add_part`; or as :func:`create_process`.
    """
    row = await _seen(session, collectivity, process_id, version)
    before = _whom(row)
    if row.published_at is not None:
        check_frozen(row, draft.audience, draft.ends_at)
        if draft.ends_at > row.ends_at and await proposals.any_forgotten(session, row.id, row.ends_at):
            raise SupportersForgottenError
    elif not is_listed(draft.audience):
        await empty_roll(session, row)
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    _check(row)
    if _whom(row) != before and await processes.vote_runs(session, row.id):
        raise VoteRunsError
    if not _counts_people(before):
        await _check_signatures(session, row, of_process(row.id))
    row.version += 1
    await session.flush()
    return row


async def publish_process(
    session: AsyncSession, collectivity: str, process_id: UUID, *, version: int, now: datetime
) -> Row:
    """Announce a draft that has not ended, and freeze its roll where it has one.

    Raises NotFoundError, StaleVersionError, TransitionError, EmptyRollError, UnverifiedSignaturesError as
    :func:`add_part`, or VoteRunsError of one that is not for all, to which a secret poll came before people could know
    for whom it is.
    """
    row = await _seen(session, collectivity, process_id, version)
    if row.published_at is not None or row.ends_at <= now:
        raise TransitionError("publish once, before the end")
    await freeze_roll(session, row, now)
    row.published_at, row.version = now, row.version + 1
    if _whom(row) is not None and await processes.vote_runs(session, row.id):
        raise VoteRunsError
    await _check_signatures(session, row, of_process(row.id))
    await session.flush()
    await outbox.add(session, process_events.process_published(row, now))
    return row


async def add_part(
    session: AsyncSession, collectivity: str, process_id: UUID, kind: PartKind, part: UUID, *, now: datetime
) -> Row:
    """Have something of the same collectivity belong to a process; asked again, nothing changes.

    Raises NotFoundError, TransitionError where it belongs to another process, or is a proposal made within one,
    VoteRunsError of a published secret poll in whose process only some take part, or UnverifiedSignaturesError of a
    petition that somebody signed whom nobody verified, in a process that tells people apart.
    """
    row = await processes.one(session, collectivity, process_id, lock=True)
    await _check_there(session, collectivity, kind, part)
    if _whom(row) is not None and await processes.is_vote_running(session, [part]):
        raise VoteRunsError
    new = ProcessPart(part=part, kind=kind, process_id=row.id, collectivity=collectivity, created_at=now)
    if not await processes.add_part(session, new):
        raise TransitionError("belongs to another process")
    await _check_signatures(session, row, [part])
    return row


async def remove_part(session: AsyncSession, collectivity: str, process_id: UUID, part: UUID) -> None:
    """Have it belong to the process no more; raises NotFoundError, or VoteRunsError as :func:`add_part`."""
    row = await processes.one(session, collectivity, process_id, lock=True)
    if _whom(row) is not None and await processes.is_vote_running(session, [part]):
        raise VoteRunsError
    await processes.remove_part(session, row.id, part)


async def tell_news(
    session: AsyncSession,
    collectivity: str,
    process_id: UUID,
    title: dict[str, str],
    words: dict[str, str],
    *,
    now: datetime,
) -> ProcessNews:
    """Publish news of a published process; the worker tells its followers.

    Raises NotFoundError or LanguagesError.
    """
    row = await processes.one(session, collectivity, process_id, published=True)
    check_texts([title, words], row.languages)
    news = ProcessNews(
        id=uuid7(), collectivity=collectivity, process_id=row.id, title=title, words=words, created_at=now
    )
    session.add(news)
    await session.flush()
    return news


async def _check_there(session: AsyncSession, collectivity: str, kind: PartKind, part: UUID) -> None:
    match kind:
        case PartKind.CONSULTATION:
            await consultations.one(session, collectivity, part)
        case PartKind.SURVEY:
            await surveys.one(session, collectivity, part)
        case PartKind.PETITION:
            await petitions.one(session, collectivity, part)
        case PartKind.POLL:
            await polls.one(session, collectivity, part)
        case PartKind.BUDGET:
            await budgets.one(session, collectivity, part, published=False)
        case PartKind.PROPOSAL:
            await _made_alone(session, collectivity, part)
        case PartKind.ASSEMBLY:
            await assemblies.one(session, collectivity, part)
        case PartKind.CONVERSATION:
            await conversations.one(session, collectivity, part)


async def _made_alone(session: AsyncSession, collectivity: str, proposal_id: UUID) -> None:
    if (await proposals.one(session, collectivity, proposal_id)).process_id is not None:
        raise TransitionError("was made within a process")


def _whom(row: Row) -> ProcessAudience | None:
    """Who takes part in what belongs to it by now; of a draft, whoever has signed in."""
    return processes.whom_within(row) if row.published_at is not None else None


def _counts_people(whom: ProcessAudience | None) -> bool:
    return whom is not None and whom.counts_people


async def _check_signatures(session: AsyncSession, row: Row, parts: Select[tuple[UUID]] | list[UUID]) -> None:
    if _counts_people(_whom(row)) and await any_unverified(session, parts):
        raise UnverifiedSignaturesError


def _check(row: Row) -> None:
    processes.audience_of(row)
    check_texts(_said(row), row.languages)
    phases = phases_of(row.phases)
    check_phases(phases, row.ends_at)
    later = untold(phases, row.told_codes)
    row.next_at = later[0].begins_at if later else None


def _said(row: Row) -> Iterator[dict[str, str]]:
    yield from (row.title, row.description)
    yield from (each["label"] for each in row.links)
    yield from (each["title"] for each in row.phases)
    for contact in row.contacts:
        yield from (contact[words] for words in ("name", "hours") if contact[words] is not None)


async def _seen(session: AsyncSession, collectivity: str, process_id: UUID, version: int) -> Row:
    row = await processes.one(session, collectivity, process_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
