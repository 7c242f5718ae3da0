# SPDX-License-Identifier: EUPL-1.2
"""The register of people who may need help (CASF, articles L. 121-6-1 and R. 121-2 ff.), and who saw it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Case, case, false, func, literal, not_, or_, select, text, true, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_notifications.db.alert_tables import OWN_ACTS, RegisterAccess, RegisterChange, RegisterEntry
from parvis_notifications.db.broadcast_tables import BroadcastDelivery, Recipient, RegisterVisit
from parvis_notifications.db.register_visits import FOUND, last_visit
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.broadcast import PartState, Reach
from parvis_notifications.domain.errors import NotFoundError

_TAKEN = (PartState.SENT.value, PartState.DELIVERED.value)
_TO_COME = (PartState.PENDING.value, PartState.SENDING.value, PartState.RETRY.value)


async def one(session: AsyncSession, collectivity: str, entry_id: UUID, *, locked: bool = False) -> RegisterEntry:
    """One entry of a collectivity; raises NotFoundError."""
    wanted = select(RegisterEntry).where(RegisterEntry.id == entry_id, RegisterEntry.collectivity == collectivity)
    row = (await session.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def changes(
    session: AsyncSession, entry_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[RegisterChange]:
    """One page of what was changed in an entry, newest first."""
    wanted = select(RegisterChange).where(RegisterChange.entry == entry_id)
    found = await session.scalars(keyset.at(wanted, RegisterChange.created_at, RegisterChange.id, position, limit))
    return keyset.cut(found.all(), position, limit)


async def last_change_of_agents(session: AsyncSession, entry_id: UUID) -> RegisterChange | None:
    """The last one that its own person did not make."""
    wanted = select(RegisterChange).where(RegisterChange.entry == entry_id, RegisterChange.own.is_(False))
    wanted = wanted.order_by(RegisterChange.created_at.desc(), RegisterChange.id.desc()).limit(1)
    return (await session.scalars(wanted)).one_or_none()


async def linked(session: AsyncSession, entry_id: UUID) -> bool:
    """Whether an account was ever linked to it, whose words it took."""
    wanted = select(RegisterChange.id).where(RegisterChange.entry == entry_id, RegisterChange.linking.is_(True))
    return (await session.scalars(wanted.limit(1))).first() is not None


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody of the register whom an alert is for; answer and help of whoever has an address of theirs count, too.

    ``answered_by`` is the recipient whose answer it is; ``reach`` how far the alert came to them.
    """

    recipient: Recipient
    entry: RegisterEntry
    answer: str | None
    answered_at: datetime | None
    answered_by: int | None
    helped_at: datetime | None
    reach: Reach
    visit: RegisterVisit | None


async def concerned(
    session: AsyncSession,
    alert_id: UUID,
    after: int,
    limit: int,
    *,
    helped: bool | None = None,
    reach: Reach | None = None,
    visited: bool | None = None,
    among: Sequence[int] | None = None,
) -> Sequence[Concerned]:
    """Those whom an alert is for, by the numbers of its recipients; of them who was helped, or was not yet.

    And to whom it came so far, and who was called on and found, or was not yet; or of these numbers alone.
    """
    own = aliased(Subscriber)
    home = _home(own, alert_id)
    # They may have asked again since somebody came to whom they live with.
    later = or_(Recipient.answered_at.is_(None), Recipient.answered_at <= home.c.helped_at)
    helped_at = func.coalesce(Recipient.helped_at, case((later, home.c.helped_at)))
    standing = _reach(home)
    wanted = (
        select(
            Recipient,
            RegisterEntry,
            func.coalesce(Recipient.answer, home.c.answer),
            func.coalesce(Recipient.answered_at, home.c.answered_at),
            case((Recipient.answer.is_not(None), Recipient.number), else_=home.c.number),
            helped_at,
            standing,
            RegisterVisit,
        )
        .join(RegisterEntry, RegisterEntry.id == Recipient.subscriber_id)
        .join(own, own.id == RegisterEntry.id)
        .join(home, true(), isouter=True)
        .join(RegisterVisit, RegisterVisit.id == last_visit(), isouter=True)
        .where(Recipient.broadcast_id == alert_id, Recipient.number > after)
        .order_by(Recipient.number)
        .limit(limit)
    )
    if among is not None:
        wanted = wanted.where(Recipient.number.in_(among))
    if helped is not None:
        wanted = wanted.where(helped_at.is_not(None) if helped else helped_at.is_(None))
    if visited is not None:
        found = func.coalesce(RegisterVisit.outcome.in_(FOUND), false())
        wanted = wanted.where(found if visited else not_(found))
    if reach is not None:
        wanted = wanted.where(standing == reach.value)
    rows = (await session.execute(wanted)).tuples().all()
    return [
        Concerned(recipient, entry, answer, answered_at, by, helped_then, Reach(came), visit)
        for recipient, entry, answer, answered_at, by, helped_then, came, visit in rows
    ]


