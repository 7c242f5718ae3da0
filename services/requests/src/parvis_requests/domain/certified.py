# SPDX-License-Identifier: EUPL-1.2
"""Answers that another administration certifies, so that people need not tell, or prove, what the State knows already.

Article L114-8 of the CRPA has administrations exchange what they need for a request; the person is told of it, and the
consent kept here is to that exchange.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

from parvis_requests.domain.form import Document

FRANCE: Final = "99100"
_SEXES: Final = {"female": "F", "male": "M"}


class Source(StrEnum):
    """What is certified: the *quotient familial* of the CNAF or the MSA, by which towns set their prices."""

    QUOTIENT = "quotient-familial"


class Provider(StrEnum):
    """Who certifies a *quotient familial*: the fund of the general scheme, or that of farmers and their workers."""

    CNAF = "CNAF"
    MSA = "MSA"


class CertifiedState(StrEnum):
    """How far it is: consented to, certified, or not to be had."""

    ASKED = "asked"
    CERTIFIED = "certified"
    UNAVAILABLE = "unavailable"


class Unavailable(StrEnum):
    """Why it is not to be had: the person gives it with a document instead."""

    UNATTESTED = "identity-not-attested"
    INCOMPLETE = "civil-status-incomplete"
    REFUSED = "civil-status-refused"
    NOT_FOUND = "not-found"


class Lost(StrEnum):
    """Why a certified answer that a request or a draft names does not go along with it: the person is asked anew."""

    LAPSED = "lapsed"
    OTHER_TYPE = "other-type"
    UNAVAILABLE = "not-certified"
    JOINED = "joined-another"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Quotient:
    """A *quotient familial* in euros, of that month, and who certifies it."""

    value: int
    provider: Provider
    year: int
    month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilStatus:
    """Who somebody is, as FranceConnect names it; see the internal API of identity."""

    given_names: str | None
    family_name: str | None
    gender: str | None
    birth_date: str | None
    birth_place: str | None
    birth_country: str | None

    @property
    def sex(self) -> str | None:
        """``F`` or ``M``, where it is known."""
        return _SEXES.get(self.gender or "")

    @property
    def complete(self) -> bool:
        """Whether somebody can be asked for by it: the members that API Particulier wants at least."""
        return bool(self.given_names and self.family_name and self.sex and self.birth_country)


@dataclass(frozen=True, slots=True)
class CertifiedRule:
    """A question whose answer a source certifies, and the document that proves it where the person gives it."""

    question: str
    source: Source
    document: str | None


@dataclass(frozen=True, slots=True)
class CertifiedAnswer:
    """An answer that was certified at that instant; ``id`` is that of the consent."""

    id: UUID
    question: str
    source: Source
    quotient: Quotient
    at: datetime


def documents_asked(
    documents: Sequence[Document], rules: Iterable[CertifiedRule], answered: Collection[str], certified: Collection[str]
) -> list[Document]:
    """The documents of a form: what proves a certified answer is not asked for, what proves a given one has to come.

    One document may prove several answers: it has to come as soon as one of them is given and not certified.
    """
    proves: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        if rule.document:
            proves[rule.document].add(rule.question)
    told = set(answered) - set(certified)
    return [
        replace(each, required=True) if each.code in proves else each
        for each in documents
        if each.code not in proves or proves[each.code] & told
    ]


def consent_version(texts: Iterable[str]) -> str:
    """The name of a text of consent in all its languages: another text has another."""
    return sha256("\x00".join(texts).encode()).hexdigest()[:16]
