# SPDX-License-Identifier: EUPL-1.2
"""People register for a public meeting without an account: by an address that they confirm, by the link of a mail.

Their place is held until then, for a bounded time. Each is a person of their own, with a key of their own that is
destroyed with the registration; whoever knows an address learns nothing by asking for it again.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.locale import Language
from parvis_kit.messaging import outbox
from parvis_participation import meeting_events
from parvis_participation.db import mailboxes, meeting_guests, meeting_registrations, meetings, processes
from parvis_participation.db.meeting_guest_tables import MeetingGuest, MeetingGuestMail
from parvis_participation.db.meeting_tables import Meeting, MeetingRegistration
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.mailbox import mailbox_of
from parvis_participation.domain.meeting import MeetingState, check_registering
from parvis_participation.domain.meeting_errors import AccountNeededError, MeetingStateError, TooManyGuestsError
from parvis_participation.domain.meeting_guest import DAY, HOUR, check_held, may_send, may_write
from parvis_participation.service.register_for_meeting import (
    NAME,
    give_back,
    move_up,
    next_state,
    take_place,
    times_of,
    waiting_before,
)

EMAIL: Final = "meeting_guest.email"
TOKEN: Final = "meeting_guest.token"  # noqa: S105 - what the sealed column is bound to
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Guests:
    """What it needs: keys, the index of addresses, how long a place is held, and how many may register in an hour."""

    persons: PersonKeys
    index: BlindIndex
    held: timedelta
    an_hour: int


@dataclass(frozen=True, slots=True)
class NewGuest:
    """Somebody without an account: the name for the door, and where they are written to, in which language."""

    name: str
    email: str
    language: Language


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody reads by their link; ``waiting_before`` is 0 with a place."""

    meeting: Meeting
    confirmed: bool
    waiting: bool
    waiting_before: int


@dataclass(frozen=True, slots=True)
class Reached:
    """Where somebody is written to; ``token`` is the secret of their link."""

    email: str
    language: str
    token: str
    confirmed: bool
    confirm_before: datetime


async def register_guest(
    session: AsyncSession, collectivity: str, meeting_id: UUID, new: NewGuest, guests: Guests, *, now: datetime
) -> None:
    """Hold a place, or one to wait on, and have the address confirmed; of one that has registered, only the latter.

    Raises NotFoundError, RegistrationClosedError, AccountNeededError, MeetingFullError or TooManyGuestsError.
    """
    row = await meetings.one(session, collectivity, meeting_id, public=True, lock=True)
    if processes.whom_within(await processes.of_part(session, row.id)) is not None:
        raise AccountNeededError
    check_registering(MeetingState(row.state), times_of(row), now)
    # Before the address is looked up: who knows one would be told by what is refused whether it has registered.
    if await meeting_guests.asked_since(session, collectivity, now - HOUR, guests.an_hour) >= guests.an_hour:
        raise TooManyGuestsError
    check_held(row.places, await meeting_guests.held(session, row.id))
    await next_state(session, row)
    address = guests.index.of("meeting_guest.address", new.email.casefold())
    mailbox = guests.index.of("meeting_guest.mailbox", mailbox_of(new.email))
    await mailboxes.take_turn(session, mailbox)
    if not may_write(await meeting_guests.mails_since(session, mailbox, now - DAY)):
        return  # Who asks is not told: it would say that others have left this address. Nor is a place held in vain.
    guest = await meeting_guests.by_address(session, row.id, address)
    if guest is not None and _over(guest, now):
        await _release(session, row, guest, guests.persons, now)
        guest = None
    if guest is None:
        guest = await _made(session, row, new, address, guests, now)
    elif not may_send(guest.sent, guest.sent_at, now):
        return
    await _ask(session, row, guest, mailbox, guests.held, now)


async def read_standing(session: AsyncSession, token: str, *, now: datetime) -> Standing:
    """How things stand, which changes nothing: programs open links to look; raises NotFoundError."""
    guest = _good(await meeting_guests.by_digest(session, digest_of(token)), now)
    row = await meetings.one(session, guest.collectivity, guest.meeting_id, public=True)
    return await _standing(session, row, guest)


async def confirm_guest(session: AsyncSession, token: str, *, now: datetime) -> Standing:
    """Keep the place that was held; however often, it is done once. Raises NotFoundError."""
    row, guest = await _locked(session, token, now)
    if guest.confirmed_at is None:
        guest.confirmed_at = now
        mine = await _registration(session, row, guest.person)
        mine.held = False
        await session.flush()
        await _tell_missed(session, mine, now)
        await move_up(session, row, now)
    return await _standing(session, row, guest)


async def withdraw_guest(session: AsyncSession, token: str, persons: PersonKeys, *, now: datetime) -> Meeting:
    """Give the place back before the meeting begins, and forget whose it was.

    The key goes before the rows do: where that is interrupted, the place of somebody erased is given back all the same.
    Raises NotFoundError, or MeetingStateError of what has begun.
    """
    row, guest = await _locked(session, token, now)
    if row.begins_at <= now:
        raise MeetingStateError
    await _release(session, row, guest, persons, now)
    return row


