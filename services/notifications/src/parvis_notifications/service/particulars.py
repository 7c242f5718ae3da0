# SPDX-License-Identifier: EUPL-1.2
"""What a message says beside its reference, as the owner of the request or appointment knows it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from parvis_notifications.db.chat_tables import ChatAddress
from parvis_notifications.db.notices import ClaimedNotice
from parvis_notifications.domain.invitation import Invitation
from parvis_notifications.domain.languages import shipped
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.message_template import Content
from parvis_notifications.domain.notice import day_of, end_of, last_day
from parvis_notifications.domain.preferences import Preferences, Reach
from parvis_notifications.domain.topic import TOPICS, Topic
from parvis_notifications.outgoing.owner_answers import Appointment, Contact, Receipt
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.templates import spoken_day, spoken_time

_FOLLOWED: Final = frozenset(
    {Template.FOLLOWED_REQUEST_MOVED, Template.FOLLOWED_REQUEST_MERGED, Template.FOLLOWED_REQUEST_PARTED}
)


class NeverError(Exception):
    """The notice cannot become a message; the argument is a stable kebab-case reason."""


class OvertakenError(Exception):
    """What the notice would tell is no longer so: a later one tells what is."""


@dataclass(frozen=True, slots=True)
class Told:
    """The values of a template, what its mail puts into a calendar if anything, and until when anybody needs it.

    ``secret_link`` is where its mail leads in the place of the inbox's link; ``tracked`` is the request, by its id and
    reference, by which who has no account comes back to an appointment.
    """

    values: dict[str, str]
    invitation: Invitation | None = None
    useless_at: datetime | None = None
    secret_link: str | None = None
    tracked: tuple[UUID, str] | None = None


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the owners know, and how the person wants to be told.

    ``secret_link`` is what the mail has instead of the inbox's link, ``sms`` all that the text message says.
    """

    contact: Contact
    language: str
    told: Told
    preferences: Preferences
    reach: Reach
    secret_link: str | None = None
    override: Content | None = None
    sms: str | None = None
    chat: ChatAddress | None = None


async def particulars(owners: Owners, notice: ClaimedNotice, language: str, clock: ZoneInfo) -> Told:
    """What the notice's template says in that language (BCP 47): its days, and its times by the town's clocks.

    Owners word the rest in the language of the platform's that is nearest.

    Raises NeverError where the owner knows of no such thing, OvertakenError where it has changed since, or
    UnreachableError while the owner does not answer.
    """
    if TOPICS[Template(notice.template)] is Topic.APPOINTMENTS:
        return await _appointment(owners, notice, language, clock)
    if TOPICS[Template(notice.template)] is Topic.PARTICIPATION:
        # Everything else is read where the message leads to: reasons, agendas, answers.
        at = notice.effective_at
        return Told({} if at is None else {"time": spoken_time(at, language, clock)}, useless_at=at)
    if notice.template == Template.SATISFACTION_ASKED:
        link = await owners.survey_link(notice.request_id, notice.collectivity, shipped(language))
        if link is None:
            raise OvertakenError  # it goes on, or nobody could be asked in time
        return Told(await _request(owners, notice, language), secret_link=link)
    if notice.template == Template.VALIDITY_REMINDER:
        return await _validity(owners, notice, language)
    values = await _request(owners, notice, language)
    if notice.template in _FOLLOWED:
        # Who has an account follows there; the others by their mails alone.
        return Told(values, secret_link=await owners.follow_link(notice.request_id, notice.person, notice.collectivity))
    return Told(values)


async def _validity(owners: Owners, notice: ClaimedNotice, language: str) -> Told:
    found = await owners.validity(notice.request_id, notice.collectivity, shipped(language))
    if found is None:
        raise OvertakenError  # taken back, or given another day that is over
    day = spoken_day(found.valid_until_on, language)
    values = {"reference": notice.reference, "asked": found.request_type.label, "day": day}
    return Told(values, useless_at=end_of(found.valid_until_on))


