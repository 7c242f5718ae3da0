# SPDX-License-Identifier: EUPL-1.2
"""What the API of archives takes and gives."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_participation.api.poll_schemas import AreaResultView
from parvis_participation.api.schemas import Input
from parvis_participation.domain.archive import ArchiveFault, ArchiveState
from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.count import Rule
from parvis_participation.domain.counting.equal_shares import Completion, Utility
from parvis_participation.domain.pabulib.faults import Fault
from parvis_participation.domain.pabulib.published_method import MethodParameter, PublishedStep


class ArchiveAction(StrEnum):
    """What an agent does with an archive."""

    PUBLISH = "publish"


class NewArchiveTransition(Input):
    """An act on an archive."""

    action: ArchiveAction


class ArchiveBallotView(BaseModel):
    """What a ballot of the file might say."""

    kind: Kind
    least: int
    most: int
    points: int | None
    points_each: int | None


class ArchiveMethodView(BaseModel):
    """How a file was counted: as given, as the file says, or as assumed; null where the rule has no such parameter."""

    published_rule: str | None = Field(description="The file's own `rule`, as it is written there.")
    utility: Utility | None
    completion: Completion | None
    increment: str | None
    assumed: list[MethodParameter] = Field(
        description="Those that neither whoever sent the file nor the file itself says."
    )
    left_out: list[PublishedStep] = Field(
        description="Steps of the file's own count that are not done: a comparison with the greedy outcome, a threshold"
        " of votes."
    )


class ArchiveFaultView(BaseModel):
    """Where the file is wrong: the line and its cell, from 1; null where it is none, or all of it."""

    line: int | None
    column: int | None
    code: Fault | ArchiveFault
    detail: str


class ArchiveView(BaseModel):
    """A participatory budget that was voted on elsewhere, as a file tells it and as it was counted again here."""

    id: UUID
    collectivity: str
    imported: Literal[True] = Field(description="No vote of an archive was cast in Parvis.")
    notice: str = Field(description="The same in words, to be shown beside it.")
    title: str | None = Field(description="As given or as the file says; null until it is read.")
    source: str = Field(description="Where the file is from.")
    licence: str | None = Field(description="That of the file, where the town knows it.")
    file_sha256: str = Field(description="Of the file as it came; its content is not kept.")
    file_size: int
    state: ArchiveState
    fault: ArchiveFaultView | None
    rule: Rule
    method: ArchiveMethodView | None = Field(description="Null until it is read.")
    ballot: ArchiveBallotView | None
    begins_on: date | None
    ends_on: date | None
    budget: str | None
    projects: int | None
    voters: int | None
    differing: int | None = Field(
        description="Of how many projects the file tells another number of votes than its ballots have."
    )
    chosen_otherwise: int | None = Field(
        description="Of how many projects the file says that they were chosen, or not, and the count says otherwise."
    )
    published_at: datetime | None
    created_at: datetime
    version: int


class ArchiveProjectView(BaseModel):
    """A project: what the file tells of its votes and its fate, beside what its ballots say."""

    code: str
    label: str
    cost: str
    votes: int
    published_votes: int | None
    differs: bool
    chosen: bool
    published_chosen: bool | None


class ArchiveResultsView(BaseModel):
    """The result of a counted archive; its files prove it."""

    archive_id: UUID
    imported: Literal[True]
    notice: str
    voters: int
    tie_seed: str = Field(description="The file's SHA-256, in hexadecimal.")
    digest: str
    projects: list[ArchiveProjectView]
    results: list[AreaResultView]