async def read_guest(session: AsyncSession, collectivity: str, person: UUID, persons: PersonKeys) -> Reached:
    """Where somebody is written to, for the service that writes; raises NotFoundError, also of who was erased."""
    guest = await meeting_guests.of_person(session, collectivity, person)
    try:
        key = await persons.of(person)
    except KeyDestroyedError as error:
        raise NotFoundError from error
    email, token = key.open(EMAIL, guest.email), key.open(TOKEN, guest.token)
    return Reached(email, guest.language, token, guest.confirmed_at is not None, guest.confirm_before)


async def release_held(database: Database, persons: PersonKeys, now: datetime) -> int:
    """Give back places that nobody confirmed in time, and forget which mails went a day ago; returns how many places.

    Who confirmed or withdrew since they were looked up is left alone.
    """
    done = 0
    async with database.reading() as session:
        late = [
            (row.collectivity, row.meeting_id, row.digest) for row in await meeting_guests.late(session, now, _BATCH)
        ]
    for collectivity, meeting_id, digest in late:
        async with database.unit_of_work() as uow:
            row = await meetings.one(uow.session, collectivity, meeting_id, lock=True)
            with suppress(NotFoundError):
                guest = await meeting_guests.by_digest(uow.session, digest)
                if _over(guest, now):
                    await _release(uow.session, row, guest, persons, now)
                    done += 1
            await uow.commit()
    async with database.unit_of_work() as uow:
        await meeting_guests.forget_mails(uow.session, now - DAY)
        await uow.commit()
    return done


def digest_of(token: str) -> bytes:
    """What is kept of a link's secret to find it by; that has 256 bits, so nobody tries it."""
    return sha256(token.encode()).digest()


async def _made(
    session: AsyncSession, row: Meeting, new: NewGuest, address: bytes, guests: Guests, now: datetime
) -> MeetingGuest:
    state, person, token = await take_place(session, row), uuid4(), secrets.token_urlsafe(32)
    key = await guests.persons.of(person)
    of_meeting = {"collectivity": row.collectivity, "meeting_id": row.id, "person": person, "created_at": now}
    guest = MeetingGuest(
        **of_meeting,
        address=address,
        email=key.seal(EMAIL, new.email),
        language=new.language,
        token=key.seal(TOKEN, token),
        digest=digest_of(token),
        sent=0,
        sent_at=now,
        confirm_before=min(now + guests.held, row.begins_at),
    )
    name = key.seal(NAME, new.name)
    session.add_all([guest, MeetingRegistration(id=uuid7(), **of_meeting, name=name, state=state, held=True)])
    await session.flush()
    return guest


async def _ask(
    session: AsyncSession, row: Meeting, guest: MeetingGuest, mailbox: bytes, held: timedelta, now: datetime
) -> None:
    """One mail more, which gives them as long as the first did."""
    guest.sent, guest.sent_at = guest.sent + 1, now
    guest.confirm_before = min(now + held, row.begins_at)
    about = {"collectivity": row.collectivity, "address": mailbox, "registers": guest.sent == 1}
    session.add(MeetingGuestMail(id=uuid7(), **about, sent_at=now))
    await session.flush()
    mine = await _registration(session, row, guest.person)
    await outbox.add(session, meeting_events.confirmation_asked(mine, guest.sent, row.begins_at, now))


async def _release(
    session: AsyncSession, row: Meeting, guest: MeetingGuest, persons: PersonKeys, now: datetime
) -> None:
    """Give a place back and forget whose it was; the caller holds the meeting's row."""
    person = guest.person
    await give_back(session, row, await _registration(session, row, person), now)
    await persons.destroy(person)


async def _locked(session: AsyncSession, token: str, now: datetime) -> tuple[Meeting, MeetingGuest]:
    """The meeting's row first, as whoever registers holds it; raises NotFoundError."""
    found = await meeting_guests.by_digest(session, digest_of(token))
    row = await meetings.one(session, found.collectivity, found.meeting_id, public=True, lock=True)
    return row, _good(await meeting_guests.by_digest(session, found.digest), now)


async def _tell_missed(session: AsyncSession, mine: MeetingRegistration, now: datetime) -> None:
    """Tell of another time or place that the others were told of while that place was held.

    Its row is locked: nobody is telling it at this moment, and what is still to tell finds this one by itself.
    """
    news = await meetings.latest_change(session, mine.meeting_id, mine.created_at)
    if news is not None and (news.told_at or (news.told_after and news.told_after >= mine.id)):
        await outbox.add(session, meeting_events.news_told(news, mine, now))


async def _registration(session: AsyncSession, row: Meeting, person: UUID) -> MeetingRegistration:
    mine = await meeting_registrations.mine(session, row.id, person)
    if mine is None:
        raise NotFoundError
    return mine


async def _standing(session: AsyncSession, row: Meeting, guest: MeetingGuest) -> Standing:
    mine = await _registration(session, row, guest.person)
    before = await waiting_before(session, mine)
    return Standing(row, guest.confirmed_at is not None, mine.state == "waiting", before)


def _good(guest: MeetingGuest, now: datetime) -> MeetingGuest:
    if _over(guest, now):
        raise NotFoundError
    return guest


def _over(guest: MeetingGuest, now: datetime) -> bool:
    return guest.confirmed_at is None and guest.confirm_before <= now
