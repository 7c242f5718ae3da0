# SPDX-License-Identifier: EUPL-1.2
"""An alert as XML of the Common Alerting Protocol (OASIS CAP 1.2, http://docs.oasis-open.org/emergency/cap/v1.2/).

Positions are latitude, longitude (sections 1.3 and 3.3.4.4), the other way round than in GeoJSON; a polygon ends where
it begins. Times carry their offset, and never Z (section 3.3.2): they are those of the clocks of its sender.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

from parvis_notifications.domain.alert import AlertKind
from parvis_notifications.domain.geometry import Ring
from parvis_notifications.outgoing.xml_text import put_text

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE: Final = "application/cap+xml"
_MESSAGE_TYPES: Final = {AlertKind.ALERT: "Alert", AlertKind.UPDATE: "Update", AlertKind.ALL_CLEAR: "Cancel"}
_LANGUAGES: Final = {"fr": "fr-FR", "en": "en-GB"}
# Section 3.2.1: neither spaces nor commas, nor < and &.
_NOT_NAME: Final = re.compile(r"[\s,<&]")


@dataclass(frozen=True, slots=True)
class CapWords:
    """An alert in one language."""

    event: str
    headline: str
    description: str
    instruction: str | None


@dataclass(frozen=True, slots=True)
class CapReference:
    """An earlier alert of the same sender."""

    id: UUID
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class CapAlert:
    """All that an alert says; the enumerations have the values of CAP, the times are told by ``clock``."""

    id: UUID
    sender: str
    sender_name: str
    sent_at: datetime
    kind: AlertKind
    exercise: bool
    references: Sequence[CapReference]
    category: str
    response: str | None
    urgency: str
    severity: str
    certainty: str
    onset_at: datetime | None
    expires_at: datetime
    words: dict[str, CapWords]
    web: str
    area_label: str
    areas: Sequence[Ring]
    clock: ZoneInfo


def cap_xml(alert: CapAlert) -> bytes:
    """The document, UTF-8."""
    root = Element("alert", {"xmlns": NAMESPACE})
    sender = _NOT_NAME.sub("-", alert.sender)
    put_text(root, "identifier", identifier(alert.id))
    put_text(root, "sender", sender)
    put_text(root, "sent", instant(alert.sent_at, alert.clock))
    put_text(root, "status", "Exercise" if alert.exercise else "Actual")
    put_text(root, "msgType", _MESSAGE_TYPES[alert.kind])
    put_text(root, "scope", "Public")
    if alert.exercise:
        # Section 3.2.1: a note tells what an exercise is about.
        put_text(root, "note", "Exercice – Exercise")
    if alert.references:
        known = (f"{sender},{identifier(each.id)},{instant(each.sent_at, alert.clock)}" for each in alert.references)
        put_text(root, "references", " ".join(known))
    for language, words in alert.words.items():
        _info(root, alert, language, words)
    return bytes(tostring(root, "utf-8", xml_declaration=True))


def _info(root: Element, alert: CapAlert, language: str, words: CapWords) -> None:
    info = SubElement(root, "info")
    put_text(info, "language", _LANGUAGES[language])
    put_text(info, "category", alert.category)
    put_text(info, "event", words.event)
    if alert.response:
        put_text(info, "responseType", alert.response)
    for name, said in (("urgency", alert.urgency), ("severity", alert.severity), ("certainty", alert.certainty)):
        put_text(info, name, said)
    put_text(info, "effective", instant(alert.sent_at, alert.clock))
    if alert.onset_at is not None:
        put_text(info, "onset", instant(alert.onset_at, alert.clock))
    put_text(info, "expires", instant(alert.expires_at, alert.clock))
    put_text(info, "senderName", alert.sender_name)
    put_text(info, "headline", words.headline)
    put_text(info, "description", words.description)
    if words.instruction:
        put_text(info, "instruction", words.instruction)
    put_text(info, "web", alert.web)
    area = SubElement(info, "area")
    put_text(area, "areaDesc", alert.area_label)
    for outline in alert.areas:
        put_text(area, "polygon", " ".join(f"{latitude:.6f},{longitude:.6f}" for longitude, latitude in outline))


def identifier(alert_id: UUID) -> str:
    """Its name among all of its sender's."""
    return f"parvis-{alert_id}"


def instant(at: datetime, clock: ZoneInfo) -> str:
    """To the second, with the offset of these clocks."""
    return at.astimezone(clock).isoformat(timespec="seconds")
