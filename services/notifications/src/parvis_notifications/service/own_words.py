# SPDX-License-Identifier: EUPL-1.2
"""The words of one of the service's own messages: those that its collectivity published, else the deployment's."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.logs import logger
from parvis_notifications.db import message_templates
from parvis_notifications.domain.languages import SHIPPED, nearest, shipped
from parvis_notifications.domain.message_template import Content
from parvis_notifications.domain.occasions import OCCASIONS
from parvis_notifications.domain.template_json import from_json
from parvis_notifications.service.render_template import Variants, render, unsaid
from parvis_notifications.service.templates import Templates, Words

_log = logger(__name__)
_UNUSABLE = Counter("parvis_template_fallbacks_total", "Messages with the deployment's words instead", ["template"])


@dataclass(frozen=True, slots=True)
class Worded:
    """A message in words; ``html`` is what a mail shows where they have more than paragraphs."""

    words: Words
    html: str | None
    language: str


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


def language_of(own: Content | None, wanted: str) -> str:
    """In which language somebody is told who wants that one: the nearest that the town or the platform has words in.

    A reader gets their own language before their town's words: what it has not written, the deployment has.
    """
    return nearest(wanted, {*SHIPPED, *(own.texts if own else ())})


def worded(
    templates: Templates, occasion: str, language: str, values: Mapping[str, str], own: Content | None
) -> Worded:
    """The words in a language that ``language_of`` gave.

    What the law has sent is sent: own words that cannot be used make way for the deployment's, in the language of its
    own that is nearest, and are counted.
    """
    if own is not None and language in own.texts:
        try:
            variants = _rendered(own, occasion, language, values)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with them, the message goes
            _unusable(occasion, error)
        else:
            return Worded(Words(variants.subject, variants.text, variants.voice), variants.html, language)
    around = shipped(language)
    return Worded(templates.words(occasion, around, **values), None, around)


def _unusable(occasion: str, error: Exception) -> None:
    _UNUSABLE.labels(occasion).inc()
    _log.warning("own_words_unusable", template=occasion, error=type(error).__name__)


def _rendered(own: Content, occasion: str, language: str, values: Mapping[str, str]) -> Variants:
    known = next((each for template, each in OCCASIONS.items() if template == occasion), None)
    if known is not None and unsaid(own.texts[language].body, known.mandatory):
        raise UnsaidError
    return render(own, language, {}, law=values)[1]
