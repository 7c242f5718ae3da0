# SPDX-License-Identifier: EUPL-1.2
"""What of a catalogue a person means by words of their own.

What is rare in the catalogue says more than what is common (inverse document frequency, as of BM25). A word counts as
much as is asked for of the name or keyword in which it stands: "carte" alone is half of "carte d'identité". What only
a description says counts little. A word that the catalogue does not know is taken for one that sounds alike, that it
begins, or that differs by a letter or two; where nothing is near enough, nothing is found.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Final

from parvis_requests.domain.plain_words import distance, root, singular, sound, telling

# A long sentence says what it is about within so many telling words.
_MOST_WORDS: Final = 24
# How sure it is that a word of the catalogue is meant: by its root alone, its sound, its beginning, or with a letter or
# two that are wrong.
_SAME_ROOT: Final = 0.95
_ALIKE: Final = 0.9
_BEGUN: Final = 0.6
_MISTYPED: Final = (0.75, 0.55)
_LEAST_BEGUN: Final = 4
_LEAST_HEARD: Final = 4
# Words shorter than these are not mended by one letter, by two: another word is too near.
_LEAST_MENDED: Final = (5, 9)
_TOLD: Final = 0.25
# How much of a name or keyword is asked for, or how much of what is asked the type knows: one of the two is wanted.
_LEAST_NAMED: Final = 0.5
_LEAST_KNOWN: Final = 0.6
# What is that much worse than the best is no answer beside it.
_LEAST_BESIDE: Final = 0.35


@dataclass(frozen=True, slots=True)
class Entry:
    """A type as it is looked for.

    Attributes:
        phrases: its names and keywords; a word counts by what share of its phrase is asked for.
        texts: what else is said of it.
    """

    code: str
    phrases: Sequence[str]
    texts: Sequence[str] = ()


class CatalogueSearch:
    """Finds types by words; what it needs for that it makes at the first search."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)

    def find(self, asked: str, limit: int) -> list[str]:
        """The codes of the types that are meant, the best first; those that fit alike in the catalogue's order."""
        fits = self._index.fits(telling(asked)[:_MOST_WORDS])
        least = max(fits.values(), default=0.0) * _LEAST_BESIDE
        found = sorted((-fit, place) for place, fit in fits.items() if fit >= least)
        return [self._entries[place].code for _, place in found[:limit]]

    @cached_property
    def _index(self) -> "_Index":
        return _Index(self._entries)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """The roots of a name or keyword of the type at that place of the catalogue."""

    place: int
    stems: frozenset[str]


class _Index:
    """Which types say which root, where they do, and how rare it is."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._words = list[frozenset[str]]()
        self._phrases = defaultdict[str, list[_Phrase]](list)
        self._told = defaultdict[str, set[int]](set)
        for place, entry in enumerate(entries):
            phrases = [telling(phrase) for phrase in entry.phrases]
            self._words.append(frozenset(singular(word) for phrase in phrases for word in phrase))
            for stems in {frozenset(map(root, phrase)) for phrase in phrases}:
                for stem in stems:
                    self._phrases[stem].append(_Phrase(place, stems))
            for stem in {root(word) for text in entry.texts for word in telling(text)}:
                self._told[stem].add(place)
        told = {stem: len(places) for stem, places in self._told.items()}
        named = {stem: len({phrase.place for phrase in phrases}) for stem, phrases in self._phrases.items()}
        self._weights = {stem: _rarity(count, len(entries)) for stem, count in (told | named).items()}
        # What the catalogue does not know might be what is rarest in it, or idle talk.
        self._unknown = _rarity(0, len(entries)) / 2
        self._by_sound = defaultdict[str, list[str]](list)
        self._by_letter = defaultdict[str, list[str]](list)
        for word in sorted(frozenset().union(*self._words)):
            self._by_sound[sound(word)].append(word)
            self._by_letter[word[0]].append(word)

    def fits(self, words: Sequence[str]) -> Mapping[int, float]:
        """How well the type at each place answers these words; those alone that do well enough to be shown."""
        meant = {word: self._meant(word) for word in words}
        shares = self._shares({stem: sure for stems in meant.values() for stem, sure in stems.items()})
        whole = sum(max(map(self._weights.__getitem__, stems), default=self._unknown) for stems in meant.values())
        told = {place for stems in meant.values() for stem in stems for place in self._told.get(stem, ())}
        fits = dict[int, float]()
        for place in shares.keys() | told:
            fit = known = 0.0
            for word, stems in meant.items():
                worth, weight = self._worth(place, word, stems, shares.get(place, {}))
                fit, known = fit + worth, known + weight
            if max(shares.get(place, {}).values(), default=0.0) >= _LEAST_NAMED or known >= _LEAST_KNOWN * whole:
                fits[place] = fit
        return fits

    def _meant(self, word: str) -> Mapping[str, float]:
        """The roots that a word may mean, each with how sure that is; others than its own where that is unknown."""
        if root(word) in self._weights:
            return {root(word): 1.0}
        if len(word) < _LEAST_BEGUN or word.isdigit():
            return {}
        heard = sound(singular(word))
        if (alike := self._by_sound.get(heard)) and len(heard) >= _LEAST_HEARD:
            return {root(each): _ALIKE for each in alike}
        near = self._by_letter.get(word[0], ())
        if begun := [each for each in near if each.startswith(word)]:
            return {root(each): _BEGUN for each in begun}
        for wrong, (least, sure) in enumerate(zip(_LEAST_MENDED, _MISTYPED, strict=True), 1):
            if len(word) >= least and (mended := [each for each in near if distance(word, each, wrong) <= wrong]):
                return {root(each): sure for each in mended}
        return {}

    def _shares(self, asked: Mapping[str, float]) -> Mapping[int, Mapping[str, float]]:
        """Of each type, and each root that is asked for, the greatest share of a phrase that is, too."""
        best = defaultdict[int, dict[str, float]](dict)
        for phrase in {phrase for stem in asked for phrase in self._phrases.get(stem, ())}:
            there, of_type = phrase.stems & asked.keys(), best[phrase.place]
            whole = sum(self._weights[stem] for stem in phrase.stems)
            share = sum(self._weights[stem] * asked[stem] for stem in there) / whole
            for stem in there:
                of_type[stem] = max(of_type.get(stem, 0.0), share)
        return best

    def _worth(
        self, place: int, word: str, stems: Mapping[str, float], shares: Mapping[str, float]
    ) -> tuple[float, float]:
        """What a word says for a type, and the weight of that word; nothing where the type does not know it."""
        same = 1.0 if singular(word) in self._words[place] else _SAME_ROOT
        said = [
            (self._weights[stem] * sure * same * (shares.get(stem) or _TOLD), self._weights[stem])
            for stem, sure in stems.items()
            if stem in shares or place in self._told.get(stem, ())
        ]
        return max(said, default=(0.0, 0.0))


def _rarity(count: int, total: int) -> float:
    return log(1 + (total - count + 0.5) / (count + 0.5))
