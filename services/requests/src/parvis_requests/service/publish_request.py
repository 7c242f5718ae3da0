# SPDX-License-Identifier: EUPL-1.2
"""An agent decides what the public is shown of a request: which words, which photos, or nothing at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey, PersonKeys
from parvis_kit.db.keyset import Position, Slice
from parvis_kit.locale import Text
from parvis_requests.db import publications, requests
from parvis_requests.db.tables import Attachment, Publication
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import NotFoundError, PublicationError, StaleVersionError, UnknownAttachmentError
from parvis_requests.domain.publicity import Publicity, Review
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogue, Catalogues
from parvis_requests.service.public_side import Content, contents_of
from parvis_requests.service.read_request import record_access
from parvis_requests.service.write_message import store_words

REASON: Final = "publication.reason"
_WAITS: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What is to be shown from now on, beside place and state; a request is hidden with a reason."""

    hidden: bool
    words: str | None
    photos: tuple[UUID, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision with its reason readable: None where none was given, or once the author was erased."""

    row: Publication
    reason: str | None


@dataclass(frozen=True, slots=True)
class Moderated:
    """A request, what of it is shown now, what could be, and all decisions, the first first."""

    row: Row
    publicity: Publicity
    content: Content
    photos: Sequence[Attachment]
    decisions: Sequence[Taken]


async def read_publication(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> Moderated:
    """What is shown of a request; the agent's look is recorded, in the caller's transaction.

    Raises NotAllowedError for anybody but an agent, NotFoundError where the public may know nothing of its type.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, request_id)
    moderated = await _moderated(session, row, await catalogues.of(row.collectivity), persons)
    await record_access(session, row, agent, now)
    return moderated


async def decide_publication(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    new: NewDecision,
    *,
    seen: int,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> Moderated:
    """Let a decision hold instead of the one before, whose number was ``seen``, in the caller's transaction.

    What was filed stays as it was. The author is told why their request is hidden (Regulation (EU) 2022/2065, article
    17). Raises NotAllowedError, NotFoundError, StaleVersionError, PublicationError where the type shows no words and no
    photos, or UnknownAttachmentError for a photo that cannot be shown.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, request_id, lock=True)
    catalogue = await catalogues.of(row.collectivity)
    publicity = _publicity(catalogue, row)
    if publicity.content is Review.NEVER and (new.words or new.photos):
        raise PublicationError
    before = await publications.decisions(session, row.id)
    if len(before) != seen:
        raise StaleVersionError
    could_be_shown = {photo.id for photo in (await publications.photos(session, [row.id])).get(row.id, ())}
    if not could_be_shown.issuperset(new.photos):
        raise UnknownAttachmentError
    key = await _key(persons, row)
    decision = Publication(
        request_id=row.id,
        number=len(before) + 1,
        collectivity=row.collectivity,
        latest=True,
        hidden=new.hidden,
        words=new.words,
        photos=list(dict.fromkeys(new.photos)),
        reason=key.seal(REASON, new.reason) if key and new.reason else None,
        agent=agent.person,
        decided_at=now,
    )
    await publications.decide(session, decision)
    await _record(session, row, agent, new, persons=persons, now=now, first=not (before and before[-1].hidden))
    await session.refresh(row)
    return await _moderated(session, row, catalogue, persons)


async def list_waiting(
    session: AsyncSession, actor: Actor, position: Position | None, limit: int, *, catalogue: Catalogue, now: datetime
) -> Slice[Row]:
    """Requests of the last 90 days whose words and photos wait for a decision, the oldest first."""
    keys = [key for key, shown in catalogue.shown.items() if shown.publicity.content is Review.AFTER_REVIEW]
    return await publications.waiting(session, for_agents(actor), keys, now - _WAITS, position, limit)


async def _record(
    session: AsyncSession,
    row: Row,
    agent: Actor,
    new: NewDecision,
    *,
    persons: PersonKeys,
    now: datetime,
    first: bool,
) -> None:
    after = requests.entity(row).after_word()
    await requests.save(session, after, now)
    requests.record(session, after, agent, "hide" if new.hidden else "publish", now, Visibility.INTERNAL)
    if new.hidden and first:
        words = Text(
            fr=f"Votre demande n'est plus montrée au public : {new.reason}",
            en=f"Your request is no longer shown to the public: {new.reason}",
        )
        try:
            await store_words(session, after.after_word(), agent, Visibility.PUBLIC, words, persons=persons, now=now)
        except KeyDestroyedError:
            return  # nobody is left to be told
    await session.flush()


async def _moderated(session: AsyncSession, row: Row, catalogue: Catalogue, persons: PersonKeys) -> Moderated:
    publicity = _publicity(catalogue, row)
    key = await _key(persons, row)
    return Moderated(
        row=row,
        publicity=publicity,
        content=(await contents_of(session, catalogue, [row]))[row.id],
        photos=(await publications.photos(session, [row.id])).get(row.id, ()),
        decisions=[
            Taken(decision, key.open(REASON, decision.reason) if key and decision.reason else None)
            for decision in await publications.decisions(session, row.id)
        ],
    )


def _publicity(catalogue: Catalogue, row: Row) -> Publicity:
    shown = catalogue.shown.get(requests.form_key(row))
    if shown is None:
        raise NotFoundError
    return shown.publicity


async def _key(persons: PersonKeys, row: Row) -> PersonKey | None:
    try:
        return await persons.of(row.author)
    except KeyDestroyedError:
        return None
