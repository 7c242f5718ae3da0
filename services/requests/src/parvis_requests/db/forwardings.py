# SPDX-License-Identifier: EUPL-1.2
"""How far each request is on its way to another body; what is claimed is worked on by one worker at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_requests.db import access
from parvis_requests.db.base import Instant
from parvis_requests.db.tables import (
    Attachment,
    ForwardedMessage,
    ForwardedUpdate,
    Forwarding,
    Message,
    Open311Body,
    Open311Service,
)
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.forwarding import BUSY, KNOWN_THERE, ForwardingState
from parvis_requests.domain.request import Actor

_STILL: Final = {"synchronize_session": False}


class Due(NamedTuple):
    """A request for whose forwarding something is to be done."""

    request_id: UUID
    body_id: UUID


class WaitingMessage(NamedTuple):
    """An author's message on its way to the body that handles the request."""

    message_id: UUID
    request_id: UUID
    body_id: UUID


async def begin(session: AsyncSession, row: Row, now: datetime) -> None:
    """Have a request sent to the body that handles its type; once, however often it is asked."""
    wanted = select(
        literal(row.id), Open311Service.collectivity, Open311Service.body_id, literal(str(ForwardingState.WAITING)),
        literal(now, Instant), literal(now, Instant), literal(now, Instant), literal(0), literal(0), literal(1),
    ).where(Open311Service.collectivity == row.collectivity, Open311Service.type_code == row.type_code)  # fmt: skip
    names = [
        "request_id", "collectivity", "body_id", "state", "next_at", "created_at", "updated_at", "tries", "look_ups",
        "version",
    ]  # fmt: skip
    await session.execute(insert(Forwarding).from_select(names, wanted).on_conflict_do_nothing())


async def due(session: AsyncSession, now: datetime, limit: int) -> list[Due]:
    """What is to be done now, the longest waiting first; nothing of a body that rests."""
    rested = or_(Open311Body.rests_until.is_(None), Open311Body.rests_until <= now)
    wanted = (
        select(Forwarding.request_id, Forwarding.body_id)
        .join(Open311Body, Open311Body.id == Forwarding.body_id)
        .where(Forwarding.state.in_(BUSY), Forwarding.next_at <= now, rested)
        .order_by(Forwarding.next_at)
        .limit(limit)
    )
    return [Due(*row) for row in await session.execute(wanted)]


async def claim(session: AsyncSession, request_id: UUID, now: datetime, until: datetime) -> Forwarding | None:
    """Take one to work on it until then; what was being sent when its worker was lost is unsure."""
    state = Forwarding.state
    moved = case(
        (state == ForwardingState.WAITING, str(ForwardingState.SENDING)),
        (state == ForwardingState.SENDING, str(ForwardingState.UNSURE)),
        else_=state,
    )
    first = case(
        (state == ForwardingState.WAITING, func.coalesce(Forwarding.first_sent_at, now)), else_=Forwarding.first_sent_at
    )
    taken = (
        update(Forwarding)
        .where(Forwarding.request_id == request_id, state.in_(BUSY), Forwarding.next_at <= now)
        .values(state=moved, first_sent_at=first, next_at=until, tries=Forwarding.tries + 1)
        .returning(Forwarding)
    )
    return (await session.execute(taken)).scalar_one_or_none()


async def settle(session: AsyncSession, claimed: Forwarding, now: datetime, **said: Any) -> bool:
    """Write what came of a try; False where somebody else has worked on it meanwhile."""
    mine = [Forwarding.request_id == claimed.request_id, Forwarding.tries == claimed.tries, Forwarding.state.in_(BUSY)]
    new = {**said, "updated_at": now, "version": Forwarding.version + 1}
    written = update(Forwarding).where(*mine).values(new).returning(Forwarding.request_id).execution_options(**_STILL)
    return (await session.execute(written)).first() is not None


async def one(
    session: AsyncSession, collectivity: str, request_id: UUID, *, lock: bool = False
) -> tuple[Forwarding, Open311Body] | None:
    """The forwarding of a request, with its body."""
    wanted = (
        select(Forwarding, Open311Body)
        .join(Open311Body, Open311Body.id == Forwarding.body_id)
        .where(Forwarding.collectivity == collectivity, Forwarding.request_id == request_id)
    )
    row = (await session.execute(wanted.with_for_update(of=Forwarding) if lock else wanted)).one_or_none()
    return (row[0], row[1]) if row else None


