# SPDX-License-Identifier: EUPL-1.2
"""Two accounts are one person's: they answer once, and vote once."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.consumer import Handler
from parvis_kit.messaging.events import Event, MalformedEventError
from parvis_participation.service.follow_merge import follow_merge
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_words import SurveyWords

TYPE: Final = "fr.parvis.identity.account-merged.v1"


class AccountMerged(BaseModel):
    """What this consumer reads of the event."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    person: UUID
    into: UUID


def handler(seals: Seals, words: SurveyWords) -> Handler:
    """The handler; it raises MalformedEventError."""

    async def handle(event: Event, session: AsyncSession) -> None:
        try:
            data = AccountMerged.model_validate(event.data)
        except ValidationError as error:
            raise MalformedEventError(f"{event.type}: person and into are identifiers") from error
        await follow_merge(session, seals, words, data.person, data.into, event.collectivity)

    return handle
