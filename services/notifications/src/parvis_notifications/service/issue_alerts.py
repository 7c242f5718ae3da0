# SPDX-License-Identifier: EUPL-1.2
"""An agent writes an alert, another one approves it, and from then on it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.locale import Language
from parvis_kit.security.principal import Principal
from parvis_notifications.db import alerts, audiences, broadcasts
from parvis_notifications.db.alert_tables import Alert
from parvis_notifications.db.alerts import Both
from parvis_notifications.db.audiences import Coverage
from parvis_notifications.db.broadcast_tables import Broadcast
from parvis_notifications.domain import voice
from parvis_notifications.domain.alert import AlertKind, NewAlert
from parvis_notifications.domain.broadcast import EXERCISE, BroadcastState, Lane
from parvis_notifications.domain.errors import (
    NothingFollowedError,
    NotMovableError,
    OverError,
    SameAgentError,
    StaleVersionError,
    UnknownAreaError,
)
from parvis_notifications.domain.geometry import Ring
from parvis_notifications.domain.sms import length
from parvis_notifications.service.alert_speech import alert_speech
from parvis_notifications.service.broadcast_words import invitation, text_message
from parvis_notifications.service.chat_routes import chat_price, chats_offered
from parvis_notifications.service.plan_posts import plan_posts
from parvis_notifications.settings import Settings

# As long as the link by which a recipient answers.
_ANSWER_LINK = "/alert-answer?t=" + "x" * 20


async def draft_alert(session: AsyncSession, agent: Principal, new: NewAlert, now: datetime) -> Both:
    """Keep a draft; nothing goes out. Raises what :func:`_written` does."""
    words, signs, areas = await _written(session, agent.collectivity, new, now)
    broadcast = await broadcasts.add(
        session,
        areas,
        id=uuid7(),
        collectivity=agent.collectivity,
        lane=Lane.ALERT,
        state=BroadcastState.DRAFT,
        topic=None,
        link=None,
        author=agent.person,
        created_at=now,
        **words,
    )
    alert = Alert(id=broadcast.id, collectivity=agent.collectivity, **signs)
    session.add(alert)
    await session.flush()
    return alert, broadcast


async def redraft_alert(
    session: AsyncSession, agent: Principal, alert_id: UUID, new: NewAlert, *, version: int, now: datetime
) -> Both:
    """Write a draft anew; whoever did so last is its author, whom another approves: nobody lets their own words go.

    Raises NotFoundError, StaleVersionError, NotMovableError where it is a draft no more, and what :func:`_written`
    does.
    """
    alert, broadcast = await alerts.one(session, agent.collectivity, alert_id, locked=True)
    if broadcast.version != version:
        raise StaleVersionError
    if broadcast.state != BroadcastState.DRAFT:
        raise NotMovableError
    words, signs, areas = await _written(session, agent.collectivity, new, now)
    for row, values in ((broadcast, words), (alert, signs)):
        for name, value in values.items():
            setattr(row, name, value)
    broadcast.author, broadcast.version = agent.person, version + 1
    await broadcasts.replace_areas(session, broadcast, areas)
    return alert, broadcast


async def _written(
    session: AsyncSession, collectivity: str, new: NewAlert, now: datetime
) -> tuple[dict[str, Any], dict[str, Any], Sequence[Ring]]:
    """What an agent wrote, of its broadcast and of the alert, and its outlines.

    An update or an all-clear that names no area has that of the alert before it, and is an exercise where that was
    one. Raises UnknownAreaError, NothingFollowedError, NotFoundError, OverError.
    """
    if new.expires_at <= max(now, new.onset_at or now):
        raise OverError
    earlier, before = await _followed(session, collectivity, new)
    areas = [*new.areas, *await _named(session, collectivity, new.named_areas)]
    everywhere = new.everywhere
    if before is not None and not areas and not everywhere:
        everywhere = before.everywhere
        areas = (await broadcasts.areas(session, [before.id]))[before.id]
    if bool(areas) == everywhere:
        raise UnknownAreaError
    words = {
        "texts": {language: dict(each) for language, each in new.texts.items()},
        "area_label": new.area_label,
        "channels": list(new.channels),
        "escalate_seconds": new.escalate_seconds,
        "exercise": new.exercise if before is None else before.exercise,
        "social": new.social,
    }
    signs = {
        "kind": new.kind,
        "event": dict(new.event),
        "category": new.category,
        "urgency": new.urgency,
        "severity": new.severity,
        "certainty": new.certainty,
        "response": new.response,
        "earlier": list(earlier),
        "named_areas": list(new.named_areas),
        "onset_at": new.onset_at,
        "expires_at": new.expires_at,
    }
    return words, signs, areas


async def _followed(session: AsyncSession, collectivity: str, new: NewAlert) -> tuple[Sequence[UUID], Broadcast | None]:
    if (new.follows is None) != (new.kind is AlertKind.ALERT):
        raise NothingFollowedError
    if new.follows is None:
        return [], None
    alert, broadcast = await alerts.one(session, collectivity, new.follows)
    if alert.sent_at is None or await alerts.superseded(session, alert):
        raise NothingFollowedError
    return [*alert.earlier, alert.id], broadcast


async def _named(session: AsyncSession, collectivity: str, codes: Sequence[str]) -> Sequence[Ring]:
    known = {row.code: row.outlines for row in await alerts.named_areas(session, collectivity)} if codes else {}
    if set(codes) - known.keys():
        raise UnknownAreaError
    return [tuple((each[0], each[1]) for each in outline) for code in codes for outline in known[code]]


async def approve_alert(
    session: AsyncSession, agent: Principal, alert_id: UUID, settings: Settings, *, version: int, now: datetime
) -> Both:
    """Let it go, in the place of those before it; the version is the one that the approver read.

    Raises NotFoundError, StaleVersionError, NotMovableError (also where another took that place meanwhile), OverError;
    SameAgentError for its author, but for an
    exercise where the setting allows that. The database refuses it as well.
    """
    alert, broadcast = await alerts.one(session, agent.collectivity, alert_id, locked=True)
    if broadcast.version != version:
        raise StaleVersionError
    if broadcast.state != BroadcastState.DRAFT:
        raise NotMovableError
    if alert.expires_at <= now:
        raise OverError
    alone = broadcast.exercise and settings.exercise_approved_alone
    if agent.person == broadcast.author and not alone:
        raise SameAgentError
    if alert.earlier and await alerts.superseded(session, await alerts.hold(session, alert.earlier[-1])):
        raise NotMovableError
    broadcast.approver, broadcast.alone = agent.person, alone
    broadcast.state, broadcast.version = BroadcastState.READY, version + 1
    alert.sent_at = now
    await session.flush()
    await plan_posts(session, broadcast, alert.earlier, settings.social_accounts, now)
    await alerts.supersede(session, alert.earlier, now)
    return alert, broadcast


async def discard_draft(session: AsyncSession, collectivity: str, alert_id: UUID, version: int, now: datetime) -> Both:
    """A draft that nobody approves; raises NotFoundError, StaleVersionError."""
    alert, broadcast = await alerts.one(session, collectivity, alert_id, locked=True)
    if broadcast.version != version:
        raise StaleVersionError
    return alert, await broadcasts.move(session, broadcast, BroadcastState.CANCELLED, now)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Whom an alert would reach if it went now, and what that would cost, with one call to each line.

    ``call_seconds`` is how long its text takes to say, the longest of its languages; ``call_minutes`` those to be paid.
    """

    coverage: Coverage
    segments: int
    call_seconds: int
    call_minutes: int
    cost_millicents: int


