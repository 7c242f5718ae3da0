# SPDX-License-Identifier: EUPL-1.2
"""The petitions' rows and their signatures: counted, never kept beside a signature."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db import publications
from parvis_participation.db.moderation_tables import ModerationCase as Case
from parvis_participation.db.only import only
from parvis_participation.db.petition_tables import Petition as Row
from parvis_participation.db.petition_tables import PetitionSignature as Signature
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.moderation import CaseState
from parvis_participation.domain.petition import PUBLIC, AlreadySignedError, PetitionState

_SIGN: Final = text("""
WITH open AS (
    SELECT id, collectivity FROM petition
    WHERE id = :petition AND state = 'open' AND closes_at > :at FOR KEY SHARE
), before AS (
    SELECT shown FROM petition_signature WHERE petition_id = :petition AND person = :person
), agreed AS (
    INSERT INTO publication_consent (id, collectivity, kind, subject, person, given, words, way, created_at)
    SELECT :consent, collectivity, 'signature', id, :person, :shown, :words, 'self', :at FROM open
    WHERE :shown <> coalesce((SELECT shown FROM before), false)
), stored AS (
    INSERT INTO petition_signature (id, petition_id, person, person_key, collectivity, shown, told, created_at)
    SELECT :id, id, :person, :person_key, collectivity, :shown, :told, :at FROM open
    ON CONFLICT (petition_id, person) DO UPDATE SET shown = excluded.shown, told = excluded.told,
        person_key = coalesce(petition_signature.person_key, excluded.person_key)
)
SELECT count(*) FROM open
""")
# Of two signatures one stays, and stays the first one's.
_MOVE: Final = text("""
UPDATE petition_signature SET person = :kept WHERE person = :absorbed AND NOT EXISTS (
    SELECT FROM petition_signature mine WHERE mine.petition_id = petition_signature.petition_id AND mine.person = :kept)
""")


@dataclass(frozen=True, slots=True)
class Signed:
    """A petition, and how many have signed it."""

    row: Row
    signatures: int

    @property
    def id(self) -> UUID:
        """As the row's."""
        return self.row.id

    @property
    def created_at(self) -> datetime:
        """As the row's."""
        return self.row.created_at


async def one(session: AsyncSession, collectivity: str, petition_id: UUID, *, lock: bool = False) -> Row:
    """A petition of that collectivity, public or not; raises NotFoundError."""
    wanted = select(Row).where(Row.id == petition_id, Row.collectivity == collectivity)
    return await only(session, wanted.with_for_update() if lock else wanted)


async def held(session: AsyncSession, collectivity: str, petition_id: UUID) -> Row:
    """As :func:`one`, against whoever changes it; those who sign do not wait."""
    wanted = select(Row).where(Row.id == petition_id, Row.collectivity == collectivity)
    return await only(session, wanted.with_for_update(key_share=True))


async def public(session: AsyncSession, collectivity: str, petition_id: UUID) -> Row:
    """One that everybody reads; raises NotFoundError."""
    row = await one(session, collectivity, petition_id)
    if row.state not in PUBLIC:
        raise NotFoundError
    return row


async def signed(session: AsyncSession, row: Row) -> Signed:
    """With its signatures, as they are now."""
    return Signed(row, await number(session, row.id) if row.signed is None else row.signed)


async def number(session: AsyncSession, petition_id: UUID) -> int:
    """How many have signed."""
    return await session.scalar(select(func.count()).where(Signature.petition_id == petition_id)) or 0


async def signed_at(session: AsyncSession, petition_id: UUID, place: int) -> datetime | None:
    """When the signature came that was the ``place``-th, 1 for the first."""
    wanted = select(Signature.created_at).where(Signature.petition_id == petition_id)
    found: datetime | None = await session.scalar(wanted.order_by(Signature.created_at).offset(place - 1).limit(1))
    return found


