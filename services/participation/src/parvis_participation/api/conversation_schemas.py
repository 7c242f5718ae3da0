# SPDX-License-Identifier: EUPL-1.2
"""What the API of opinion conversations takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from parvis_kit.web.types import Instant, PlainText
from parvis_participation.api.schemas import Code, Input, LongText, ShortText
from parvis_participation.domain.conversation import (
    ConversationAction,
    ConversationState,
    Opinion,
    Review,
    StatementState,
    Writers,
)

Sentence = Annotated[PlainText, Field(min_length=1, max_length=200)]
"""What one can agree or disagree with at a glance."""


class NewConversation(Input):
    """A conversation to prepare; it stays a draft until it is published."""

    title: ShortText
    description: LongText
    writers: Writers = Field(default=Writers.EVERYBODY, description="Who writes statements.")
    reviewed: StrictBool = Field(
        default=True, description="Whether statements of people wait until an agent has looked at them."
    )
    verified: StrictBool = Field(
        default=True, description="Whether only people of verified identity take part; each then counts once."
    )
    residence: StrictBool = Field(
        default=False, description="Whether only people take part whose residence an agent has attested."
    )
    areas: list[Code] = Field(
        default_factory=list, max_length=100, description="Only of these areas; empty: of the whole town."
    )
    open_votes: StrictBool = Field(
        default=False,
        description="Whether all opinions are published in the end, without names, person by person. People are told"
        " before they take part; who knows some opinions of somebody may find the others.",
    )
    opens_at: Instant
    closes_at: Instant


class NewConversationTransition(Input):
    """What an agent does: publish a draft, or close an open conversation early."""

    action: ConversationAction


class SentenceText(Input):
    """A statement in both languages."""

    fr: Sentence
    en: Sentence


class NewSeedStatement(Input):
    """A statement of the town itself."""

    text: SentenceText


class NewStatement(Input):
    """A statement in its author's words, which will be public without their name."""

    text: Sentence


class NewStatementReview(Input):
    """Admit a statement that waits, refuse it with reasons, or withdraw one of the town, or of nobody any more."""

    outcome: Review
    reasons: ShortText | None = Field(default=None, description="Expected of a refusal.")


class NewOpinion(Input):
    """What one says of a statement."""

    opinion: Opinion


class ConversationView(BaseModel):
    """A conversation, in the language asked for."""

    id: UUID
    collectivity: str
    title: str
    description: str
    state: ConversationState
    writers: Writers
    reviewed: bool
    verified: bool
    residence: bool
    areas: list[str]
    open_votes: bool
    opens_at: datetime
    closes_at: datetime
    version: int


class ConversationDraftView(BaseModel):
    """A conversation as agents prepare it, in both languages."""

    id: UUID
    collectivity: str
    title: dict[str, str]
    description: dict[str, str]
    state: ConversationState
    writers: Writers
    reviewed: bool
    verified: bool
    residence: bool
    areas: list[str]
    open_votes: bool
    opens_at: datetime
    closes_at: datetime
    figured_at: datetime | None = Field(description="What the figures tell of; null before the first.")
    version: int


class StatementView(BaseModel):
    """A statement, in the language asked for where the town wrote it; how many agree is told in the result alone."""

    id: UUID
    conversation_id: UUID
    number: int
    text: str | None = Field(description="Null once withdrawn or removed.")
    state: StatementState
    by_town: bool
    reasons: str | None = Field(description="Why it was refused.")
    version: int


class NextStatementsView(BaseModel):
    """Statements that one has said nothing of yet, by chance and weight."""

    items: list[StatementView]
    left: int = Field(description="How many there are.")


class OpinionView(BaseModel):
    """What one has said of a statement."""

    statement_id: UUID
    conversation_id: UUID
    opinion: Opinion


class OwnOpinionsView(BaseModel):
    """All that one has said in a conversation."""

    items: list[OpinionView]


class CountsView(BaseModel):
    """How many said what, each rounded to a multiple of the least number that is told."""

    agree: int
    disagree: int
    passed: int


class ToldStatementView(BaseModel):
    """A statement that tells of a group, or of all."""

    number: int
    text: str | None = Field(description="Null once withdrawn or removed.")
    agree: bool = Field(description="Whether those it tells of agree with it; else they disagree.")
    counts: list[CountsView | None] = Field(
        description="What each group said, in their order; null where too few of it said anything."
    )


class ConsensusView(ToldStatementView):
    """A statement on which most of all groups together agree, or disagree."""

    group_aware: float = Field(description="The product of the estimated shares of all groups, 0 to 1.")


class GroupView(BaseModel):
    """People who say alike; the largest group comes first."""

    members: int = Field(description="How many, rounded.")
    statements: list[ToldStatementView] = Field(description="What tells it from the others.")


class SquareView(BaseModel):
    """A square of the map in which enough people of one group stand."""

    group: int = Field(description="Its place among the groups, from 0.")
    x: int = Field(ge=0, le=15)
    y: int = Field(ge=0, le=15)
    people: int = Field(description="How many, rounded.")


class ConversationResultView(BaseModel):
    """What a conversation adds up to, without anybody's opinions: `least` is the least number of people it tells of."""

    conversation_id: UUID
    final: bool
    figured_at: datetime
    least: int
    participants: int = Field(description="How many have said something, rounded.")
    grouped: int = Field(description="How many of them have said enough to come into a group, rounded.")
    silhouette: float | None = Field(description="How well the groups stand apart, -1 to 1; null without groups.")
    groups: list[GroupView] = Field(description="Empty where people cannot be parted.")
    consensus: list[ConsensusView]
    map: list[SquareView] = Field(description="Where people stand, on 16 squares a side; squares of few are left out.")
