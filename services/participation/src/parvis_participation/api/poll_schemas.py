# SPDX-License-Identifier: EUPL-1.2
"""What the API of polls takes and gives."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_kit.web.types import Instant
from parvis_participation.api.eligibility_schemas import EligibilityRules, EntitledView, NewEligibilityRules
from parvis_participation.api.schemas import Code, Input, KeptUntil, LongText, RetentionDays, ShortText
from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.count import Rule
from parvis_participation.domain.counting.equal_shares import Completion, Utility
from parvis_participation.domain.counting.outcome import Reason
from parvis_participation.domain.poll import PollState

Amount = Annotated[
    str,
    Field(pattern=r"^([1-9][0-9]{0,11}|0)(\.[0-9]{1,2})?$", description="Euros, as a decimal number."),
]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, in hexadecimal.")]


class NewPollOption(Input):
    """A project or option; where money plays no part, its cost is 1."""

    code: Code
    label: ShortText
    cost: Amount = "1"
    area: Code | None = Field(default=None, description="The area that it is for; null: the whole city.")


class AreaBudget(Input):
    """What can be spent in an area, or with null in the whole city."""

    area: Code | None = None
    amount: Amount


class BallotLimits(Input):
    """What a ballot may say."""

    kind: Kind
    least: int = Field(ge=0, le=100, description="The least number of options.")
    most: int = Field(ge=1, le=100, description="The most.")
    points: int | None = Field(
        default=None, ge=1, le=10_000, description="The most points in all; kind `points` alone."
    )
    points_each: int | None = Field(default=None, ge=1, le=10_000, description="The most points for one option.")


class CountingMethod(Input):
    """How the ballots are counted; all but the rule are of equal shares alone."""

    rule: Rule
    utility: Utility = Utility.COST
    completion: Completion = Completion.GREEDY
    increment: Amount = "1"


class CountingBoard(Input):
    """Those who count: the public key that they made together, and how many of them open the urn."""

    key: str = Field(pattern=r"^04[0-9a-f]{128}$", description="A point of P-256, uncompressed, in hexadecimal.")
    members: int = Field(ge=2, le=15)
    threshold: int = Field(ge=2, le=15)


class NewPoll(Input):
    """A secret poll to prepare; publishing freezes it."""

    title: ShortText
    description: LongText
    options: list[NewPollOption] = Field(min_length=2, max_length=500)
    budgets: list[AreaBudget] = Field(min_length=1, max_length=100)
    ballot: BallotLimits
    method: CountingMethod
    board: CountingBoard
    eligibility: NewEligibilityRules = Field(default_factory=EligibilityRules)
    opens_at: Instant
    closes_at: Instant
    retention_days: RetentionDays = None


class PollAction(StrEnum):
    """What an agent does to a poll."""

    PUBLISH = "publish"


class NewPollTransition(Input):
    """Publish a draft before it opens; its dates, options and rules cannot change any more."""

    action: PollAction


class NewBallot(Input):
    """A ballot sealed to the board's key by the voter's device."""

    commitment: Hash
    sealed: str = Field(
        pattern=r"^[A-Za-z0-9_-]+$", min_length=200, max_length=8_000, description="The envelope, in base64url."
    )


class ReceiptView(BaseModel):
    """The town's word that the urn holds the ballot with this commitment; it says nothing of the choice."""

    poll_id: UUID
    commitment: str
    signature: str = Field(description="Ed25519, in hexadecimal.")


class BoardShare(Input):
    """One member's part of the board's key."""

    number: int = Field(ge=1, le=15)
    share: str = Field(pattern=r"^[0-9a-f]{32}$", description="In hexadecimal.")


class NewCount(Input):
    """The parts of the members who open the urn, at the count's public session."""

    shares: list[BoardShare] = Field(min_length=2, max_length=15)


class PollOptionView(BaseModel):
    """An option, in the language asked for."""

    code: str
    label: str
    cost: str
    area: str | None


class RootView(BaseModel):
    """The newest signed root over the urn; its size is the turnout that is told while the poll is open."""

    size: int
    root: str
    signature: str


class PollView(BaseModel):
    """A poll, in the language asked for."""

    id: UUID
    collectivity: str
    title: str
    description: str
    options: list[PollOptionView]
    budgets: list[AreaBudget]
    ballot: BallotLimits
    method: CountingMethod
    board: CountingBoard
    eligibility: EligibilityRules
    entitled: EntitledView | None = Field(description="Null where the poll has no list, or before it is published.")
    state: PollState
    opens_at: datetime
    closes_at: datetime
    announced_close_at: datetime | None = Field(description="The close as it was published, where two agents moved it.")
    digest: str = Field(description="SHA-256 of all that publishing freezes; also the seed of the tie order.")
    paper_bytes: int = Field(description="The length of a ballot's content before it is sealed.")
    signing_key: str = Field(description="Ed25519 public key of receipts, roots and record, in hexadecimal.")
    root: RootView | None
    retention_ends_at: KeptUntil
    of_budget: bool = Field(description="Whether it is the vote of the participatory budget that has its id.")
    version: int


class PollOutcomeView(BaseModel):
    """An option in the order of the count, and why it was chosen or not."""

    code: str
    label: str
    chosen: bool
    reason: Reason
    score: int
    explanation: str


class AreaResultView(BaseModel):
    """The result of one budget."""

    area: str | None
    ballots: int
    budget: str
    spent: str
    outcomes: list[PollOutcomeView]


class PollResultsView(BaseModel):
    """The result of a counted poll; the files of the poll prove it."""

    poll_id: UUID
    voters: int
    spoiled: int
    results: list[AreaResultView]
