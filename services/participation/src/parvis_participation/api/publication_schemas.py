# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and gives about what people agree to have shown of them."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from parvis_participation.api.schemas import Input
from parvis_participation.domain.publication import ConsentWay


class NewListing(Input):
    """Whether everybody may read a name."""

    listed: StrictBool


class ConsentView(BaseModel):
    """What was said, in the words that were said then."""

    given: bool = Field(description="An agreement; else its withdrawal.")
    words: str
    way: ConsentWay = Field(description="self: by the person, signed in. desk: to an agent.")
    said_at: datetime


class ConsentWordsView(BaseModel):
    """The words of an agreement and of its withdrawal, in the language asked for: to be shown before it is said."""

    agreement: str
    withdrawal: str


class SignatureDisplayView(BaseModel):
    """Whether readers see that one signs, and what one has said of it, the latest first."""

    shown: bool
    words: ConsentWordsView
    consents: list[ConsentView]


class OwnMandateView(BaseModel):
    """A mandate of one's own."""

    id: UUID
    listed: bool
    begins_on: date
    ends_on: date


class OwnMandatesView(BaseModel):
    """One's mandates of an assembly, and what one has said of showing one's name, the latest first."""

    mandates: list[OwnMandateView]
    words: ConsentWordsView
    consents: list[ConsentView]
