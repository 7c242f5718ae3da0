# SPDX-License-Identifier: EUPL-1.2
"""Texts told in the language asked for, or in the one that they have, and in which they were told."""

from collections.abc import Mapping

from parvis_kit.locale import Language


class Telling:
    """One answer to somebody who asks for a language; it remembers in which its texts are."""

    def __init__(self, language: Language) -> None:
        self._language: str = language
        self._told: set[str] = set()

    def of(self, text: Mapping[str, str]) -> str:
        """The text in the language asked for, in another one where it lacks that; it has one at least."""
        language = self._language if self._language in text else next(iter(text))
        self._told.add(language)
        return text[language]

    @property
    def content_language(self) -> str:
        """The languages of the answer, the one asked for first (RFC 9110 section 8.5)."""
        return ", ".join(sorted(self._told, key=lambda each: (each != self._language, each))) or self._language
