# SPDX-License-Identifier: EUPL-1.2
"""Show what a template would say, in every variant."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import message_templates
from parvis_notifications.db.template_tables import MessageTemplate
from parvis_notifications.domain.message_template import Content, wrong_values
from parvis_notifications.domain.placeholders import key_of
from parvis_notifications.domain.template_json import from_json
from parvis_notifications.service.edit_templates import TemplateFaultsError, occasion_of
from parvis_notifications.service.read_occasions import EXAMPLES
from parvis_notifications.service.render_template import Variants, as_given, render

Values = Mapping[str, str | list[str]]


async def content_of(
    session: AsyncSession, collectivity: str, template_id: UUID, number: int | None
) -> tuple[MessageTemplate, Content]:
    """A template, and the content of that version of it; None for its draft. Raises NotFoundError."""
    row = await message_templates.one(session, collectivity, template_id)
    stored = row.draft if number is None else (await message_templates.version(session, row.id, number)).content
    return row, from_json(stored)


def preview(row: MessageTemplate, content: Content, language: str, given: Values) -> tuple[str, Variants]:
    """The language that was had and the message in it; what is not given stands as its example.

    Raises TemplateFaultsError for values of another type, FilledTooLongError.
    """
    own = as_given(given)
    set_ = occasion_of(row)
    if set_ is not None:
        said = {name: own.get(key_of(name), EXAMPLES[name]) for name in set_.known}
        return render(content, language, {}, law={name: _text(value) for name, value in said.items()})
    values = {each.key: own.get(each.key, each.example) for each in content.variables}
    # One that was given as nothing is shown as nothing, although no message could be sent so.
    if found := [each for each in wrong_values(content.variables, values) if each.code != "missing-value"]:
        raise TemplateFaultsError(found)
    return render(content, language, values)


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "\n".join(value)
