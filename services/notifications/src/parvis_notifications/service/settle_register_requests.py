# SPDX-License-Identifier: EUPL-1.2
"""Agents settle what people ask of the register: they enter them, link them to the entry that is theirs, or refuse."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db import keyset
from parvis_kit.security.principal import Principal
from parvis_notifications.db import register, register_requests, subscribers
from parvis_notifications.db.alert_tables import RegisterEntry, RegisterRequest
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.own_entry import EntryLinkedError, OwnState, SaidEntry
from parvis_notifications.domain.subscribing import ConsentWay, NewPlace
from parvis_notifications.service.change_register import ChangedEntry, change_entry, put_back
from parvis_notifications.service.keep_register import Agreed, NewEntry, enter
from parvis_notifications.service.own_entry_told import tell_settled
from parvis_notifications.service.own_register_entry import ASKED, REFUSED, said_of

_LINKED: Final = "—"
"""The reason of what changes as an account is linked, that its person said so, or is linked no more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, in clear."""

    row: RegisterRequest
    said: SaidEntry


async def list_asked(
    session: AsyncSession,
    persons: PersonKeys,
    agent: Principal,
    position: keyset.Position | None,
    limit: int,
    now: datetime,
) -> keyset.Slice[Asked]:
    """One page of what waits, newest first, in the transaction that keeps who read it; who was erased is left out."""
    found = await register_requests.page(session, agent.collectivity, position, limit)
    register.note_access(session, agent.collectivity, agent.person, "requests", now, people=len(found.rows))
    keys = await persons.of_many({row.person for row in found.rows})
    asked = [Asked(row, said_of(keys[row.person].open(ASKED, row.content))) for row in found.rows if row.person in keys]
    return keyset.Slice(asked, found.next, found.previous)


async def accept(
    session: AsyncSession,
    persons: PersonKeys,
    index: BlindIndex,
    agent: Principal,
    request_id: UUID,
    entry_id: UUID | None,
    *,
    version: int,
    now: datetime,
) -> tuple[RegisterEntry, SaidEntry]:
    """Enter who asks, or have the entry say what they said; it is their account's from then on.

    Raises NotFoundError for either, StaleVersionError, EntryLinkedError.
    """
    row = await register_requests.locked(session, agent.collectivity, request_id)
    if row.version != version:
        raise StaleVersionError
    said = await _said(persons, row)
    mine = await register_requests.entry_of(session, row.collectivity, row.person)
    if mine is not None and mine.id != entry_id:
        raise EntryLinkedError
    if entry_id is None:
        entry = await enter(session, persons, index, agent, _new(said), now, Agreed(ConsentWay.ACCOUNT, row.asked_at))
    else:
        entry = await register.one(session, agent.collectivity, entry_id, locked=True)
        if entry.person not in {None, row.person}:
            raise EntryLinkedError
        changed = ChangedEntry(said.content, said.language, said.position, _LINKED)
        await change_entry(
            session, persons, index, agent, entry_id, changed, version=entry.version, now=now, linking=True
        )
        await subscribers.consent_by_account(session, entry_id, said.words or "", row.asked_at)
    entry.person = row.person
    register.note_access(session, row.collectivity, agent.person, "accept", now, entry=entry.id)
    occasion = Template.OWN_ENTRY_MADE if entry_id is None else Template.OWN_ENTRY_LINKED
    await tell_settled(session, row, occasion, now)
    await session.delete(row)
    await session.flush()
    return entry, said


async def refuse(
    session: AsyncSession,
    persons: PersonKeys,
    agent: Principal,
    request_id: UUID,
    reason: str,
    *,
    version: int,
    now: datetime,
) -> None:
    """Not to be entered, and why, which they read; raises NotFoundError, StaleVersionError."""
    row = await register_requests.locked(session, agent.collectivity, request_id)
    if row.version != version:
        raise StaleVersionError
    try:
        key = await persons.of(row.person)
    except KeyDestroyedError as error:
        raise NotFoundError from error
    row.state, row.reason = OwnState.REFUSED, key.seal(REFUSED, reason)
    row.version, row.settled_at, row.settled_by = version + 1, now, agent.person
    register.note_access(session, row.collectivity, agent.person, "refuse", now)
    await tell_settled(session, row, Template.OWN_ENTRY_REFUSED, now)
    await session.flush()


async def unlink(
    session: AsyncSession,
    persons: PersonKeys,
    index: BlindIndex,
    agent: Principal,
    entry_id: UUID,
    *,
    version: int,
    now: datetime,
) -> None:
    """The entry is no account's any more, where it was linked to the wrong one, and says what it said before.

    Raises as the others do.
    """
    entry = await register.one(session, agent.collectivity, entry_id, locked=True)
    if entry.version != version:
        raise StaleVersionError
    linked = entry.person is not None
    if linked and await register.linked(session, entry_id):
        await subscribers.drop_consent_by_account(session, entry_id)  # it is somebody else's
    if not (linked and await put_back(session, persons, index, agent, entry, _LINKED, now)):
        entry.version = version + 1
    entry.person = None
    register.note_access(session, entry.collectivity, agent.person, "unlink", now, entry=entry_id)
    await session.flush()


async def _said(persons: PersonKeys, row: RegisterRequest) -> SaidEntry:
    try:
        key = await persons.of(row.person)
    except KeyDestroyedError as error:
        raise NotFoundError from error
    return said_of(key.open(ASKED, row.content))


def _new(said: SaidEntry) -> NewEntry:
    content = said.content
    home = NewPlace(content["address"][:100], said.position, None, None)
    return NewEntry(content, said.language or "fr", content["email"], content["phone"], home, said.words or "")
