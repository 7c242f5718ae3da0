# SPDX-License-Identifier: EUPL-1.2
"""The roll of a secret poll beside the votes themselves: who must not vote, though no ballot of this account is there.

Such an entry is held: its key is on the roll, whose primary key refuses a vote, and in ``poll_hold``, so that it is not
counted as one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.tables import Poll, PollHold, PollRoll
from parvis_participation.domain.desk import Channel
from parvis_participation.domain.errors import AlreadyVotedError

_PART: Final = text("""
WITH taken AS (DELETE FROM poll_roll WHERE poll_id = :poll RETURNING *)
INSERT INTO poll_roll SELECT * FROM taken ORDER BY person_key
""")


async def uncounted(session: AsyncSession) -> Sequence[Poll]:
    """The published polls that are not counted yet, in one order."""
    wanted = (
        select(Poll)
        .where(Poll.published_at.is_not(None), Poll.counted_at.is_(None), Poll.cancelled_at.is_(None))
        .order_by(Poll.id)
    )
    return (await session.scalars(wanted)).all()


async def hold(session: AsyncSession, poll: Poll, person_key: bytes, *, voted: bool) -> None:
    """Refuse a vote of that key from now on, where it has not voted; ``voted`` where a ballot stands behind it."""
    entry = {"poll_id": poll.id, "person_key": person_key, "collectivity": poll.collectivity}
    held = await session.scalar(insert(PollRoll).values(entry).on_conflict_do_nothing().returning(PollRoll.person_key))
    if held is not None:
        await session.execute(insert(PollHold).values(entry | {"voted": voted}))


async def unparted(session: AsyncSession, before: datetime, without: Sequence[UUID] = ()) -> Poll | None:
    """A published poll that closed before then and whose roll is in the order of the votes, not one of those.

    Locked; None if there is none.
    """
    wanted = select(Poll).where(Poll.roll_parted_at.is_(None), Poll.closes_at < before, Poll.published_at.is_not(None))
    wanted = wanted.where(Poll.id.not_in(without)).order_by(Poll.closes_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def part(session: AsyncSession, poll_id: UUID) -> None:
    """Write a poll's roll anew, in the order of its keys."""
    await session.execute(_PART, {"poll": poll_id})


async def stands_for_vote(session: AsyncSession, poll: Poll, person_key: bytes) -> bool:
    """True for an entry of the roll behind which there is a ballot, of this account or of one that went into it."""
    voted = await session.scalar(
        select(PollHold.voted).where(PollHold.poll_id == poll.id, PollHold.person_key == person_key)
    )
    return voted is None or voted


async def signatures(session: AsyncSession, poll_id: UUID) -> dict[Channel, int]:
    """How many have voted, by each channel."""
    held = exists().where(PollHold.poll_id == PollRoll.poll_id, PollHold.person_key == PollRoll.person_key)
    wanted = select(PollRoll.channel, func.count()).where(PollRoll.poll_id == poll_id, ~held).group_by(PollRoll.channel)
    found = dict((await session.execute(wanted)).tuples().all())
    return {channel: found.get(channel.value, 0) for channel in Channel}


async def channel_of(session: AsyncSession, poll_id: UUID, person_key: bytes, account_key: bytes) -> Channel | None:
    """By which channel the vote came that stands for a person, or for one of their accounts; None without one."""
    held = exists().where(
        PollHold.poll_id == PollRoll.poll_id, PollHold.person_key == PollRoll.person_key, PollHold.voted.is_(False)
    )
    other = func.coalesce(PollRoll.account_key, PollRoll.person_key) == account_key
    for mine in (PollRoll.person_key == person_key, other):
        wanted = select(PollRoll.channel).where(PollRoll.poll_id == poll_id, mine, ~held).limit(1)
        if (found := await session.scalar(wanted)) is not None:
            return Channel(found)
    return None


async def mark(
    session: AsyncSession, collectivity: str, poll_id: UUID, person_key: bytes, document_key: bytes | None
) -> None:
    """Put somebody on the roll who votes on paper; raises AlreadyVotedError."""
    entry = {"poll_id": poll_id, "person_key": person_key, "collectivity": collectivity}
    entry |= {"channel": Channel.PAPER.value, "account_key": document_key}
    marked = insert(PollRoll).values(entry).on_conflict_do_nothing().returning(PollRoll.person_key)
    if await session.scalar(marked) is None:
        raise AlreadyVotedError


async def holds(session: AsyncSession, poll_id: UUID, person_key: bytes, document_key: bytes | None) -> bool:
    """Whether somebody with that key has voted, or by that document."""
    person = select(PollRoll.poll_id).where(PollRoll.poll_id == poll_id, PollRoll.person_key == person_key)
    other = func.coalesce(PollRoll.account_key, PollRoll.person_key) == document_key
    document = select(PollRoll.poll_id).where(PollRoll.poll_id == poll_id, other)
    return bool(await session.scalar(select(person.exists() | document.exists())))
