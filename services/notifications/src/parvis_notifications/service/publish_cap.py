# SPDX-License-Identifier: EUPL-1.2
"""What the public may know of alerts, for people and, as CAP 1.2, for other systems."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import alerts, broadcasts
from parvis_notifications.db.alert_tables import Alert
from parvis_notifications.db.broadcast_tables import Broadcast
from parvis_notifications.domain.alert import AlertKind
from parvis_notifications.domain.broadcast import EXERCISE
from parvis_notifications.domain.geometry import Ring
from parvis_notifications.outgoing.cap_format import CapAlert, CapReference, CapWords
from parvis_notifications.settings import Settings


def cap_path(alert: Alert) -> str:
    """Where an alert is as CAP."""
    return f"/v1/collectivities/{alert.collectivity}/alerts/{alert.id}/cap"


async def cap_of(session: AsyncSession, alert: Alert, broadcast: Broadcast, settings: Settings) -> CapAlert:
    """An alert that was sent, with those before it."""
    earlier = await alerts.of_broadcasts(session, alert.earlier)
    areas = (await broadcasts.areas(session, [alert.id]))[alert.id]
    references = [
        CapReference(each, earlier[each].sent_at or earlier[each].expires_at)
        for each in alert.earlier
        if each in earlier
    ]
    return _cap(alert, broadcast, areas, references, settings)


def _cap(
    alert: Alert, broadcast: Broadcast, areas: Sequence[Ring], references: Sequence[CapReference], settings: Settings
) -> CapAlert:
    mark = EXERCISE if broadcast.exercise else {}
    return CapAlert(
        id=alert.id,
        sender=f"{alert.collectivity}@{urlsplit(settings.public_url).hostname or 'localhost'}",
        sender_name=settings.sender_name(alert.collectivity),
        sent_at=alert.sent_at or broadcast.created_at,
        kind=AlertKind(alert.kind),
        exercise=broadcast.exercise,
        references=references,
        category=alert.category,
        response=alert.response,
        urgency=alert.urgency,
        severity=alert.severity,
        certainty=alert.certainty,
        onset_at=alert.onset_at,
        expires_at=alert.expires_at,
        words={
            language: CapWords(
                event=alert.event[language],
                headline=mark.get(language, "") + words["subject"],
                description=mark.get(language, "") + words["body"],
                instruction=words.get("instruction"),
            )
            for language, words in sorted(broadcast.texts.items(), key=lambda each: each[0] != "fr")
        },
        web=settings.public_url + cap_path(alert),
        area_label=broadcast.area_label or "",
        areas=areas,
        clock=settings.clock(alert.collectivity),
    )
