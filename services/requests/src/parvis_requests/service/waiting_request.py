# SPDX-License-Identifier: EUPL-1.2
"""What somebody has filed, as it is kept sealed until they confirm their address: checked, and of which form."""

from collections.abc import Collection
from typing import Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from parvis_requests.db.catalogue import FormKey
from parvis_requests.domain.asking import Asker
from parvis_requests.domain.position import AreaRef, Position
from parvis_requests.service.form import Form
from parvis_requests.service.submit_request import SubmitRequest

CONTENT: Final = "confirmation.content"


class WaitingRequest(BaseModel):
    """A submission that was right when it was filed: what its type asks later does not matter to it."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    type_id: UUID
    number: int
    type_code: str
    client_id: str
    description: str
    answers: dict[str, Any]
    position: tuple[float, float] | None
    address: str | None
    area: tuple[str, str | None] | None
    attachments: tuple[UUID, ...] = ()
    documents: dict[str, tuple[UUID, ...]] = {}

    @classmethod
    def of(cls, command: SubmitRequest, form: Form, area: AreaRef | None) -> Self:
        """What was checked as that form's, in that area."""
        place = command.position
        return cls(
            type_id=form.key.type_id,
            number=form.key.number,
            type_code=form.code,
            client_id=command.client_id,
            description=command.description,
            answers=dict(command.answers),
            position=(place.longitude, place.latitude) if place else None,
            address=command.address,
            area=(area.code, area.parent) if area else None,
            attachments=command.attachments,
            documents=dict(command.documents),
        )

    @property
    def key(self) -> FormKey:
        """Its form."""
        return FormKey(self.type_id, self.number)

    @property
    def area_ref(self) -> AreaRef | None:
        """Where it is."""
        return AreaRef(*self.area) if self.area else None

    @property
    def files(self) -> list[UUID]:
        """The uploads that join it."""
        return [*self.attachments, *(id_ for ids in self.documents.values() for id_ in ids)]

    def command(self, collectivity: str, author: UUID, files: Collection[UUID]) -> SubmitRequest:
        """The submission, by whoever confirmed, with those of its uploads that are still there."""
        documents = {code: tuple(id_ for id_ in ids if id_ in files) for code, ids in self.documents.items()}
        return SubmitRequest(
            collectivity=collectivity,
            author=author,
            client_id=self.client_id,
            type_code=self.type_code,
            description=self.description,
            answers=self.answers,
            position=Position(*self.position) if self.position else None,
            address=self.address,
            asker=Asker(has_account=False, has_address=True),
            attachments=tuple(id_ for id_ in self.attachments if id_ in files),
            documents={code: ids for code, ids in documents.items() if ids},
        )
