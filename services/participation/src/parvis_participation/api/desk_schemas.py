# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and gives about votes at a desk and on paper."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from parvis_participation.api.eligibility_schemas import CivilStatus, Evidence
from parvis_participation.api.poll_schemas import NewBallot
from parvis_participation.api.schemas import Code, Input
from parvis_participation.api.vote_schemas import Pick
from parvis_participation.domain.desk import Channel


class Document(StrEnum):
    """The document by which the agent has checked who somebody is."""

    IDENTITY_CARD = "identity-card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence-permit"


class CheckedResidence(Input):
    """What the agent has just seen of where the voter lives."""

    area: Code | None = Field(default=None, description="The part of the town; null where it plays no part.")
    evidence: Evidence


class NewDeskVoter(Input):
    """Somebody before an agent, who has checked who they are. Nothing of it is kept but keys on the roll."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    document: Document
    document_number: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ]{3,29}$",
        description="As printed; it votes once, however the civil status is typed.",
    )
    civil_status: CivilStatus
    residence: CheckedResidence | None = Field(default=None, description="Where the poll is for residents.")


class VoucherView(BaseModel):
    """What lets the desk's device cast one ballot; until it does, nobody has voted."""

    voucher: str
    expires_at: datetime


class NewDeskBallot(NewBallot):
    """A ballot sealed to the board's key by the voter, on the desk's device."""

    voucher: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=200)]


class MarkedView(BaseModel):
    """Somebody is on the roll, and is handed a paper ballot."""

    poll_id: UUID
    channel: Channel


class PaperChoice(Input):
    """What a paper says, and on how many of them it stands."""

    choice: list[Pick] = Field(max_length=100)
    times: int = Field(ge=1, le=100_000)


class NewPaperBatch(Input):
    """The papers of one urn, as one agent reads them."""

    label: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")] = Field(
        description="Which urn, such as `desk-2`."
    )
    ballots: list[PaperChoice] = Field(max_length=5_000)
    spoiled: int = Field(ge=0, le=100_000, description="Papers that say nothing allowed.")
    replace: StrictBool = Field(
        default=False,
        description="Take the place of an entry that another agent made and nobody confirmed, where it differs.",
    )


class PaperBatchView(BaseModel):
    """A batch: it counts once two agents have entered the same."""

    poll_id: UUID
    label: str
    ballots: int = Field(description="How many papers, without the spoiled ones.")
    spoiled: int
    confirmed: bool


class PaperBatchesView(BaseModel):
    """All the batches of a poll, by their labels."""

    items: list[PaperBatchView]