async def _request(owners: Owners, notice: ClaimedNotice, language: str) -> dict[str, str]:
    values = {"reference": notice.reference}
    if notice.effective_at is not None:
        values["day"] = spoken_day(last_day(notice.effective_at), language)
    if notice.reply_id is not None:
        reply = await owners.reply_text(notice.request_id, notice.reply_id, shipped(language))
        if reply is None:
            raise NeverError("reply-unknown")
        values["reply"] = reply
    match notice.template:
        case Template.REQUEST_SUBMITTED:
            receipt = await owners.receipt(notice.request_id, notice.collectivity, shipped(language))
            if receipt is None:
                raise NeverError("request-unknown")
            values |= _said(receipt, language)
        case Template.REQUEST_MOVED | Template.REQUEST_REPLIED | Template.REQUEST_DEEMED_REJECTED:
            step = await owners.step(notice.request_id, notice.sequence, notice.collectivity, shipped(language))
            if step is None:
                raise NeverError("request-unknown")
            values |= {
                "asked": step.request_type.label,
                "status": step.status.label,
                "remedies": "\n\n".join(step.remedies),
            }
        case Template.APPEAL_LODGED | Template.APPEAL_DECIDED:
            appeal = await owners.appeal(notice.request_id, notice.sequence, notice.collectivity, shipped(language))
            if appeal is None:
                raise OvertakenError
            values |= {
                "asked": appeal.request_type.label,
                "kind": appeal.kind.label,
                "reason": appeal.reasons or "",
                "statements": "\n\n".join(appeal.statements),
            }
    return values


def _said(receipt: Receipt, language: str) -> dict[str, str]:
    contact = receipt.contact
    reached = (f"{contact.name} ({contact.team})", contact.postal_address, contact.email, contact.phone)
    return {
        "asked": receipt.request_type.label,
        "received": spoken_day(day_of(receipt.received_at), language),
        "service": "\n".join(line for line in reached if line),
        "statements": "\n\n".join(receipt.statements),
    }


async def _appointment(owners: Owners, notice: ClaimedNotice, language: str, clock: ZoneInfo) -> Told:
    found = await owners.appointment(notice.request_id, notice.collectivity, shipped(language))
    if found is None:
        raise NeverError("appointment-unknown")
    offered = notice.template == Template.APPOINTMENT_OFFERED
    reminding = notice.template == Template.APPOINTMENT_REMINDER
    if found.version > notice.sequence or (reminding and found.starts_at <= datetime.now(UTC)):
        raise OvertakenError
    values = {
        "asked": found.kind.label,
        "time": spoken_time(found.starts_at, language, clock),
        "place": f"{found.agenda.place}, {found.agenda.label}",
        "instructions": found.instructions,
        "changes": spoken_time(found.changes_end_at, language, clock),
        "reason": found.reason or "",
    }
    if offered:
        # Nothing for a calendar yet; whoever reads of it later has nothing to answer.
        ends_at = found.offer_ends_at
        if ends_at is None or ends_at <= datetime.now(UTC):
            raise OvertakenError
        values["until"] = spoken_time(ends_at, language, clock)
        return Told(values, useless_at=ends_at, tracked=_tracked(found))
    told = Told(values, useless_at=found.starts_at) if reminding else Told(values, _invitation(notice, found))
    return replace(told, tracked=_tracked(found))


def _tracked(found: Appointment) -> tuple[UUID, str] | None:
    return (found.request_id, found.tracked_reference) if found.request_id and found.tracked_reference else None


def _invitation(notice: ClaimedNotice, found: Appointment) -> Invitation:
    return Invitation(
        uid=str(notice.request_id),
        sequence=found.version - 1,
        cancelled=found.state == "cancelled",
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        stamped_at=found.updated_at,
        summary=found.kind.label,
        description=found.instructions,
        location=f"{found.agenda.place}, {found.agenda.label}",
    )
