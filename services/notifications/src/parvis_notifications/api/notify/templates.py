# SPDX-License-Identifier: EUPL-1.2
"""Templates by the API of GOV.UK Notify: those that applications may send by, in French."""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Path
from starlette.requests import Request

from parvis_kit.web.operation import service
from parvis_notifications.api.context import parts_of
from parvis_notifications.api.notify.protocol import instant, notify_errors, notify_router, notify_sender
from parvis_notifications.api.notify.schemas import (
    NotifyPreview,
    NotifyPreviewAsked,
    NotifyRequired,
    NotifyTemplate,
    NotifyTemplates,
    NotifyTemplateVersions,
)
from parvis_notifications.api.notify.values import as_values
from parvis_notifications.db import message_templates, sendable_templates
from parvis_notifications.db.template_tables import MessageTemplateVersion
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.languages import REFERENCE
from parvis_notifications.domain.message_template import Content
from parvis_notifications.domain.template_json import from_json
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.send_message import written

routes = notify_router()
_ONE = "/v2/template/{template_id}"
Kind = Literal["email", "sms", "letter"]
_KINDS: Final = (Channel.EMAIL, Channel.SMS, Channel.LETTER)


@routes.get(
    "/v2/templates",
    **service(),
    operation_id="notifyListTemplates",
    response_model=NotifyTemplates,
    responses=notify_errors(),
)
async def list_(request: Request, type: Kind | None = None) -> object:  # noqa: A002 - the parameter's name
    """The templates that applications may send by; of those that go both ways, `type=sms` shows the text message."""
    sender = await notify_sender(request)
    async with parts_of(request).runtime.database.reading() as session:
        rows = await sendable_templates.all_of(session, sender.collectivity)
    shown = [row for row in rows if {type} & set(row.content["channels"]) or (type is None and _known(row))]
    return NotifyTemplates(templates=[_view(row, type) for row in shown])


@routes.get(
    _ONE,
    **service(),
    operation_id="notifyReadTemplate",
    response_model=NotifyTemplate,
    responses=notify_errors(404),
)
async def read(template_id: UUID, request: Request) -> object:
    """The version of a template that holds."""
    sender = await notify_sender(request)
    async with parts_of(request).runtime.database.reading() as session:
        return _view(await sendable_templates.holding(session, sender.collectivity, template_id))


@routes.get(
    _ONE + "/version/{version}",
    **service(),
    operation_id="notifyReadTemplateVersion",
    response_model=NotifyTemplate,
    responses=notify_errors(404),
)
async def version(template_id: UUID, version: Annotated[int, Path(ge=1, le=100_000)], request: Request) -> object:
    """A version of a template, whether it holds or not."""
    sender = await notify_sender(request)
    async with parts_of(request).runtime.database.reading() as session:
        holding = await sendable_templates.holding(session, sender.collectivity, template_id)
        return _view(await message_templates.version(session, holding.template_id, version))


@routes.get(
    "/service/{service_id}/template/{template_id}/versions",
    **service(),
    operation_id="notifyListTemplateVersions",
    response_model=NotifyTemplateVersions,
    responses=notify_errors(404),
)
async def versions(service_id: UUID, template_id: UUID, request: Request) -> object:
    """The hundred newest versions of a template; the key says which service it is."""
    sender = await notify_sender(request)
    del service_id
    async with parts_of(request).runtime.database.reading() as session:
        holding = await sendable_templates.holding(session, sender.collectivity, template_id)
        found = await message_templates.versions(session, holding.template_id, None, 100)
    _kind(from_json(holding.content), None)
    return NotifyTemplateVersions(data=[_view(row) for row in found.rows if _known(row)])


@routes.post(
    _ONE + "/preview",
    **service(),
    operation_id="notifyPreviewTemplate",
    response_model=NotifyPreview,
    responses=notify_errors(404, 413),
)
async def preview(template_id: UUID, body: NotifyPreviewAsked, request: Request) -> object:
    """A template filled in; nothing is sent."""
    sender = await notify_sender(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await sendable_templates.holding(session, sender.collectivity, template_id)
    content = from_json(row.content)
    kind = _kind(content, None)
    text = kind is Channel.SMS
    _, said = written(content, kind, REFERENCE, as_values(body.personalisation))
    return NotifyPreview(
        id=row.template_id,
        type=kind,
        version=row.number,
        body=said.sms if text else said.text,
        subject=None if text else said.subject,
        html=said.html if kind is Channel.EMAIL else None,
    )


def _kind(content: Content, wanted: str | None) -> Channel:
    if wanted is not None and Channel(wanted) in content.channels:
        return Channel(wanted)
    kind = next((each for each in _KINDS if each in content.channels), None)
    if kind is None:  # one by which people are called: its clients know of no such thing
        raise NotFoundError
    return kind


def _known(row: MessageTemplateVersion) -> bool:
    return bool(set(_KINDS) & set(row.content["channels"]))


def _view(row: MessageTemplateVersion, wanted: str | None = None) -> NotifyTemplate:
    content = from_json(row.content)
    kind, words = _kind(content, wanted), content.texts[REFERENCE]
    text = kind is Channel.SMS
    return NotifyTemplate(
        id=row.template_id,
        name=row.name,
        type=kind,
        created_at=instant(row.created_at) or "",
        updated_at=None,
        created_by=str(row.published_by),
        version=row.number,
        body=words.sms if text and words.sms is not None else words.body,
        subject=None if text else words.subject,
        personalisation={each.name: NotifyRequired(required=each.required) for each in content.variables},
    )
