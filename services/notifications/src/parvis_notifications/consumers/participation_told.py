# SPDX-License-Identifier: EUPL-1.2
"""What somebody has asked for, signed or follows in the town's participation has moved on: tell them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID, uuid5

from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

_Handle = Callable[[Event, AsyncSession], Awaitable[None]]


class PetitionMoved(EventData):
    """What is read of an event that names a petition's author."""

    petition_id: UUID
    author: UUID


class PetitionDecided(PetitionMoved):
    """What is read of a decision on a petition."""

    outcome: Literal["admitted", "refused"]


class AnswerTold(EventData):
    """What is read of the event that has one signer told of an answer."""

    petition_id: UUID
    signer: UUID


class ProcessNewsTold(EventData):
    """What is read of the event that has one follower told of news."""

    news_id: UUID
    process_id: UUID
    follower: UUID


class ProcessClosingTold(EventData):
    """What is read of the event that has one follower reminded of what ends soon."""

    closing_id: UUID
    process_id: UUID
    follower: UUID
    closes_at: AwareDatetime


class MilestoneTold(EventData):
    """What is read of the event that has one follower told what became of a proposal."""

    milestone_id: UUID
    proposal_id: UUID
    follower: UUID


class AmendmentNewsTold(EventData):
    """What is read of the event that has somebody told of an amendment of theirs, or of what they write."""

    amendment_id: UUID
    person: UUID
    subject: Literal["offered", "accepted", "rejected", "conflicting", "lapsed"]


class DiscussionNewsTold(EventData):
    """What is read of the event that has somebody told of comments on what they write, or of answers to theirs."""

    news_id: UUID
    thread: Literal["project", "consultation", "proposal"]
    subject_id: UUID
    person: UUID


class PetitionNewsTold(EventData):
    """What is read of the event that has one signer told that a petition is out of sight, or back."""

    petition_id: UUID
    signer: UUID
    subject: Literal["removed", "restored", "withdrawn"]
    ground: Literal["illegal-content", "town-rules"] | None


class MandateTold(EventData):
    """What is read of the event that a mandate has begun or is over; ``person`` is None for who has no account."""

    member_id: UUID
    assembly_id: UUID
    person: UUID | None


class SessionTold(EventData):
    """What is read of the event that has one member told of a session."""

    assembly_id: UUID
    member: UUID
    state: Literal["convened", "cancelled"]
    begins_at: AwareDatetime


class AssemblyNewsTold(EventData):
    """What is read of the event that has one follower told of an assembly."""

    news_id: UUID
    assembly_id: UUID
    follower: UUID


class MeetingNewsTold(EventData):
    """What is read of the event that has somebody told of a meeting they registered for, with an account or without."""

    news_id: UUID
    meeting_id: UUID
    subject: Literal["place-found", "changed", "cancelled", "reminder", "to-confirm"]
    registrant: UUID
    begins_at: AwareDatetime


async def _decided(event: Event, session: AsyncSession) -> None:
    data = read(PetitionDecided, event)
    admitted = data.outcome == "admitted"
    template = Template.PETITION_ADMITTED if admitted else Template.PETITION_REFUSED
    await _note(event, session, Step(template, data.author, data.petition_id, ""))


async def _reached(event: Event, session: AsyncSession) -> None:
    data = read(PetitionMoved, event)
    await _note(event, session, Step(Template.PETITION_THRESHOLD_REACHED, data.author, data.petition_id, ""))


async def _answered(event: Event, session: AsyncSession) -> None:
    data = read(PetitionMoved, event)
    await _note(event, session, _answer(data.petition_id, data.author))


async def _answer_told(event: Event, session: AsyncSession) -> None:
    data = read(AnswerTold, event)
    await _note(event, session, _answer(data.petition_id, data.signer))


async def _news(event: Event, session: AsyncSession) -> None:
    data = read(ProcessNewsTold, event)
    # Whose two accounts became one may be told of under both; the news comes once.
    once = uuid5(data.news_id, str(data.follower))
    await _note(event, session, Step(Template.PROCESS_NEWS, data.follower, data.process_id, "", once=once))


async def _closing(event: Event, session: AsyncSession) -> None:
    data = read(ProcessClosingTold, event)
    once = uuid5(data.closing_id, str(data.follower))
    told = Template.PROCESS_CLOSING, data.follower, data.process_id, ""
    await _note(event, session, Step(*told, effective_at=data.closes_at, once=once))


