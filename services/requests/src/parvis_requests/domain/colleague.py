# SPDX-License-Identifier: EUPL-1.2
"""The agents of a town as those see them who work with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID
from zlib import crc32

from parvis_requests.domain.answer_filters import folded

MAX_LISTED: Final = 500
"""How many colleagues are listed at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """An agent; ``entitled`` says whether their roles open this service, ``name`` is None where nobody said it."""

    person: UUID
    name: str | None
    suspended: bool
    entitled: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """The agents of one town who are not gone; not ``known`` while identity, who knows them, does not answer."""

    known: bool
    colleagues: Mapping[UUID, Colleague] = field(default_factory=dict)

    def name(self, agent: UUID | None) -> str | None:
        """What that agent is called; None where it is not known, and of whoever is no agent here any more."""
        found = self.colleagues.get(agent) if agent else None
        return found.name if found else None

    def variant(self, agent: UUID | None) -> tuple[str, ...]:
        """What an entity tag has of an answer that names that agent: the name changes, though the row does not."""
        if agent is None:
            return ()
        return (f"{crc32((self.name(agent) or '').encode()):08x}",)

    def at_work(self, words: str | None) -> Iterator[Colleague]:
        """Those who may be given work, by their names, all or those whose name has these words in it."""
        wanted = folded(words or "")
        ordered = sorted(
            (folded(each.name or "\uffff"), each.person, each)
            for each in self.colleagues.values()
            if each.entitled and not each.suspended
        )
        return (each for name, _, each in ordered if wanted in (name if each.name else ""))


UNKNOWN: Final = Directory(known=False)
