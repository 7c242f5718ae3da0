# SPDX-License-Identifier: EUPL-1.2
"""Replies that agents begin with: administrators write them, checked as they are saved; agents get them filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db import reply_templates, requests
from parvis_requests.db.tables import ReplyTemplate
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.errors import Fault, InvalidTemplateError, StaleVersionError, TooManyTemplatesError
from parvis_requests.domain.reply_template import filled, unknown_variables
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.publish_type import allow_administration

MAX_TEMPLATES: Final = 300


@dataclass(frozen=True, slots=True)
class TemplateContent:
    """What an administrator says of a template; ``words`` by language."""

    name: str
    words: Mapping[str, str]
    request_types: Sequence[str]


@dataclass(frozen=True, slots=True)
class FilledTemplate:
    """A template's words for one request."""

    row: ReplyTemplate
    text: str


async def save_template(session: AsyncSession, actor: Actor, content: TemplateContent, now: datetime) -> ReplyTemplate:
    """Keep a new one; raises NotAllowedError, InvalidTemplateError or TooManyTemplatesError."""
    _check(actor, content)
    if await reply_templates.count(session, actor.collectivity) >= MAX_TEMPLATES:
        raise TooManyTemplatesError
    row = ReplyTemplate(id=uuid7(), collectivity=actor.collectivity, version=1, created_at=now, **_said(content, now))
    session.add(row)
    await session.flush()
    return row


async def replace_template(
    session: AsyncSession, actor: Actor, template_id: UUID, content: TemplateContent, *, version: int, now: datetime
) -> ReplyTemplate:
    """Say it anew; raises NotAllowedError, NotFoundError, StaleVersionError or InvalidTemplateError."""
    _check(actor, content)
    row = await _seen(session, actor, template_id, version)
    for column, value in _said(content, now).items():
        setattr(row, column, value)
    row.version += 1
    await session.flush()
    return row


async def drop_template(session: AsyncSession, actor: Actor, template_id: UUID, *, version: int) -> None:
    """Forget it; raises NotAllowedError, NotFoundError or StaleVersionError."""
    allow_administration(actor)
    await session.delete(await _seen(session, actor, template_id, version))


async def list_templates(session: AsyncSession, actor: Actor) -> Sequence[ReplyTemplate]:
    """All of the collectivity's, by their names; raises NotAllowedError for whoever is no agent."""
    return await reply_templates.all_of(session, for_agents(actor).collectivity, None, MAX_TEMPLATES)


async def fill_templates(
    session: AsyncSession, actor: Actor, request_id: UUID, language: str, *, catalogues: Catalogues
) -> list[FilledTemplate]:
    """Those that fit a request, filled in; raises NotAllowedError or NotFoundError."""
    row = await requests.one(session, for_agents(actor), request_id)
    values = await _values(session, row, language, catalogues)
    found = await reply_templates.all_of(session, row.collectivity, row.type_code, MAX_TEMPLATES)
    return [FilledTemplate(template, filled(template.words[language], values)) for template in found]


async def _values(session: AsyncSession, row: Row, language: str, catalogues: Catalogues) -> dict[str, str]:
    form = await form_of(session, row, catalogues)
    catalogue = await catalogues.of(row.collectivity)
    state = form.workflow.state(row.status)
    area = catalogue.areas.get(row.area) if row.area else None
    return {
        "reference": row.reference,
        "request_type": form.name[language],
        "status": state.name[language] if state else row.status,
        "area": area.name if area else "",
        "filed_on": f"{day_of(row.created_at):%d/%m/%Y}",
        "due_on": f"{day_of(row.due_at):%d/%m/%Y}" if row.due_at else "",
    }


def _said(content: TemplateContent, now: datetime) -> dict[str, object]:
    types = list(dict.fromkeys(content.request_types))
    return {"name": content.name, "words": dict(content.words), "request_types": types, "updated_at": now}


def _check(actor: Actor, content: TemplateContent) -> None:
    allow_administration(actor)
    faults = [
        Fault(("words", language), variable)
        for language, words in content.words.items()
        for variable in unknown_variables(words)
    ]
    if faults:
        raise InvalidTemplateError(faults)


async def _seen(session: AsyncSession, actor: Actor, template_id: UUID, version: int) -> ReplyTemplate:
    row = await reply_templates.one(session, actor.collectivity, template_id)
    if row.version != version:
        raise StaleVersionError
    return row
