# SPDX-License-Identifier: EUPL-1.2
"""What the API of votes in participatory budgets takes and gives."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_participation.api.poll_schemas import AreaResultView
from parvis_participation.api.schemas import Code, Input


class Pick(Input):
    """A project, by its number, and where votes are points how many it gets."""

    code: Code
    points: int = Field(default=1, ge=1, le=10_000)


class NewVote(Input):
    """What somebody chooses, in their order of preference; nominative: the town's database knows it."""

    choice: list[Pick] = Field(max_length=100)


class VoteView(BaseModel):
    """One's own vote."""

    budget_id: UUID
    choice: list[Pick]
    voted_at: datetime
    version: int


class BudgetResultsView(BaseModel):
    """The result of a counted participatory budget; its files let anybody count again."""

    budget_id: UUID
    voters: int
    tie_seed: str = Field(
        description="Even projects stand in the order of the SHA-256 of this (in a secret vote, of the bytes that it "
        "says in hexadecimal), a zero byte and their code."
    )
    digest: str = Field(description="SHA-256 of the record without this member, as canonical JSON.")
    results: list[AreaResultView]
