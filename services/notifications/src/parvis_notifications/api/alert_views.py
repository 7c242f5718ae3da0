# SPDX-License-Identifier: EUPL-1.2
"""Alerts as the API shows them, and as it takes them."""

from collections.abc import Sequence

from parvis_kit.locale import Language
from parvis_notifications.api.alert_schemas import (
    AlertAreaView,
    AlertBody,
    AlertTexts,
    AlertView,
    PublicAlertView,
    ReceivedAlertView,
)
from parvis_notifications.api.map_schemas import Polygon
from parvis_notifications.api.subscription_schemas import TextBody
from parvis_notifications.db.alert_tables import Alert, AlertArea
from parvis_notifications.db.broadcast_tables import Broadcast
from parvis_notifications.domain.alert import (
    AlertKind,
    Category,
    Certainty,
    NewAlert,
    Reply,
    Response,
    Severity,
    Urgency,
)
from parvis_notifications.domain.broadcast import BroadcastState
from parvis_notifications.domain.geometry import Ring
from parvis_notifications.domain.languages import nearest
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.answer_alert import Received
from parvis_notifications.service.areas import checked_ring
from parvis_notifications.service.issue_alerts import escalation


def new_alert(body: AlertBody) -> NewAlert:
    """What a body asks for; raises NoAreaError."""
    return NewAlert(
        kind=body.kind,
        follows=body.follows,
        event=body.event.model_dump(),
        category=body.category,
        urgency=body.urgency,
        severity=body.severity,
        certainty=body.certainty,
        response=body.response,
        texts=body.texts.model_dump(exclude_none=True),
        area_label=body.area_label,
        areas=[checked_ring(each.ring) for each in body.areas],
        named_areas=list(dict.fromkeys(body.named_areas)),
        everywhere=body.everywhere,
        channels=list(dict.fromkeys(body.channels)),
        escalate_seconds=escalation(body.escalate_minutes),
        exercise=body.exercise,
        social=body.social,
        onset_at=body.onset_at,
        expires_at=body.expires_at,
    )


def alert_view(alert: Alert, broadcast: Broadcast, areas: Sequence[Ring]) -> AlertView:
    """To agents."""
    return AlertView(
        id=alert.id,
        kind=AlertKind(alert.kind),
        state=BroadcastState(broadcast.state),
        event=TextBody(**alert.event),
        category=Category(alert.category),
        urgency=Urgency(alert.urgency),
        severity=Severity(alert.severity),
        certainty=Certainty(alert.certainty),
        response=Response(alert.response) if alert.response else None,
        texts=AlertTexts.model_validate(broadcast.texts),
        area_label=broadcast.area_label or "",
        areas=[Polygon.of(each) for each in areas],
        named_areas=alert.named_areas,
        everywhere=broadcast.everywhere,
        channels=[Channel(each) for each in broadcast.channels],
        escalate_minutes=broadcast.escalate_seconds // 60 if broadcast.escalate_seconds else None,
        exercise=broadcast.exercise,
        social=broadcast.social,
        earlier=alert.earlier,
        author=broadcast.author,
        approver=broadcast.approver,
        created_at=broadcast.created_at,
        onset_at=alert.onset_at,
        expires_at=alert.expires_at,
        sent_at=alert.sent_at,
        frozen_at=broadcast.frozen_at,
        done_at=broadcast.done_at,
        ended_at=alert.ended_at,
    )


def public_alert(
    alert: Alert, broadcast: Broadcast, areas: Sequence[Ring], language: Language, cap_url: str
) -> PublicAlertView:
    """To everybody, in that language where it was written in it."""
    words = broadcast.texts.get(language) or broadcast.texts["fr"]
    return PublicAlertView(
        id=alert.id,
        kind=AlertKind(alert.kind),
        event=alert.event[language],
        category=Category(alert.category),
        urgency=Urgency(alert.urgency),
        severity=Severity(alert.severity),
        certainty=Certainty(alert.certainty),
        response=Response(alert.response) if alert.response else None,
        subject=words["subject"],
        body=words["body"],
        instruction=words.get("instruction"),
        area_label=broadcast.area_label or "",
        areas=[Polygon.of(each) for each in areas],
        onset_at=alert.onset_at,
        expires_at=alert.expires_at,
        sent_at=alert.sent_at or broadcast.created_at,
        cap_url=cap_url,
    )


def received_view(found: Received) -> ReceivedAlertView:
    """To one of its recipients, in their language."""
    words = found.broadcast.texts[nearest(found.recipient.language, found.broadcast.texts)]
    return ReceivedAlertView(
        id=found.alert.id,
        subject=words["subject"],
        body=words["body"],
        instruction=words.get("instruction"),
        exercise=found.broadcast.exercise,
        kind=AlertKind(found.alert.kind),
        sent_at=found.alert.sent_at,
        ended_at=found.alert.ended_at,
        answer=Reply(found.recipient.answer) if found.recipient.answer else None,
        answered_at=found.recipient.answered_at,
    )


def area_view(row: AlertArea) -> AlertAreaView:
    """A named area."""
    outlines = [Polygon(type="Polygon", coordinates=[outline]) for outline in row.outlines]
    return AlertAreaView(code=row.code, label=TextBody(**row.label), outlines=outlines)
