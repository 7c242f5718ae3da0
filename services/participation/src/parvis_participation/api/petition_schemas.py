# SPDX-License-Identifier: EUPL-1.2
"""What the API of petitions takes and gives."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, StrictInt

from parvis_kit.web.types import Instant
from parvis_participation.api.schemas import Input, Long, LongText, Short, ShortText
from parvis_participation.domain.petition import Admission, PetitionState


class NewPetition(Input):
    """A petition in its author's words, which will be public under their pseudonym once it is admitted."""

    title: Short
    description: Long


class NewThreshold(Input):
    """What the town promises at so many signatures."""

    signatures: Annotated[StrictInt, Field(ge=1, le=10_000_000)]
    commitment: ShortText
    answer_days: Annotated[StrictInt, Field(ge=1, le=366)] | None = Field(
        default=None, description="Within how many days the town then answers; null: it does not promise a day."
    )


class NewPetitionDecision(Input):
    """Admit a petition, with its thresholds and its close, or refuse it, with reasons."""

    outcome: Admission
    reasons: LongText | None = Field(default=None, description="Expected of a refusal.")
    thresholds: list[NewThreshold] = Field(default_factory=list, max_length=5)
    verified: StrictBool = Field(default=True, description="Whether only people of verified identity sign.")
    closes_at: Instant | None = None


class NewPetitionAnswer(Input):
    """What the town answers."""

    text: LongText


class NewSignature(Input):
    """How one signs."""

    shown: StrictBool = Field(default=False, description="Whether readers see it, under one's pseudonym.")
    told: StrictBool = Field(
        default=False,
        description="Whether one wants to be told of the town's answer, or that it is removed or withdrawn.",
    )


class ThresholdView(BaseModel):
    """What the town promises at so many signatures, and whether they are reached."""

    signatures: int
    commitment: str
    answer_days: int | None
    reached: bool


class PetitionView(BaseModel):
    """A petition; its author is known to readers by a pseudonym."""

    id: UUID
    collectivity: str
    author: str
    state: PetitionState
    title: str | None = Field(description="Null once withdrawn or removed.")
    description: str | None
    reasons: str | None = Field(description="Why the town has admitted or refused it.")
    verified: bool
    thresholds: list[ThresholdView]
    signatures: int = Field(description="How many people have signed, at this moment.")
    closes_at: datetime | None
    answer_due_on: date | None
    answer: str | None
    answered_at: datetime | None
    created_at: datetime
    version: int


class SignatureView(BaseModel):
    """One's own signature."""

    signing: bool
    shown: bool
    told: bool
    signatures: int


class ShownSignatureView(BaseModel):
    """A signature that its signer shows."""

    signer: str
    signed_at: datetime


class PetitionFiguresView(BaseModel):
    """How many petitions stand where, how many reached a threshold, and how many were answered."""

    submitted: int
    refused: int
    open: int
    closed: int
    withdrawn: int
    removed: int
    reached: int
    answered: int
