# SPDX-License-Identifier: EUPL-1.2
"""Somebody has an account: an agent may be named in notes from now on."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event, MalformedEventError
from parvis_requests.db import mentions

TYPE: Final = "fr.parvis.identity.person-registered.v1"
_AGENT: Final = "agent"


class PersonRegistered(BaseModel):
    """What this consumer reads of the event."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    person: UUID
    kind: str


async def handle(event: Event, session: AsyncSession) -> None:
    """Remember the agents, in the event's transaction; raises MalformedEventError."""
    try:
        data = PersonRegistered.model_validate(event.data)
    except ValidationError as error:
        raise MalformedEventError(f"{event.type}: person is an identifier and kind a code") from error
    if data.kind == _AGENT:
        await mentions.know(session, event.collectivity, data.person)
