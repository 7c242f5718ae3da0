# SPDX-License-Identifier: EUPL-1.2
"""Those who write a proposal show photos with it: cleaned, described in words, and taken back when they like.

A photo is sent first, and public once its author has said what it shows: who cannot see it reads that, and no words
stand in an address. What nobody describes is forgotten after a day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_files.errors import ImageTooLargeError, NotAnImageError
from parvis_files.image import CleanImage
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_participation.db import co_authors, comments, merged_accounts, moderation, proposal_photos, proposals
from parvis_participation.db.photo_tables import ProposalPhoto as Row
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.moderation import ContentKind
from parvis_participation.domain.photo import (
    DAILY,
    LONGEST_SIDE,
    MOST,
    MOST_BYTES,
    MOST_OF_PERSON,
    PhotoGoneError,
    PhotoState,
    TooManyPhotosError,
)
from parvis_participation.domain.proposal import ProposalState, check_author, check_seen
from parvis_participation.service.clean_files import clean_photo, known, look_at
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.in_turn import in_turn
from parvis_participation.service.survey_files import Filing

MAX_BYTES: Final = 10 * 1024 * 1024
KINDS: Final = ("image/jpeg", "image/png", "image/webp")
_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Photo:
    """What is kept of a photo that came in."""

    media_type: str
    image: CleanImage

    @property
    def size(self) -> int:
        """Bytes of the photo and its thumbnail."""
        return len(self.image.content) + len(self.image.thumbnail)


async def cleaned_photo(content: bytes, filing: Filing) -> Photo:
    """What is kept of it; outside of any transaction, as it takes some time.

    Raises FileError, InfectedFileError or AntivirusAwayError.
    """
    media_type, content = await known(content)
    if media_type not in KINDS:
        raise NotAnImageError
    image = await clean_photo(content, LONGEST_SIDE)
    if len(image.content) > MOST_BYTES:
        raise ImageTooLargeError
    await look_at(image.content, filing.look)
    return Photo(media_type, image)


async def check_room(session: AsyncSession, author: Author, proposal_id: UUID, now: datetime) -> None:
    """Raise what :func:`keep_photo` would, before the photo is decoded."""
    await _of_author(session, author, proposal_id)
    await _check_number(session, author.person, proposal_id, 1, now)


async def keep_photo(
    session: AsyncSession, author: Author, proposal_id: UUID, photo: Photo, *, filing: Filing, now: datetime
) -> Row:
    """Store it, seen by nobody until it is described.

    Raises NotFoundError, NotAllowedError of somebody who does not write the proposal, ProposalGoneError,
    TooManyPhotosError, or KeyDestroyedError.
    """
    person = await merged_accounts.standing(session, author.person)  # first: a merge locks proposals after it
    await comments.one_at_a_time(session, person)  # before the proposal, too, as whoever comments on it
    await _of_author(session, Author(author.collectivity, person), proposal_id, lock=True)
    await _check_number(session, person, proposal_id, photo.size, now)
    if await proposal_photos.bytes_in_turn(session, author.collectivity) + photo.size > filing.photos_mib * _MIB:
        raise TooManyPhotosError
    photo_id, key, image = uuid7(), await filing.persons.of(person), photo.image
    row = Row(
        id=photo_id,
        collectivity=author.collectivity,
        proposal_id=proposal_id,
        person=person,
        alternative_text=None,
        media_type=photo.media_type,
        width=image.width,
        height=image.height,
        size=photo.size,
        content=key.seal_bytes(_context(photo_id, small=False), image.content),
        thumbnail=key.seal_bytes(_context(photo_id, small=True), image.thumbnail),
        state=PhotoState.UNDESCRIBED,
        version=1,
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def describe_photo(
    session: AsyncSession, author: Author, proposal_id: UUID, photo_id: UUID, text: str, *, version: int, now: datetime
) -> Row:
    """Say what it shows, which publishes it; its authors correct that later.

    Raises NotFoundError, NotAllowedError, ProposalGoneError, PhotoGoneError or StaleVersionError.
    """
    row = await _standing(session, author, proposal_id, photo_id, version)
    row.alternative_text, row.state, row.changed_at = text, PhotoState.PUBLISHED, now
    row.version += 1
    await session.flush()
    return row


async def withdraw_photo(
    session: AsyncSession, author: Author, proposal_id: UUID, photo_id: UUID, *, version: int, now: datetime
) -> None:
    """Take one photo back; raises as :func:`describe_photo`."""
    row = await _standing(session, author, proposal_id, photo_id, version)
    await _withdraw(session, row, now)
    await session.flush()


async def withdraw_photos(session: AsyncSession, proposal_id: UUID, now: datetime) -> None:
    """Take all photos of a proposal back, with it."""
    for row in await proposal_photos.locked(session, proposal_id):
        if row.state != PhotoState.WITHDRAWN:
            await _withdraw(session, row, now)


async def find_photo(
    session: AsyncSession, persons: PersonKeys, collectivity: str, proposal_id: UUID, photo_id: UUID
) -> Row:
    """A photo that everybody sees; raises NotFoundError where it is not shown, or who sent it was erased."""
    row = await proposal_photos.one(session, collectivity, photo_id)
    proposal = await proposals.one(session, collectivity, proposal_id)
    published = row.state == PhotoState.PUBLISHED and proposal.state == ProposalState.PUBLISHED
    if row.proposal_id != proposal.id or not published:
        raise NotFoundError
    try:
        await persons.of(row.person)
    except KeyDestroyedError as error:
        raise NotFoundError from error
    return row


async def open_photo(session: AsyncSession, persons: PersonKeys, row: Row, *, small: bool) -> tuple[str, bytes]:
    """The media type and content of a photo, of its thumbnail where ``small``.

    Raises NotFoundError where nothing is kept of it, or who sent it was erased.
    """
    sealed, sealed_for, person = await proposal_photos.content(session, row, small=small)
    if sealed is None:
        raise NotFoundError
    try:
        await persons.of(person)  # whoever was erased, under either account, shows nothing
        content = (await persons.of(sealed_for)).open_bytes(_context(row.id, small=small), sealed)
    except KeyDestroyedError as error:
        raise NotFoundError from error
    return ("image/webp" if small else row.media_type), content


async def open_reported(
    session: AsyncSession, persons: PersonKeys, collectivity: str, case_id: UUID, photo_id: UUID
) -> tuple[str, bytes]:
    """The media type and content of a photo that a case is about, for its moderators.

    Raises NotFoundError, also once nothing is kept of it.
    """
    ref = moderation.ref_of(await moderation.one(session, collectivity, case_id))
    if (ref.kind, ref.id) != (ContentKind.PHOTO, photo_id):
        raise NotFoundError
    return await open_photo(session, persons, await proposal_photos.one(session, collectivity, photo_id), small=False)


async def seal_moved_photos(database: Database, persons: PersonKeys) -> int:
    """Seal photos of accounts that went into others for those; each in a transaction of its own. Returns how many.

    Not as the merge is taken note of, for which everybody's acts wait.
    """

    async def seal_one(failed: list[UUID]) -> bool:
        async with database.unit_of_work() as uow:
            row = await proposal_photos.to_seal(uow.session, failed)
            if row is None:
                return False
            failed.append(row.id)
            try:
                await _seal_anew(persons, row)
            except KeyDestroyedError:  # of somebody erased: nobody opens it again
                await proposal_photos.discard(uow.session, row.id)
            await uow.commit()
        return True

    return await in_turn(seal_one)


async def _seal_anew(persons: PersonKeys, row: Row) -> None:
    old, new = await persons.of(row.sealed_for or row.person), await persons.of(row.person)
    for small, column in ((False, "content"), (True, "thumbnail")):
        if (sealed := getattr(row, column)) is not None:
            context = _context(row.id, small=small)
            setattr(row, column, new.seal_bytes(context, old.open_bytes(context, sealed)))
    row.sealed_for = None


async def _of_author(session: AsyncSession, author: Author, proposal_id: UUID, *, lock: bool = False) -> None:
    row = await proposals.one(session, author.collectivity, proposal_id, lock=lock)
    others = (await co_authors.of(session, row.id))[row.id]
    check_author(row.state, [row.person, *others], author.person)


async def _check_number(session: AsyncSession, person: UUID, proposal_id: UUID, size: int, now: datetime) -> None:
    today = await proposal_photos.sent_since(session, person, now - timedelta(days=1))
    if today >= DAILY or await proposal_photos.standing(session, proposal_id) >= MOST:
        raise TooManyPhotosError
    if await proposal_photos.bytes_of(session, person) + size > MOST_OF_PERSON:
        raise TooManyPhotosError


async def _standing(session: AsyncSession, author: Author, proposal_id: UUID, photo_id: UUID, version: int) -> Row:
    await _of_author(session, author, proposal_id, lock=True)
    row = await proposal_photos.of_proposal(session, proposal_id, photo_id)
    if row.state in {PhotoState.WITHDRAWN, PhotoState.REMOVED}:
        raise PhotoGoneError
    check_seen(row.version, version)
    return row


async def _withdraw(session: AsyncSession, row: Row, now: datetime) -> None:
    # A case about it is looked at and may be contested: what was reported stays, for moderators alone.
    if not await proposal_photos.reported(session, row.id):
        row.content, row.thumbnail, row.size = None, None, 0
    row.alternative_text, row.state, row.changed_at = None, PhotoState.WITHDRAWN, now
    row.version += 1


def _context(photo_id: UUID, *, small: bool) -> str:
    return f"proposal_photo.{'thumbnail' if small else 'content'}/{photo_id}"
