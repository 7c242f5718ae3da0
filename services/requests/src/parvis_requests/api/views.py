# SPDX-License-Identifier: EUPL-1.2
"""Rows as the API shows them, in the language of the caller."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal
from uuid import UUID

from parvis_kit.locale import Language, Text
from parvis_requests.api.appeal_labels import APPEAL_ACTIONS, appeal_refs
from parvis_requests.api.certified_views import certified_view
from parvis_requests.api.labels import CHANNELS, PRIORITIES
from parvis_requests.api.remedies import remedy_views
from parvis_requests.api.schemas import (
    AttachmentView,
    HistoryEntryView,
    Labelled,
    LegalClockView,
    MessageView,
    Point,
    RequestView,
    UploadView,
)
from parvis_requests.db.hot import NewRequest
from parvis_requests.db.requests import entity
from parvis_requests.db.tables import Attachment, HistoryEntry
from parvis_requests.domain.asking import Channel
from parvis_requests.domain.files import MEDIA_TYPES, Scan
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.publicity import Publicity
from parvis_requests.domain.request import NOBODY, Actor, Request
from parvis_requests.domain.workflow import AGENT, Workflow
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.form import Form
from parvis_requests.service.read_request import OpenRequest
from parvis_requests.service.upload_attachment import Upload
from parvis_requests.service.write_message import WrittenMessage

# The acts that are in no workflow.
ACTIONS: Final = {
    "submit": Text(fr="Dépôt", en="Submission"),
    "reply": Text(fr="Réponse", en="Reply"),
    "note": Text(fr="Note interne", en="Internal note"),
    "unmention": Text(fr="Mention retirée", en="Mention withdrawn"),
    "message": Text(fr="Message de l'usager", en="Message from the person"),
    "documents": Text(fr="Pièces ajoutées", en="Documents added"),
    "merge": Text(fr="Regroupement", en="Merge"),
    "unmerge": Text(fr="Séparation", en="Unmerge"),
    "publish": Text(fr="Publication", en="Publication"),
    "hide": Text(fr="Retrait du public", en="Hidden from the public"),
    "satisfaction-asked": Text(fr="Enquête de satisfaction", en="Satisfaction survey"),
    "reopen": Text(fr="Réouverture", en="Re-opening"),
    "contact": Text(fr="Coordonnées corrigées", en="Contact corrected"),
    "reception": Text(fr="Jour de réception corrigé", en="Day of reception corrected"),
    "extend": Text(fr="Prolongation du délai", en="Extension of the period"),
    "quarantine": Text(fr="Fichier mis en quarantaine", en="File put in quarantine"),
    "hold": Text(fr="Conservation prolongée", en="Legal hold"),
    "release": Text(fr="Fin de la conservation prolongée", en="End of the legal hold"),
    "assign": Text(fr="Affectation à un agent", en="Assignment to an agent"),
    "give-back": Text(fr="Retour à l'équipe", en="Given back to the team"),
    "hand-over": Text(fr="Transmission à une autre équipe", en="Handed over to another team"),
    "priority": Text(fr="Priorité", en="Priority"),
    "validity": Text(fr="Durée de validité", en="Period of validity"),
    "change-type": Text(fr="Changement de type", en="Type changed"),
    "change-place": Text(fr="Lieu corrigé", en="Place corrected"),
    "escalate": Text(fr="Escalade", en="Escalation"),
    "payment-paid": Text(fr="Paiement reçu", en="Payment received"),
    "payment-refused": Text(fr="Paiement refusé", en="Payment refused"),
    "payment-cancelled": Text(fr="Paiement annulé", en="Payment cancelled"),
    "payment-abandoned": Text(fr="Paiement abandonné", en="Payment abandoned"),
    "author-erased": Text(fr="Compte de l'auteur effacé", en="Account of the author erased"),
    "due-soon": Text(fr="Échéance proche", en="Due soon"),
    "documents-missed": Text(fr="Pièces non reçues à temps", en="Documents not received in time"),
} | APPEAL_ACTIONS

# A town's types, states, teams and areas in two languages: most answers show the same.
_LABELS_KNOWN: Final = 8_192


@lru_cache(_LABELS_KNOWN)
def _labelled(code: str, label: str) -> Labelled:
    return Labelled(code=code, label=label)


def instant(at: datetime) -> datetime:
    """The instant as the API writes it: UTC, to the millisecond."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)