async def written_since(session: AsyncSession, person: UUID, since: datetime) -> int:
    """How many petitions somebody has written since then."""
    return await session.scalar(select(func.count()).where(Row.person == person, Row.created_at > since)) or 0


async def sign(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Have somebody sign, once however often it is asked; False where it takes no signatures now.

    Whether they agree that it is shown is kept where it is new.
    Raises AlreadySignedError where the person has signed by another account, and nothing more can be done in this
    transaction.
    """
    try:
        return bool(await session.scalar(_SIGN, values))
    except IntegrityError as error:
        raise AlreadySignedError from error


async def any_signature(session: AsyncSession, petition_id: UUID) -> bool:
    """Whether anybody has signed."""
    wanted = select(Signature.id).where(Signature.petition_id == petition_id).limit(1)
    return (await session.execute(wanted)).first() is not None


async def signature(session: AsyncSession, petition_id: UUID, person: UUID) -> Signature | None:
    """That of somebody."""
    wanted = select(Signature).where(Signature.petition_id == petition_id, Signature.person == person)
    return (await session.execute(wanted)).scalar_one_or_none()


async def signature_of_person(session: AsyncSession, petition_id: UUID, person_key: bytes) -> Signature | None:
    """How the person with that key signs that petition, by whichever account; None where they do not."""
    wanted = select(Signature).where(Signature.petition_id == petition_id, Signature.person_key == person_key)
    return (await session.execute(wanted)).scalar_one_or_none()


async def take_back(session: AsyncSession, petition_id: UUID) -> None:
    """Take all signatures away, and what was said of showing them."""
    gone = delete(Signature).where(Signature.petition_id == petition_id)
    await session.execute(gone.execution_options(synchronize_session=False))
    await publications.forget(session, [petition_id])


async def take_back_of_account(session: AsyncSession, petition_id: UUID, person: UUID) -> Signature | None:
    """Take away what that account has signed, and return it; None where it has not."""
    return await _take_back(session, Signature.petition_id == petition_id, Signature.person == person)


async def take_back_of_person(session: AsyncSession, petition_id: UUID, person_key: bytes) -> Signature | None:
    """Take away and return what the person with that key has signed, by whichever account; None where they have not."""
    return await _take_back(session, Signature.petition_id == petition_id, Signature.person_key == person_key)


async def hide(session: AsyncSession, signature_id: UUID) -> UUID | None:
    """Have a signature shown no more; whose it is, or None where it was not shown, or is gone."""
    hidden = update(Signature).where(Signature.id == signature_id, Signature.shown).values(shown=False)
    gone = hidden.returning(Signature.person).execution_options(synchronize_session=False)
    return (await session.execute(gone)).scalar_one_or_none()


async def _take_back(session: AsyncSession, *which: ColumnElement[bool]) -> Signature | None:
    gone = delete(Signature).where(*which).returning(Signature).execution_options(synchronize_session=False)
    return (await session.execute(gone)).scalar_one_or_none()


async def shown(
    session: AsyncSession, petition_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Signature]:
    """One page of the signatures that their signers show, newest first; none of a petition that is removed."""
    seen = (Row.id == Signature.petition_id) & (Row.state != PetitionState.REMOVED)
    wanted = select(Signature).join(Row, seen).where(Signature.petition_id == petition_id, Signature.shown)
    rows = await session.scalars(keyset.at(wanted, Signature.created_at, Signature.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def figures(session: AsyncSession, collectivity: str) -> tuple[dict[str, int], int, int]:
    """How many petitions of a collectivity stand where, how many reached a threshold, and how many were answered."""
    counted = select(Row.state, func.count(), func.count().filter(Row.reached > 0), func.count(Row.answered_at))
    found = list(await session.execute(counted.where(Row.collectivity == collectivity).group_by(Row.state)))
    return {row[0]: row[1] for row in found}, sum(row[2] for row in found), sum(row[3] for row in found)


async def close_due(session: AsyncSession, now: datetime) -> Row | None:
    """An open petition whose time is over, locked; None if none."""
    wanted = select(Row).where(Row.state == PetitionState.OPEN, Row.closes_at <= now)
    wanted = wanted.order_by(Row.closes_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def refused_before(session: AsyncSession, before: datetime, limit: int) -> Sequence[Row]:
    """Petitions that were refused before then and still have their words, locked."""
    wanted = select(Row).where(Row.state == PetitionState.REFUSED, Row.title.is_not(None), Row.decided_at < before)
    wanted = wanted.order_by(Row.decided_at).limit(limit).with_for_update(skip_locked=True)
    return (await session.scalars(wanted)).all()


async def over_before(session: AsyncSession, before: datetime, without: Collection[UUID] = ()) -> Row | None:
    """A petition that closed, and was answered if the town owed that, before then, and has its signatures.

    Locked, and not one of those.
    """
    over = func.coalesce(Row.answered_at, Row.closes_at)
    settled = (Row.reached == 0) | Row.answered_at.is_not(None)
    wanted = select(Row).where(Row.state == PetitionState.CLOSED, Row.signed.is_(None), over < before, settled)
    wanted = wanted.where(Row.id.not_in(without))
    wanted = wanted.order_by(over).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def removed_before(session: AsyncSession, before: datetime, without: Collection[UUID] = ()) -> Row | None:
    """A petition that was removed before then, has its signatures, and of which nothing is left to decide.

    Locked, and not one of those.
    """
    undecided = select(Case.id).where(Case.petition_id == Row.id, Case.state.in_((CaseState.OPEN, CaseState.APPEALED)))
    wanted = select(Row).where(Row.state == PetitionState.REMOVED, Row.signed.is_(None), Row.removed_at < before)
    wanted = wanted.where(Row.id.not_in(without), ~undecided.exists())
    wanted = wanted.order_by(Row.removed_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def open_ones(session: AsyncSession) -> Sequence[UUID]:
    """The open petitions."""
    return (await session.scalars(select(Row.id).where(Row.state == PetitionState.OPEN).order_by(Row.closes_at))).all()


async def any_one(session: AsyncSession, petition_id: UUID) -> Row | None:
    """A petition of whatever collectivity, locked unless somebody acts on it; those who sign do not wait."""
    wanted = select(Row).where(Row.id == petition_id).with_for_update(skip_locked=True, key_share=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def untold(session: AsyncSession, limit: int) -> Sequence[tuple[Signature, Row]]:
    """Signers who want to be told of an answer and have not been, locked."""
    wanted = (
        select(Signature, Row)
        .join(Row, Row.id == Signature.petition_id)
        .where(Signature.told, Signature.told_at.is_(None), Row.answered_at.is_not(None))
        .order_by(Signature.petition_id)
        .limit(limit)
        .with_for_update(of=Signature, skip_locked=True)
    )
    return [(signature_, row) for signature_, row in await session.execute(wanted)]


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let the petitions and signatures of an account that is no more be the kept one's."""
    moved = update(Row).where(Row.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
    await session.execute(_MOVE, {"absorbed": absorbed, "kept": kept})
    lost = (Signature.petition_id, Signature.person_key, Signature.told_at)
    left = delete(Signature).where(Signature.person == absorbed).returning(*lost)
    # The key of the one that goes is that of the one that stays, where it was signed before anybody was verified; who
    # was told the answer by one is not told it by the other.
    for petition_id, person_key, told_at in await session.execute(left.execution_options(synchronize_session=False)):
        mine = update(Signature).where(Signature.petition_id == petition_id, Signature.person == kept)
        joined = mine.values(
            person_key=func.coalesce(Signature.person_key, person_key),
            told_at=func.coalesce(Signature.told_at, told_at),
        )
        await session.execute(joined.execution_options(synchronize_session=False))
