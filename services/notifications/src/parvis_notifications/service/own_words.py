# SPDX-License-Identifier: EUPL-1.2
"""The words of one of the service's own messages: those that its collectivity published, else the deployment's."""

from collections.abc import Mapping

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Language
from parvis_kit.logs import logger
from parvis_notifications.db import message_templates
from parvis_notifications.domain.message_template import Content
from parvis_notifications.domain.occasions import OCCASIONS
from parvis_notifications.domain.template_json import from_json
from parvis_notifications.service.render_template import Variants, render, unsaid
from parvis_notifications.service.templates import Templates, Words

_log = logger(__name__)
_UNUSABLE = Counter("parvis_template_fallbacks_total", "Messages with the deployment's words instead", ["template"])


class UnsaidError(Exception):
    """Own words leave out what the law has said."""


async def own_words(session: AsyncSession, collectivity: str, occasion: str) -> Content | None:
    """What the collectivity has published for that occasion; None where that cannot be read, which is counted."""
    found = await message_templates.override(session, collectivity, occasion)
    try:
        return None if found is None else from_json(found.content)
    except Exception as error:  # noqa: BLE001 - whatever is stored, the message goes
        _unusable(occasion, error)
        return None


def worded(
    templates: Templates, occasion: str, language: Language, values: Mapping[str, str], own: Content | None
) -> tuple[Words, str | None]:
    """The words, and what a mail shows of them where they have more than paragraphs.

    A language that the collectivity has not written is the deployment's: a reader gets their own language before their
    town's words. What the law has sent is sent: own words that cannot be used make way, too, and are counted.
    """
    if own is not None and language in own.texts:
        try:
            variants = _rendered(own, occasion, language, values)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with them, the message goes
            _unusable(occasion, error)
        else:
            return Words(variants.subject, variants.text, variants.voice), variants.html
    return templates.words(occasion, language, **values), None


def _unusable(occasion: str, error: Exception) -> None:
    _UNUSABLE.labels(occasion).inc()
    _log.warning("own_words_unusable", template=occasion, error=type(error).__name__)


def _rendered(own: Content, occasion: str, language: Language, values: Mapping[str, str]) -> Variants:
    known = next((each for template, each in OCCASIONS.items() if template == occasion), None)
    if known is not None and unsaid(own.texts[language].body, known.mandatory):
        raise UnsaidError
    return render(own, language, {}, law=values)[1]