def request_view(opened: OpenRequest, catalogue: Catalogue, actor: Actor, language: Language) -> RequestView:
    """A stored request, with what the actor may do to it."""
    row, workflow = opened.row, opened.form.workflow
    roles = entity(row).roles_of(actor)
    return RequestView(
        id=row.id,
        reference=row.reference,
        collectivity=row.collectivity,
        request_type=type_label(opened.form, language),
        status=status_label(workflow, row.status, language),
        actions=_actions(workflow, row.status, roles, language),
        due_at=instant(row.due_at) if row.due_at else None,
        legal=_legal(opened.form, entity(row)),
        remedies=remedy_views(opened.form, row.status, catalogue.contact, language),
        appeals=appeal_refs(opened.appeals, language),
        team=row.team,
        team_label=catalogue.team_name(row.team).in_language(language),
        area=area_label(row.area, catalogue),
        description=row.description,
        answers=opened.answers,
        certified=[certified_view(each, language) for each in opened.certified],
        position=point(row),
        address=row.address,
        attachments=[attachment_view(a) for a in opened.attachments],
        assignee=row.assignee,
        channel=channel_label(row.channel, language),
        priority=priority_label(row.priority, language) if actor.is_agent else None,
        valid_until_on=row.valid_until_on,
        version=row.version,
        received_on=entity(row).received_day,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def new_request_view(
    new: NewRequest,
    answers: dict[str, Any],
    attachments: list[Attachment],
    catalogue: Catalogue,
    language: Language,
    roles: frozenset[str],
) -> RequestView:
    """A request just submitted, before it is read again."""
    request, form = new.request, catalogue.form(new.request.type_code)
    place = new.position and Point(type="Point", coordinates=(new.position.longitude, new.position.latitude))
    return RequestView(
        id=request.id,
        reference=request.reference,
        collectivity=request.collectivity,
        request_type=type_label(form, language),
        status=status_label(form.workflow, request.status, language),
        actions=_actions(form.workflow, request.status, roles, language),
        due_at=instant(request.due_at) if request.due_at else None,
        legal=_legal(form, request),
        remedies=[],
        appeals=[],
        team=request.team,
        team_label=catalogue.team_name(request.team).in_language(language),
        area=area_label(request.area, catalogue),
        description=new.description,
        answers=answers,
        certified=[certified_view(each, language) for each in new.certified],
        position=place,
        address=new.address,
        attachments=[attachment_view(a) for a in attachments],
        assignee=request.assignee,
        channel=channel_label(new.channel, language),
        priority=priority_label(request.priority.rank, language) if AGENT in roles else None,
        version=request.version,
        received_on=request.received_day,
        created_at=instant(request.created_at),
        updated_at=instant(request.created_at),
    )


def attachment_view(attachment: Attachment) -> AttachmentView:
    """An attachment without its bytes."""
    path = f"/v1/attachments/{attachment.id}/thumbnail"
    return AttachmentView(
        id=attachment.id,
        kind=MEDIA_TYPES[attachment.media_type],
        media_type=attachment.media_type,
        size=attachment.size,
        width=attachment.width or None,
        height=attachment.height or None,
        document=attachment.document,
        thumbnail=path if attachment.thumbnail else None,
        scan=Scan(attachment.scan),
    )


def upload_view(upload: Upload) -> UploadView:
    """A file that was just taken in."""
    at = upload.position and Point(type="Point", coordinates=(upload.position.longitude, upload.position.latitude))
    return UploadView(**attachment_view(upload.attachment).model_dump(), position=at)


def history_view(
    entry: HistoryEntry, workflow: Workflow, catalogue: Catalogue, language: Language, *, for_agent: bool
) -> HistoryEntryView:
    """One act."""
    by: Literal["author", "agent", "system"] = "agent" if entry.by_agent else "author"
    return HistoryEntryView(
        sequence=entry.sequence,
        action=_action(workflow, entry.action, language),
        status=status_label(workflow, entry.status, language),
        by="system" if entry.actor == NOBODY else by,
        agent=_named(entry.actor, for_agent=for_agent and entry.by_agent),
        on_behalf=None if entry.acted_by is None else "agent" if entry.acted_by_agent else "mandatary",
        acted_by=entry.acted_by if for_agent else None,
        team=team_label(entry.team, catalogue, language),
        assignee=entry.assignee if for_agent else None,
        priority=priority_label(entry.priority, language) if entry.priority and for_agent else None,
        remedies_told=entry.remedies_told,
        received_on=entry.received_on,
        at=instant(entry.at),
    )


def message_view(message: WrittenMessage, *, for_agent: bool) -> MessageView:
    """One message."""
    by: Literal["author", "agent", "system"] = "author" if message.by_author else "agent"
    return MessageView(
        id=message.id,
        visibility=message.visibility,
        by="system" if message.actor == NOBODY else by,
        text=message.text,
        agent=_named(message.actor, for_agent=for_agent and by == "agent" and message.actor != NOBODY),
        attachments=[attachment_view(attachment) for attachment in message.attachments],
        mentions=list(message.mentions) if for_agent else [],
        created_at=instant(message.created_at),
    )


def point(row: Any) -> Point | None:
    """Where it is, as GeoJSON."""
    if row.longitude is None or row.latitude is None:
        return None
    return Point(type="Point", coordinates=(row.longitude, row.latitude))


def shown_point(row: Any, publicity: Publicity) -> Point | None:
    """Where it is, as precisely as the public may know."""
    longitude, latitude = publicity.rounded(row.longitude), publicity.rounded(row.latitude)
    if longitude is None or latitude is None:
        return None
    return Point(type="Point", coordinates=(longitude, latitude))


def type_label(form: Form, language: Language) -> Labelled:
    """A request type with its name."""
    return _labelled(form.code, form.definition.name.in_language(language))


def status_label(workflow: Workflow, code: str, language: Language) -> Labelled:
    """A state with its name."""
    state = workflow.state(code)
    return _labelled(code, state.name[language] if state else code)


def channel_label(code: str, language: Language) -> Labelled:
    """A way to the town hall with its name."""
    return _labelled(code, CHANNELS[Channel(code)].in_language(language))


def priority_label(rank: int, language: Language) -> Labelled:
    """How pressing something is, with its name."""
    priority = Priority.ranked(rank)
    return _labelled(priority, PRIORITIES[priority].in_language(language))


def _action(workflow: Workflow, code: str, language: Language) -> Labelled:
    if code in ACTIONS:
        return _labelled(code, ACTIONS[code].in_language(language))
    names = {transition.code: transition.name for transition in workflow.transitions}
    return _labelled(code, names[code][language] if code in names else code)


def _legal(form: Form, request: Request) -> LegalClockView | None:
    if form.regime is None or request.clock is None:
        return None
    return LegalClockView(
        silence=form.regime.silence,
        ends_at=instant(request.legal_end_at) if request.legal_end_at else None,
        paused=request.clock.paused_on is not None,
        extended=request.clock.extended_months > 0,
    )


def _actions(workflow: Workflow, status: str, roles: frozenset[str], language: Language) -> list[Labelled]:
    return [_labelled(t.code, t.name[language]) for t in workflow.open_to(status, roles)]


def team_label(code: str | None, catalogue: Catalogue, language: Language) -> Labelled | None:
    """A team with its name."""
    return _labelled(code, catalogue.team_name(code).in_language(language)) if code else None


def area_label(code: str | None, catalogue: Catalogue) -> Labelled | None:
    """An area with its name."""
    if code is None:
        return None
    area = catalogue.areas.get(code)
    return _labelled(code, area.name if area else code)


def _named(agent: UUID, *, for_agent: bool) -> UUID | None:
    return agent if for_agent else None
