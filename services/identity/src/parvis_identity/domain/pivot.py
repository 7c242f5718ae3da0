# SPDX-License-Identifier: EUPL-1.2
"""The pivot identity: the six fields of civil status by which FranceConnect tells people apart, in a form to compare.

Accounts are joined by it only where somebody verified it: anybody can type another person's civil status.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_identity.domain.birth_date import precision_of
from parvis_identity.domain.person import Identity

FRANCE: Final = "99100"
_HYPHENS: Final = str.maketrans("-’'‐", "    ")
# What NFKD does not take apart, as registers in capitals write it.
_LETTERS: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})


class Document(StrEnum):
    """The identity documents that an agent accepts at the counter (article 2 of decree 55-1397, CESEDA)."""

    IDENTITY_CARD = "identity-card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence-permit"


class Source(StrEnum):
    """Who verified an identity."""

    PROVIDER = "provider"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That the pivot identity of a person was verified; which document an agent saw, never its number."""

    id: UUID
    person: UUID
    collectivity: str
    source: Source
    pivot_index: bytes
    document: Document | None
    agent: UUID | None
    proved_at: datetime


def pivot_of(identity: Identity) -> str | None:
    """The six fields in one text, equal for equal people; None where they are not complete enough to tell them apart.

    The place counts for births in France only, as with FranceConnect; a birth date without its day tells too little.
    """
    names = (identity.given_names, identity.family_name, identity.gender)
    born = (identity.birth_date, identity.birth_country)
    if not all(names) or not all(born) or precision_of(identity.birth_date or "") != "day":
        return None
    if identity.birth_country == FRANCE and not identity.birth_place:
        return None
    return _joined(identity, plain)


def former_pivot_of(identity: Identity) -> str | None:
    """The same as earlier versions wrote it, which kept commas, full stops and ligatures: proofs may stand under it."""
    return _joined(identity, _formerly_plain) if pivot_of(identity) else None


def plain(text: str) -> str:
    """A name to compare: registers differ in accents, ligatures, hyphens, commas and capitals, people do not.

    A French identity card has commas between first names where FranceConnect has spaces.
    """
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = (letter for letter in letters if not unicodedata.combining(letter))
    return " ".join("".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in bare).split())


def _joined(identity: Identity, written: Callable[[str], str]) -> str:
    place = identity.birth_place if identity.birth_country == FRANCE else ""
    names = (identity.given_names, identity.family_name, identity.gender)
    fields = (*names, identity.birth_date, identity.birth_country, place)
    return "\x00".join(written(text or "") for text in fields)


def _formerly_plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.translate(_HYPHENS).casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
