# SPDX-License-Identifier: EUPL-1.2
"""Agents write templates, publish them, go back to what was published before, and put them away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_notifications.db import message_templates
from parvis_notifications.db.template_tables import MessageTemplate, MessageTemplateVersion
from parvis_notifications.domain.errors import (
    NameTakenError,
    NothingToPublishError,
    OccasionTakenError,
    StaleVersionError,
    TooManyTemplatesError,
)
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.message_template import Content, Fault, OfOccasion, faults
from parvis_notifications.domain.occasions import OCCASIONS
from parvis_notifications.domain.template_json import from_json, to_json
from parvis_notifications.service.render_template import unsaid

TEMPLATE_LIMIT: Final = 500


class TemplateFaultsError(Exception):
    """A template that must be mended first."""

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__(found)
        self.faults = found


@dataclass(frozen=True, slots=True)
class Writer:
    """The agent who writes, for their collectivity."""

    collectivity: str
    person: UUID


def occasion_of(row: MessageTemplate) -> OfOccasion | None:
    """What is set for a template that words one of the service's own messages."""
    return None if row.occasion is None else OCCASIONS[Template(row.occasion)]


async def write_template(
    session: AsyncSession, writer: Writer, name: str, occasion: Template | None, content: Content, now: datetime
) -> MessageTemplate:
    """A new template with its draft.

    Raises TemplateFaultsError, NameTakenError, OccasionTakenError, TooManyTemplatesError.
    """
    if occasion is not None and occasion not in OCCASIONS:
        raise TemplateFaultsError([Fault("/occasion", "not-yours-to-word")])
    _check(content, OCCASIONS[occasion] if occasion else None)
    await message_templates.lock(session, writer.collectivity)
    if await message_templates.count(session, writer.collectivity) >= TEMPLATE_LIMIT:
        raise TooManyTemplatesError
    if await message_templates.named(session, writer.collectivity, name):
        raise NameTakenError
    if occasion in {row.occasion for row in await message_templates.wording(session, writer.collectivity)}:
        raise OccasionTakenError
    row = MessageTemplate(
        id=uuid7(),
        collectivity=writer.collectivity,
        name=name,
        occasion=occasion,
        draft=to_json(content),
        published=None,
        latest=0,
        version=1,
        changed_by=writer.person,
        created_at=now,
        updated_at=now,
        archived_at=None,
    )
    session.add(row)
    await session.flush()
    return row


async def rewrite_template(
    session: AsyncSession,
    writer: Writer,
    template_id: UUID,
    name: str,
    content: Content,
    *,
    version: int,
    now: datetime,
) -> MessageTemplate:
    """Another draft; what is published stays. Raises NotFoundError, StaleVersionError and what writing one raises."""
    row = await _seen(session, writer, template_id, version)
    _check(content, occasion_of(row))
    await message_templates.lock(session, writer.collectivity)
    if await message_templates.named(session, writer.collectivity, name) not in {None, row.id}:
        raise NameTakenError
    values = {"name": name, "draft": to_json(content), "changed_by": writer.person, "updated_at": now}
    return await message_templates.change(session, row, **values)


async def publish_template(
    session: AsyncSession, writer: Writer, template_id: UUID, *, restored: int | None, version: int, now: datetime
) -> tuple[MessageTemplate, MessageTemplateVersion]:
    """The draft becomes the next version, or an older version does again, and the draft with it.

    Raises NotFoundError, StaleVersionError, NothingToPublishError, TemplateFaultsError where rules have changed since.
    """
    row = await _seen(session, writer, template_id, version)
    stored = row.draft if restored is None else (await message_templates.version(session, row.id, restored)).content
    _check(from_json(stored), occasion_of(row))
    if row.published and stored == (await message_templates.version(session, row.id, row.published)).content:
        raise NothingToPublishError
    number = row.latest + 1
    published = MessageTemplateVersion(
        template_id=row.id,
        number=number,
        id=uuid7(),
        collectivity=row.collectivity,
        name=row.name,
        content=stored,
        restored_from=restored,
        published_by=writer.person,
        created_at=now,
    )
    session.add(published)
    await session.flush()
    values = {"draft": stored, "published": number, "latest": number, "changed_by": writer.person, "updated_at": now}
    return await message_templates.change(session, row, **values), published


async def archive_template(
    session: AsyncSession, writer: Writer, template_id: UUID, *, version: int, now: datetime
) -> None:
    """Put it away with its versions: nothing is sent by it any more. Raises NotFoundError, StaleVersionError."""
    row = await _seen(session, writer, template_id, version)
    await message_templates.change(session, row, archived_at=now, changed_by=writer.person, updated_at=now)


async def _seen(session: AsyncSession, writer: Writer, template_id: UUID, version: int) -> MessageTemplate:
    row = await message_templates.one(session, writer.collectivity, template_id, locked=True)
    if row.version != version:
        raise StaleVersionError
    return row


def _check(content: Content, occasion: OfOccasion | None) -> None:
    found = faults(content, occasion)
    if occasion is not None and not found:
        found = [
            Fault(f"/texts/{language}/body", "mandatory-variable", name)
            for language, wording in content.texts.items()
            for name in unsaid(wording.body, occasion.mandatory)
        ]
    if found:
        raise TemplateFaultsError(found)
