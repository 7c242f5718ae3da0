# SPDX-License-Identifier: EUPL-1.2
"""In which languages a town speaks of something, and that each of its texts is in the first of them."""

from collections.abc import Iterable, Mapping, Sequence

from parvis_participation.domain.errors import ParticipationError


class LanguagesError(ParticipationError):
    """A text lacks the first of the languages, is in one that is not among them, or one is named twice."""


def check_texts(texts: Iterable[Mapping[str, str]], languages: Sequence[str]) -> None:
    """Raise LanguagesError unless each text, by language, is in the first language and in none but these."""
    if len(set(languages)) != len(languages):
        raise LanguagesError
    if any(languages[0] not in text or not text.keys() <= set(languages) for text in texts):
        raise LanguagesError