def _reach(home: LateralFromClause) -> Case[str]:
    """How far it came to a recipient: a carrier has it, or they showed that they heard of it; it may yet; or not."""
    best = case((BroadcastDelivery.state.in_(_TAKEN), 2), (BroadcastDelivery.state.in_(_TO_COME), 1), else_=0)
    ways = select(func.max(best)).where(BroadcastDelivery.recipient == Recipient.number).scalar_subquery()
    heard = func.coalesce(
        Recipient.answered_at, Recipient.acknowledged_at, Recipient.read_at, home.c.answered_at
    ).is_not(None)
    taken, to_come = literal(Reach.REACHED.value), literal(Reach.UNDER_WAY.value)
    return case((heard, taken), (ways == 2, taken), (ways == 1, to_come), else_=literal(Reach.UNREACHED.value))  # noqa: PLR2004


def _home(own: type[Subscriber], alert_id: UUID) -> LateralFromClause:
    """The last answer to an alert of others with an address of this subscriber's."""
    answers = []
    for name in ("email_mark", "phone_mark", "line_mark"):
        other, there = aliased(Subscriber), aliased(Recipient)
        same = (other.collectivity == own.collectivity, getattr(other, name) == getattr(own, name), other.id != own.id)
        answer = select(there.number, there.answer, there.answered_at, there.helped_at).join(
            other, there.subscriber_id == other.id
        )
        answer = answer.where(there.broadcast_id == alert_id, there.answer.is_not(None), *same)
        answers.append(answer.correlate(own))
    return union_all(*answers).order_by(text("answered_at DESC")).limit(1).lateral("home")


def note_access(
    session: AsyncSession,
    collectivity: str,
    agent: UUID,
    act: str,
    now: datetime,
    *,
    people: int = 1,
    entry: UUID | None = None,
    alert: UUID | None = None,
) -> None:
    """Keep that an agent saw or changed what is known of so many people, in the transaction that shows it."""
    session.add(
        RegisterAccess(
            id=uuid7(),
            collectivity=collectivity,
            agent=agent,
            act=act,
            entry=entry,
            alert=alert,
            people=people,
            created_at=now,
        )
    )


async def own_acts(session: AsyncSession, collectivity: str, person: UUID, since: datetime, most: int) -> int:
    """How often somebody changed since then what they say of themselves there, counted up to ``most``."""
    some = select(RegisterAccess.id).where(
        RegisterAccess.collectivity == collectivity, RegisterAccess.created_at > since, RegisterAccess.agent == person
    )
    return await session.scalar(select(func.count()).select_from(some.limit(most).subquery())) or 0


async def move_own_acts(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """What somebody did of themselves by an account that is no more."""
    for table, own in ((RegisterAccess, RegisterAccess.act.in_(OWN_ACTS)), (RegisterChange, RegisterChange.own)):
        moved = update(table).where(table.agent == absorbed, own).values(agent=kept)
        await session.execute(moved.execution_options(synchronize_session=False))


async def accesses(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[RegisterAccess]:
    """One page of who saw what, newest first."""
    wanted = select(RegisterAccess).where(RegisterAccess.collectivity == collectivity)
    found = await session.scalars(keyset.at(wanted, RegisterAccess.created_at, RegisterAccess.id, position, limit))
    return keyset.cut(found.all(), position, limit)
