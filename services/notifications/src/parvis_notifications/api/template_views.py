# SPDX-License-Identifier: EUPL-1.2
"""How templates are shown."""

from typing import Any

from parvis_kit.locale import Language
from parvis_notifications.api.template_schemas import (
    MessageOccasionView,
    MessageTemplateVersionView,
    MessageTemplateView,
    OccasionVariable,
    TemplatePreview,
    TemplateWording,
)
from parvis_notifications.api.template_words import hint_view
from parvis_notifications.db.template_tables import MessageTemplate, MessageTemplateVersion
from parvis_notifications.domain.message_template import Content
from parvis_notifications.domain.occasions import OCCASIONS
from parvis_notifications.domain.template_hints import hints
from parvis_notifications.domain.template_json import from_json, to_json
from parvis_notifications.domain.voice import seconds
from parvis_notifications.service.read_occasions import EXAMPLES, Occasion
from parvis_notifications.service.render_template import Variants


def template_view(row: MessageTemplate, language: Language) -> MessageTemplateView:
    """A template with its draft."""
    return MessageTemplateView(
        id=row.id,
        name=row.name,
        occasion=row.occasion,
        **_ordered(row.draft),
        published_version=row.published,
        hints=[hint_view(each, language) for each in hints(from_json(row.draft))],
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def version_view(row: MessageTemplateVersion) -> MessageTemplateVersionView:
    """A published version."""
    return MessageTemplateVersionView(
        number=row.number,
        name=row.name,
        **_ordered(row.content),
        restored_from=row.restored_from,
        published_by=row.published_by,
        published_at=row.created_at,
    )


def preview_view(had: str, variants: Variants, content: Content, language: Language) -> TemplatePreview:
    """Every variant, with the hints on the language that was had."""
    place = f"/texts/{had}/"
    return TemplatePreview(
        language=had,
        subject=variants.subject,
        html=variants.html,
        text=variants.text,
        sms=variants.sms,
        sms_encoding=variants.sms_length.encoding,
        sms_segments=variants.sms_length.segments,
        voice=variants.voice,
        voice_seconds=seconds(variants.voice),
        hints=[hint_view(each, language) for each in hints(content) if each.pointer.startswith(place)],
    )


def occasion_view(found: Occasion, missing: list[str]) -> MessageOccasionView:
    """A message of the service's own."""
    set_ = OCCASIONS[found.occasion]
    return MessageOccasionView(
        occasion=found.occasion,
        inherited=found.published is None,
        template_id=found.template_id,
        published_version=found.published,
        missing_languages=missing,
        variables=[
            OccasionVariable(name=name, mandatory=name in set_.mandatory, sample=EXAMPLES[name])
            for name in sorted(set_.known)
        ],
        defaults={
            language: TemplateWording(subject=words.subject, body=words.body)
            for language, words in found.defaults.items()
        },
    )


def _ordered(stored: dict[str, Any]) -> dict[str, Any]:
    return to_json(from_json(stored))