async def collectivity_of(session: AsyncSession, request_id: UUID) -> str | None:
    """Whose request it is that was forwarded."""
    wanted = select(Forwarding.collectivity).where(Forwarding.request_id == request_id)
    return (await session.execute(wanted)).scalar_one_or_none()


async def page(
    session: AsyncSession, agent: Actor, states: Sequence[str], position: keyset.Position | None, limit: int
) -> keyset.Slice[Any]:
    """One page of those of requests that the agent may read, newest first: forwarding, body and reference."""
    wanted = (
        select(
            Forwarding, Open311Body.name.label("body_name"), Row.reference, Row.type_code,
            Forwarding.created_at.label("created_at"), Forwarding.request_id.label("id"),
        )
        .join(Open311Body, Open311Body.id == Forwarding.body_id)
        .join(Row, Row.id == Forwarding.request_id)
        .where(Forwarding.collectivity == agent.collectivity, access.open_to(agent))
    )  # fmt: skip
    if states:
        wanted = wanted.where(Forwarding.state.in_(states))
    rows = await session.execute(keyset.at(wanted, Forwarding.created_at, Forwarding.request_id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def known_there(session: AsyncSession, body_id: UUID, numbers: Sequence[str]) -> dict[str, UUID]:
    """Our requests that the body knows by these numbers."""
    wanted = select(Forwarding.service_request_id, Forwarding.request_id).where(
        Forwarding.body_id == body_id, Forwarding.service_request_id.in_(numbers), Forwarding.state.in_(KNOWN_THERE)
    )
    return {row.service_request_id: row.request_id for row in await session.execute(wanted) if row.service_request_id}


async def has_number(session: AsyncSession, body_id: UUID, number: str) -> bool:
    """Whether a request of ours has that number there already."""
    wanted = select(Forwarding.request_id).where(Forwarding.body_id == body_id, Forwarding.service_request_id == number)
    return (await session.execute(wanted)).first() is not None


async def to_follow(session: AsyncSession, body_id: UUID, before: datetime, limit: int) -> list[str]:
    """The numbers of the requests that the body still works on, those first that it was asked of the longest ago."""
    wanted = (
        select(Forwarding.service_request_id)
        .where(
            Forwarding.body_id == body_id,
            Forwarding.state == ForwardingState.FOLLOWED,
            Forwarding.followed_at < before,
        )
        .order_by(Forwarding.followed_at)
        .limit(limit)
    )
    return [number for number in await session.scalars(wanted) if number]


async def told(session: AsyncSession, request_id: UUID, now: datetime, **said: Any) -> None:
    """Keep what the body said last of a request that it handles."""
    new = {**said, "updated_at": now, "version": Forwarding.version + 1}
    written = update(Forwarding).where(Forwarding.request_id == request_id, Forwarding.state.in_(KNOWN_THERE))
    await session.execute(written.values(new).execution_options(**_STILL))


async def followed(session: AsyncSession, body_id: UUID, numbers: Sequence[str], now: datetime) -> None:
    """The body was asked of these."""
    asked = update(Forwarding).where(Forwarding.body_id == body_id, Forwarding.service_request_id.in_(numbers))
    await session.execute(asked.values(followed_at=now).execution_options(**_STILL))


async def keep_update(session: AsyncSession, body_id: UUID, update_id: str, row: Row, now: datetime) -> bool:
    """Say that an update is told now, or is our own; False where it was before."""
    new = {
        "body_id": body_id, "update_id": update_id, "request_id": row.id, "collectivity": row.collectivity,
        "created_at": now,
    }  # fmt: skip
    fresh = insert(ForwardedUpdate).values(new).on_conflict_do_nothing().returning(ForwardedUpdate.update_id)
    return (await session.execute(fresh)).first() is not None


async def enqueue_message(session: AsyncSession, request_id: UUID, message_id: UUID, now: datetime) -> None:
    """Have an author's message sent on, where another body handles the request and its type says so."""
    wanted = (
        select(
            literal(message_id), Forwarding.request_id, Forwarding.collectivity, literal("waiting"), literal(0),
            literal(now, Instant), literal(now, Instant),
        )
        .join(Row, Row.id == Forwarding.request_id)
        .join(
            Open311Service,
            (Open311Service.collectivity == Row.collectivity)
            & (Open311Service.type_code == Row.type_code)
            & (Open311Service.body_id == Forwarding.body_id),
        )
        .where(
            Forwarding.request_id == request_id,
            Open311Service.messages.is_(True),
            Forwarding.state.in_([*BUSY, *KNOWN_THERE]),
        )
    )  # fmt: skip
    await session.flush()  # the message comes before what is to be done with it
    names = ["message_id", "request_id", "collectivity", "state", "tries", "next_at", "created_at"]
    await session.execute(insert(ForwardedMessage).from_select(names, wanted))


async def enqueue_withdrawal(session: AsyncSession, row: Forwarding, note_id: UUID, now: datetime) -> None:
    """Have the body told that the author took the request back; the note that says so is sent once, as a message is."""
    await session.flush()
    session.add(
        ForwardedMessage(
            message_id=note_id,
            request_id=row.request_id,
            collectivity=row.collectivity,
            withdraws=True,
            state="waiting",
            next_at=now,
            created_at=now,
        )
    )
    await session.flush()


async def request_of_file(session: AsyncSession, attachment_id: UUID) -> UUID | None:
    """The request of a file that went, or is to go, to another body."""
    wanted = select(Forwarding.request_id).join(Attachment, Attachment.request_id == Forwarding.request_id)
    return (await session.execute(wanted.where(Attachment.id == attachment_id))).scalar_one_or_none()


async def message_of_file(session: AsyncSession, attachment_id: UUID) -> UUID | None:
    """The message with which a file came, where that went, or is to go, to another body."""
    wanted = select(ForwardedMessage.message_id).join(Attachment, Attachment.message_id == ForwardedMessage.message_id)
    return (await session.execute(wanted.where(Attachment.id == attachment_id))).scalar_one_or_none()


async def messages_due(session: AsyncSession, now: datetime, limit: int) -> list[WaitingMessage]:
    """Messages whose request the body knows by now, the oldest first."""
    rested = or_(Open311Body.rests_until.is_(None), Open311Body.rests_until <= now)
    wanted = (
        select(ForwardedMessage.message_id, ForwardedMessage.request_id, Forwarding.body_id)
        .join(Forwarding, Forwarding.request_id == ForwardedMessage.request_id)
        .join(Open311Body, Open311Body.id == Forwarding.body_id)
        .where(
            ForwardedMessage.state == "waiting",
            ForwardedMessage.next_at <= now,
            Forwarding.state.in_(KNOWN_THERE),
            rested,
        )
        .order_by(ForwardedMessage.created_at)
        .limit(limit)
    )
    return [WaitingMessage(*row) for row in await session.execute(wanted)]


async def claim_message(
    session: AsyncSession, message_id: UUID, now: datetime, until: datetime
) -> tuple[ForwardedMessage, Message] | None:
    """Take one to send it until then."""
    taken = (
        update(ForwardedMessage)
        .where(
            ForwardedMessage.message_id == message_id,
            ForwardedMessage.state == "waiting",
            ForwardedMessage.next_at <= now,
        )
        .values(next_at=until, tries=ForwardedMessage.tries + 1)
        .returning(ForwardedMessage)
    )
    mine = (await session.execute(taken)).scalar_one_or_none()
    message = await session.get(Message, message_id)
    return (mine, message) if mine and message else None


async def put_off_message(session: AsyncSession, message_id: UUID, now: datetime, until: datetime) -> None:
    """Look at it again then, unless somebody has claimed it meanwhile."""
    own = (ForwardedMessage.message_id == message_id, ForwardedMessage.next_at <= now)
    await session.execute(update(ForwardedMessage).where(*own).values(next_at=until).execution_options(**_STILL))


async def settle_message(session: AsyncSession, message_id: UUID, state: str, next_at: datetime) -> None:
    """Write what came of a try."""
    written = update(ForwardedMessage).where(ForwardedMessage.message_id == message_id)
    await session.execute(written.values(state=state, next_at=next_at).execution_options(**_STILL))