async def estimate_alert(session: AsyncSession, collectivity: str, alert_id: UUID, settings: Settings) -> Estimate:
    """By the areas of an alert as it stands, and the first providers' prices; raises NotFoundError."""
    _, broadcast = await alerts.one(session, collectivity, alert_id)
    found = await audiences.coverage(session, broadcast, rooms=chats_offered(settings, collectivity))
    sender, link = settings.sender_name(collectivity), settings.public_url + _ANSWER_LINK
    mark = EXERCISE if broadcast.exercise else {}
    texts = (
        text_message(sender, mark.get(each, "") + words["subject"], invitation(_spoken(each), settings), link)
        for each, words in broadcast.texts.items()
    )
    segments = max(length(each).segments for each in texts)
    spoken = [
        alert_speech(_spoken(each), words, sender, broadcast.area_label or "", exercise=broadcast.exercise)
        for each, words in broadcast.texts.items()
    ]
    call_minutes = max(map(voice.call_minutes, spoken))
    price = settings.sms_providers[0].segment_millicents if settings.sms_providers else 0
    by_text = found.sms * segments * price if "sms" in broadcast.channels else 0
    mails = found.email * settings.smtp_mail_millicents if "email" in broadcast.channels else 0
    calls = (
        found.voice * call_minutes * (settings.voice_providers[0].minute_millicents if settings.voice_providers else 0)
    )
    rooms = found.chat * chat_price(settings, collectivity)
    said = max(voice.seconds(each.text) for each in spoken)
    return Estimate(found, segments, said, call_minutes, by_text + mails + calls + rooms)


def _spoken(language: str) -> Language:
    return "en" if language == "en" else "fr"


def escalation(minutes: int | None) -> int | None:
    """In seconds."""
    return None if minutes is None else int(timedelta(minutes=minutes).total_seconds())
