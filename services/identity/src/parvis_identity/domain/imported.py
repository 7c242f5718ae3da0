# SPDX-License-Identifier: EUPL-1.2
"""Accounts that a town brings from elsewhere: what it says of people, until they take it over themselves.

Nothing of it is ever vouched for. It becomes somebody's only when they have shown that they read the letters to its
address, and have written the same name by themselves: who got the letter by mistake learns nothing from it.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from parvis_identity.domain.person import Identity
from parvis_identity.domain.pivot import plain

ACTIVATION_LIFE: Final = timedelta(days=14)
"""How long the link of the letter works by which somebody takes an imported account over."""


class ImportState(StrEnum):
    """How far an import is."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"


class UnknownImportError(Exception):
    """The collectivity has no such import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One account, under the identifier that it had where it comes from."""

    external_id: str
    language: str
    identity: Identity

    def is_of(self, given_names: str, family_name: str) -> bool:
        """True where somebody writes their name as it says: the first of the first names, and a family name."""
        first = _first(given_names)
        known = {plain(name) for name in (self.identity.family_name, self.identity.preferred_name) if name}
        return bool(first) and first == _first(self.identity.given_names or "") and plain(family_name) in known

    def completing(self, chosen: Identity) -> Identity:
        """What somebody wrote of themselves, with what the town knows besides."""
        return self.identity.refreshed_by(chosen)


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one line: which column (RFC 6901 pointer), and a stable code."""

    line: int
    pointer: str
    code: str


def _first(names: str) -> str:
    return plain(names.strip().split(" ")[0])
