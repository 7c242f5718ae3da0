# SPDX-License-Identifier: EUPL-1.2
"""What the public may know of requests: the same rules for every door, an API's or a map's."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import publications
from parvis_requests.db.public_rules import Rule
from parvis_requests.db.requests import form_key
from parvis_requests.db.tables import Attachment, Publication
from parvis_requests.domain.publicity import Decision
from parvis_requests.service.catalogue import Catalogue


class Filed(Protocol):
    """A request as far as what is shown of it depends on it; ``type_id`` and ``type_version`` name its form."""

    @property
    def id(self) -> UUID:
        """Its id."""

    @property
    def description(self) -> str:
        """Its words as they were filed."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is shown of a request beside its place and state."""

    words: str | None = None
    photos: Sequence[Attachment] = ()


def rules_of(
    catalogue: Catalogue, *, types: Collection[str] = (), opened: bool = True, ended: bool = True
) -> list[Rule]:
    """The states of each version of these types (of all where none is named) that the public may know."""
    return [
        Rule(form.id, form.number, state.code, state.final, publicity.decimals, publicity.content)
        for form, publicity in catalogue.shown.values()
        if not types or form.code in types
        for state in form.workflow.states
        if (ended if state.final else opened)
    ]


def decision_of(row: Publication) -> Decision:
    """The domain's view of a row."""
    return Decision(row.hidden, row.words, frozenset(row.photos))


async def contents_of(session: AsyncSession, catalogue: Catalogue, rows: Sequence[Filed]) -> Mapping[UUID, Content]:
    """What is shown of each of these requests, in two look-ups."""
    ids = [row.id for row in rows]
    decided = {id_: decision_of(found) for id_, found in (await publications.latest(session, ids)).items()}
    photos = await publications.photos(session, ids)
    contents: dict[UUID, Content] = {}
    for row in rows:
        decision, shown = decided.get(row.id), catalogue.shown.get(form_key(row))
        if shown is not None:
            contents[row.id] = Content(
                words=shown.publicity.words(row.description, decision),
                photos=[
                    photo
                    for photo in photos.get(row.id, ())
                    if shown.publicity.shows(photo.id, decision, filed=photo.message_id is None)
                ],
            )
    return contents