async def _milestone(event: Event, session: AsyncSession) -> None:
    data = read(MilestoneTold, event)
    once = uuid5(data.milestone_id, str(data.follower))
    await _note(event, session, Step(Template.PROPOSAL_MILESTONE, data.follower, data.proposal_id, "", once=once))


async def _amendment(event: Event, session: AsyncSession) -> None:
    data = read(AmendmentNewsTold, event)
    template = Template(f"amendment-{data.subject}")
    # Whose two accounts became one may be told of under both.
    once = uuid5(data.amendment_id, f"{data.subject} {data.person}")
    await _note(event, session, Step(template, data.person, data.amendment_id, "", once=once))


async def _discussion(event: Event, session: AsyncSession) -> None:
    data = read(DiscussionNewsTold, event)
    once = uuid5(data.news_id, str(data.person))
    await _note(event, session, Step(Template(f"{data.thread}-discussed"), data.person, data.subject_id, "", once=once))


async def _petition_news(event: Event, session: AsyncSession) -> None:
    data = read(PetitionNewsTold, event)
    by_law = data.ground == "illegal-content"
    removed = Template.PETITION_REMOVED_BY_LAW if by_law else Template.PETITION_REMOVED_BY_RULES
    template = removed if data.subject == "removed" else Template(f"petition-{data.subject}")
    # As of amendments; a petition is removed, given back and withdrawn once each.
    once = uuid5(data.petition_id, f"{data.subject} {data.signer}")
    await _note(event, session, Step(template, data.signer, data.petition_id, "", once=once))


def _mandate(template: Template) -> _Handle:
    async def handle(event: Event, session: AsyncSession) -> None:
        data = read(MandateTold, event)
        if data.person is not None:
            await _note(event, session, Step(template, data.person, data.assembly_id, ""))

    return handle


async def _session(event: Event, session: AsyncSession) -> None:
    data = read(SessionTold, event)
    template = Template.SESSION_CONVENED if data.state == "convened" else Template.SESSION_CANCELLED
    step = Step(template, data.member, data.assembly_id, "", effective_at=data.begins_at)
    await _note(event, session, step)


async def _assembly_news(event: Event, session: AsyncSession) -> None:
    data = read(AssemblyNewsTold, event)
    once = uuid5(data.news_id, str(data.follower))
    await _note(event, session, Step(Template.ASSEMBLY_NEWS, data.follower, data.assembly_id, "", once=once))


async def _meeting(event: Event, session: AsyncSession) -> None:
    data = read(MeetingNewsTold, event)
    template = Template(f"meeting-{data.subject}")
    step = Step(template, data.registrant, data.meeting_id, "", effective_at=data.begins_at, once=data.news_id)
    await _note(event, session, step)


def _answer(petition: UUID, person: UUID) -> Step:
    # Authors may sign their own petition, and are told of one answer all the same.
    return Step(Template.PETITION_ANSWERED, person, petition, "", once=uuid5(petition, str(person)))


async def _note(event: Event, session: AsyncSession, step: Step) -> None:
    await note_event(session, event, step, datetime.now(UTC))


HANDLERS: Final[dict[str, _Handle]] = {
    "fr.parvis.participation.petition-decided.v1": _decided,
    "fr.parvis.participation.petition-threshold-reached.v1": _reached,
    "fr.parvis.participation.petition-answered.v1": _answered,
    "fr.parvis.participation.petition-answer-told.v1": _answer_told,
    "fr.parvis.participation.process-news-told.v1": _news,
    "fr.parvis.participation.process-closing-told.v1": _closing,
    "fr.parvis.participation.proposal-milestone-told.v1": _milestone,
    "fr.parvis.participation.amendment-news-told.v1": _amendment,
    "fr.parvis.participation.discussion-news-told.v1": _discussion,
    "fr.parvis.participation.petition-news-told.v1": _petition_news,
    "fr.parvis.participation.assembly-mandate-begun.v1": _mandate(Template.MANDATE_BEGUN),
    "fr.parvis.participation.assembly-mandate-ended.v1": _mandate(Template.MANDATE_ENDED),
    "fr.parvis.participation.assembly-session-told.v1": _session,
    "fr.parvis.participation.assembly-news-told.v1": _assembly_news,
    "fr.parvis.participation.meeting-news-told.v1": _meeting,
}
"""Each leaves a notice, and raises MalformedEventError for an event that it cannot read."""
