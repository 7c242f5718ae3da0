# SPDX-License-Identifier: EUPL-1.2
"""What the API of dead letters takes and gives."""

import json
from base64 import b64encode
from datetime import datetime
from typing import Annotated, Any, NoReturn
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import to_json

from parvis_kit.web.types import PlainText
from parvis_letters.letter import Letter, LetterState

Reason = Annotated[PlainText, StringConstraints(min_length=1, max_length=500)]


class NewRedrive(BaseModel):
    """How a letter is sent again."""

    model_config = ConfigDict(extra="forbid")

    data: dict[str, Any] | None = Field(
        default=None, description="Mended data, by the schema of the event's type; without, it goes as it came."
    )


class NewDiscard(BaseModel):
    """Why nobody will handle a letter."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="Kept with the letter; name nobody.")


class HeaderView(BaseModel):
    """A header of the Kafka record; what is not UTF-8 is escaped."""

    name: str
    value: str


class LetterSummaryView(BaseModel):
    """A dead letter in a list."""

    id: UUID
    consumer: str = Field(description="The consumer that cannot handle it.")
    topic: str = Field(description="The topic that it came from.")
    type: str | None = Field(description="Of the event, where it can be read.")
    event_id: UUID | None = Field(description="Of the event, where it can be read.")
    reason: str
    state: LetterState
    buried_at: datetime
    settled_at: datetime | None = Field(description="When it was sent again or discarded.")


class LetterView(LetterSummaryView):
    """A dead letter whole."""

    collectivity: str | None = Field(description="Whose event it is.")
    key: str = Field(description="Of the Kafka record: the aggregate's id. What is not UTF-8 is escaped.")
    headers: list[HeaderView]
    data: dict[str, Any] | None = Field(description="Where they are an object in JSON.")
    data_base64: str | None = Field(description="Whatever else they are.")
    mended: dict[str, Any] | None = Field(description="The data that it was sent again with, where they are others.")
    note: str | None = Field(description="Why it was discarded.")
    settled_by: str | None = Field(description="Who sent it again or discarded it.")


def summary_view(letter: Letter) -> LetterSummaryView:
    """A letter as lists show it."""
    return LetterSummaryView(
        id=letter.id,
        consumer=letter.consumer,
        topic=letter.record.topic,
        type=letter.type,
        event_id=letter.event_id,
        reason=letter.reason,
        state=letter.state,
        buried_at=letter.buried_at,
        settled_at=letter.settled_at,
    )


def letter_view(letter: Letter) -> LetterView:
    """A letter whole."""
    record = letter.record
    data = _object(record.value)
    return LetterView(
        **summary_view(letter).model_dump(),
        collectivity=letter.collectivity,
        key=_words(record.key),
        headers=[HeaderView(name=name, value=_words(text)) for name, text in record.headers],
        data=data,
        data_base64=None if data is not None else b64encode(record.value).decode(),
        mended=None if letter.mended is None else _object(letter.mended),
        note=letter.note,
        settled_by=letter.settled_by,
    )


def _words(text: bytes) -> str:
    return text.decode(errors="backslashreplace")


def _object(text: bytes) -> dict[str, Any] | None:
    # Only what can be told in JSON again: neither NaN nor half a surrogate pair, nor a nest without end.
    try:
        found = json.loads(text, parse_constant=_refuse)
        to_json(found)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
