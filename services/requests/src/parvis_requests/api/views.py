# SPDX-License-Identifier: EUPL-1.2
"""Rows as the API shows them, in the language of the caller."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from parvis_kit.locale import Language, Text
from parvis_requests.api.schemas import (
    AttachmentView,
    HistoryEntryView,
    Labelled,
    MessageView,
    Point,
    RequestView,
)
from parvis_requests.db.hot import NewRequest
from parvis_requests.db.tables import Attachment, HistoryEntry
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.read_request import OpenRequest
from parvis_requests.service.write_message import WrittenMessage

STATUSES: Final = {
    "submitted": Text(fr="Déposée", en="Submitted"),
    "taken": Text(fr="Prise en charge", en="Taken in hand"),
    "resolved": Text(fr="Résolue", en="Resolved"),
}
ACTIONS: Final = {
    "submit": Text(fr="Dépôt", en="Submission"),
    "take": Text(fr="Prise en charge", en="Taken in hand"),
    "reply": Text(fr="Réponse", en="Reply"),
    "note": Text(fr="Note interne", en="Internal note"),
    "resolve": Text(fr="Résolution", en="Resolution"),
}


def instant(at: datetime) -> datetime:
    """The instant as the API writes it: UTC, to the millisecond."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)


def labelled(labels: dict[str, Text], code: str, language: Language) -> Labelled:
    """A code with its name."""
    return Labelled(code=code, label=labels[code].in_language(language))


def request_view(opened: OpenRequest, catalogue: Catalogue, language: Language) -> RequestView:
    """A stored request."""
    row = opened.row
    place = None
    if row.longitude is not None and row.latitude is not None:
        place = Point(type="Point", coordinates=(row.longitude, row.latitude))
    return RequestView(
        id=row.id,
        reference=row.reference,
        collectivity=row.collectivity,
        request_type=_type(row.type_code, catalogue, language),
        status=labelled(STATUSES, row.status, language),
        team=row.team,
        area=_area(row.area, catalogue),
        description=row.description,
        answers=opened.answers,
        position=place,
        address=row.address,
        attachments=[attachment_view(a) for a in opened.attachments],
        assignee=row.assignee,
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def new_request_view(
    new: NewRequest, answers: dict[str, Any], attachments: list[Attachment], catalogue: Catalogue, language: Language
) -> RequestView:
    """A request just submitted, before it is read again."""
    request = new.request
    place = new.position and Point(type="Point", coordinates=(new.position.longitude, new.position.latitude))
    return RequestView(
        id=request.id,
        reference=request.reference,
        collectivity=request.collectivity,
        request_type=_type(request.type_code, catalogue, language),
        status=labelled(STATUSES, str(request.status), language),
        team=request.team,
        area=_area(request.area, catalogue),
        description=new.description,
        answers=answers,
        position=place,
        address=new.address,
        attachments=[attachment_view(a) for a in attachments],
        assignee=None,
        version=request.version,
        created_at=instant(request.created_at),
        updated_at=instant(request.created_at),
    )


def attachment_view(attachment: Attachment) -> AttachmentView:
    """An attachment without its bytes."""
    return AttachmentView(
        id=attachment.id,
        media_type=attachment.media_type,
        size=attachment.size,
        width=attachment.width,
        height=attachment.height,
    )


def history_view(entry: HistoryEntry, language: Language, *, for_agent: bool) -> HistoryEntryView:
    """One act."""
    return HistoryEntryView(
        sequence=entry.sequence,
        action=labelled(ACTIONS, entry.action, language),
        status=labelled(STATUSES, entry.status, language),
        by="agent" if entry.by_agent else "author",
        agent=_named(entry.actor, for_agent=for_agent and entry.by_agent),
        at=instant(entry.at),
    )


def message_view(message: WrittenMessage, *, for_agent: bool) -> MessageView:
    """One message."""
    return MessageView(
        id=message.id,
        visibility=message.visibility,
        text=message.text,
        agent=_named(message.actor, for_agent=for_agent),
        created_at=instant(message.created_at),
    )


def _type(code: str, catalogue: Catalogue, language: Language) -> Labelled:
    form = catalogue.forms.get(code)
    return Labelled(code=code, label=form.name[language] if form else code)


def _area(code: str | None, catalogue: Catalogue) -> Labelled | None:
    if code is None:
        return None
    area = catalogue.areas.get(code)
    return Labelled(code=code, label=area.name if area else code)


def _named(agent: UUID, *, for_agent: bool) -> UUID | None:
    return agent if for_agent else None
