# SPDX-License-Identifier: EUPL-1.2
"""That somebody agrees to be shown in public, or agrees no more, is kept with its words and hour."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db.publication_tables import PublicationConsent
from parvis_participation.domain.publication import ConsentWay, Publication, words_of


@dataclass(frozen=True, slots=True)
class Said:
    """When something is said, in which language, and by which way."""

    at: datetime
    language: str
    way: ConsentWay = ConsentWay.SELF


def agree(
    session: AsyncSession, collectivity: str, kind: Publication, subject: UUID, person: UUID | None, said: Said,
    *, given: bool,
) -> None:  # fmt: skip
    """Keep it, in the caller's transaction."""
    words = words_of(kind, said.language, given=given)
    row = PublicationConsent(
        id=uuid7(), collectivity=collectivity, kind=kind.value, subject=subject, person=person, given=given,
        words=words, way=said.way.value, created_at=said.at,
    )  # fmt: skip
    session.add(row)
