# SPDX-License-Identifier: EUPL-1.2
"""A collectivity says in which languages it writes, and people choose among them.

A language that is withdrawn is nobody's fault who had chosen it: they keep their wish, are told in what stands in for
it (domain/languages.py), and have it again should it come back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from babel import Locale, UnknownLocaleError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import message_languages, message_templates
from parvis_notifications.domain.errors import LanguageNotOfferedError, UnknownLanguagesError
from parvis_notifications.domain.languages import NONE, OVERSEAS, SHIPPED, served
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.occasions import OCCASIONS
from parvis_notifications.service.edit_templates import Writer


@dataclass(frozen=True, slots=True)
class Standing:
    """In what a collectivity writes beside the platform's languages, and what it has published by occasion."""

    languages: Sequence[str]
    version: int
    worded: Mapping[str, Collection[str]]

    def missing(self, language: str) -> list[Template]:
        """The occasions whose messages somebody who wants that language has in another one."""
        return [occasion for occasion in OCCASIONS if not self._serves(language, occasion)]

    def lacking(self, occasion: Template) -> list[str]:
        """Of an occasion the languages that people may want and have its messages in another one."""
        return [language for language in self.languages if not self._serves(language, occasion)]

    def _serves(self, language: str, occasion: Template) -> bool:
        return served(language, {*SHIPPED, *self.worded.get(occasion, ())})

    @property
    def published(self) -> str:
        """The same as long as the same is published: a part of an ETag."""
        said = sorted((occasion, *sorted(languages)) for occasion, languages in self.worded.items())
        return sha256(repr(said).encode()).hexdigest()[:16]


async def standing(session: AsyncSession, collectivity: str) -> Standing:
    """How things stand there."""
    languages, version = await message_languages.one(session, collectivity)
    return Standing(languages, version, await message_templates.worded_languages(session, collectivity))


async def offered(session: AsyncSession, collectivity: str) -> tuple[str, ...]:
    """All that people there may choose, French and English first."""
    own, _ = await message_languages.one(session, collectivity)
    return (*SHIPPED, *own)


async def offer_languages(
    session: AsyncSession, writer: Writer, languages: Sequence[str], *, version: int, now: datetime
) -> int:
    """Write in these from now on, beside French and English; returns the new version.

    Raises StaleVersionError, and UnknownLanguagesError with the places of those that are no languages.
    """
    if unknown := [place for place, each in enumerate(languages) if own_name(each) is None]:
        raise UnknownLanguagesError(unknown)
    own = sorted(set(languages) - set(SHIPPED))
    return await message_languages.put(session, writer.collectivity, own, writer.person, version=version, now=now)


async def check_language(session: AsyncSession, collectivity: str, wanted: str | None, kept: str | None) -> None:
    """Nothing for a language that may be wanted; the one that somebody has stays theirs though it was withdrawn.

    Raises LanguageNotOfferedError.
    """
    if wanted is None or wanted in SHIPPED or wanted == kept:
        return
    every = await offered(session, collectivity)
    if wanted not in every:
        raise LanguageNotOfferedError(every)


@lru_cache(maxsize=256)
def own_name(language: str) -> str | None:
    """What its speakers call it, or how it is called in French; None for a tag of no language (Unicode CLDR)."""
    french = {**OVERSEAS, **Locale("fr").languages}
    own, _, rest = language.partition("-")
    if own not in french or own in NONE:
        return None
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return f"{french[own]} ({rest})" if rest else french[own]
    return locale.get_display_name() or french[own]
