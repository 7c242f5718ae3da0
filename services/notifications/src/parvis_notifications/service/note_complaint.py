# SPDX-License-Identifier: EUPL-1.2
"""The reader of a mail has called it spam, as their mailbox provider tells: no more mails like that one go to them.

It ends what one click in that mail would: the mails of its topic, or of the news of its topic. Alerts, and what the law
has sent, are another consent or none; mails of an application end with the application. Whoever holds a mail can do as
much by its link: that is all that is believed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_notifications.db import broadcasts, subscribers
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.complaint import ENDS, Complaint
from parvis_notifications.domain.errors import ApplicationMailError, NotFoundError
from parvis_notifications.domain.preferences import Way
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.broadcast_links import recipient_tokens
from parvis_notifications.service.delivery_tokens import UNSUBSCRIBE_PATH, delivery_tokens
from parvis_notifications.service.subscription_links import SUBSCRIPTION_PATH, subscription_tokens
from parvis_notifications.service.unsubscribe import Consent, answer_by_link
from parvis_notifications.settings import Settings

_COMPLAINTS: Final = Counter("parvis_mail_complaints_total", "Complaints about mails, by what they ended", ["outcome"])
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class _Stream:
    """Of which news it was: the subscriber's mails of that topic."""

    subscriber: UUID
    topic: str


class NoteComplaint:
    """The use case, with what it needs."""

    def __init__(self, database: Database, master: MasterKey, settings: Settings) -> None:
        self._database = database
        self._deliveries, self._recipients = delivery_tokens(master), recipient_tokens(master)
        self._subscriptions = subscription_tokens(master)
        self._local, _, self._domain = settings.bounce_address.lower().rpartition("@")

    async def note(self, complaint: Complaint | None) -> None:
        """Do as it says, once it is committed; safe to repeat. None is a mail that is no complaint."""
        outcome = "ignored" if complaint is None or complaint.kind not in ENDS else await self._end(complaint)
        _COMPLAINTS.labels(outcome).inc()
        _log.info("mail_complaint", outcome=outcome)

    async def _end(self, complaint: Complaint) -> str:
        now = datetime.now(UTC)
        for named in self._named(complaint):
            if isinstance(named, UUID):
                try:
                    await answer_by_link(self._database, named, Consent(False, Way.COMPLAINT, complaint.kind), now)  # noqa: FBT003 - not wanted
                except ApplicationMailError:
                    return "application"
                except NotFoundError:
                    continue
                return "messages"
            async with self._database.unit_of_work() as uow:
                stream = await _stream(uow.session, named) if isinstance(named, int) else named
                if stream is None or not await _ended(uow.session, stream, now):
                    continue
                await uow.commit()
            return "news"
        return "unknown"

    def _named(self, complaint: Complaint) -> Iterator[UUID | int | _Stream]:
        """Deliveries, recipients of what went to many, and subscriptions that it names."""
        for sender in complaint.senders:
            local, _, domain = sender.rpartition("@")
            name, _, token = local.rpartition("+")
            if (name.lower(), domain.lower()) != (self._local, self._domain):
                continue
            if (delivery := self._deliveries.of_sender(token)) is not None:
                yield delivery
            elif (recipient := self._recipients.of_sender(token)) is not None:
                yield recipient
        for link in complaint.links:
            parts = urlsplit(link)
            told = {name: values[0] for name, values in parse_qs(parts.query).items()}
            token, topic = told.get("token", ""), told.get("topic")
            if parts.path == UNSUBSCRIBE_PATH and (delivery := self._deliveries.of_link(token)) is not None:
                yield delivery
            elif parts.path == SUBSCRIPTION_PATH and topic and (who := self._subscriptions.of_link(token)) is not None:
                yield _Stream(who, topic)


async def _stream(session: AsyncSession, recipient: int) -> _Stream | None:
    """None of an alert, and where it is known no longer who was told."""
    found = await broadcasts.told(session, recipient)
    if found is None or found[1].lane != Lane.NEWS or found[1].topic is None:
        return None
    return _Stream(found[0], found[1].topic)


async def _ended(session: AsyncSession, stream: _Stream, now: datetime) -> bool:
    """Have the mails of that topic end; False where there is no such subscriber."""
    try:
        row = await subscribers.one(session, stream.subscriber, locked=True)
    except NotFoundError:
        return False
    for each in await subscribers.topics_of(session, row.id):
        if each.topic == stream.topic and Channel.EMAIL.value in each.channels:
            each.channels = [other for other in each.channels if other != Channel.EMAIL.value]
            row.version, row.updated_at = row.version + 1, now
            if not each.channels:
                await session.delete(each)
    await session.flush()
    return True
