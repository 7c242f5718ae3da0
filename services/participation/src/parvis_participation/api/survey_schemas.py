# SPDX-License-Identifier: EUPL-1.2
"""What the API of surveys takes and gives."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from parvis_kit.web.types import Instant, PlainText
from parvis_participation.api.budget_schemas import Latitude, Longitude, Place
from parvis_participation.api.schemas import Code, Input, LongText, ShortText
from parvis_participation.api.survey_form_schemas import NewForm, Number
from parvis_participation.domain.survey import Identification, Release, SurveyAction, SurveyState
from parvis_participation.domain.survey_answers import MOST_POSITIONS
from parvis_participation.domain.survey_form import MOST_QUESTIONS, QuestionKind


class NewSurvey(Input):
    """A survey to prepare; it stays a draft until it is published, and can be changed until it opens."""

    title: ShortText
    description: LongText
    form: NewForm
    identification: Identification = Field(
        description="named: answers are kept with the account. anonymous: apart from it, without person or time."
    )
    release: Release = Field(
        default=Release.CLOSING, description="Whether results are public at the end, or once an agent says so after it."
    )
    open_link: StrictBool = Field(
        default=False,
        description="Whether people without an account answer it, too, by a link that the town hands out: anonymous "
        "surveys only, as nothing keeps anybody from answering again.",
    )
    opens_at: Instant
    closes_at: Instant
    paper_closes_at: Instant | None = Field(
        default=None, description="Until when agents enter answers from paper; by default, the close."
    )


class NewSurveyTransition(Input):
    """Publish a draft, close an open survey early, renew its link, or release the results once no answers can come."""

    action: SurveyAction


Position = tuple[Longitude, Latitude]


class LineDrawing(Input):
    """GeoJSON line (RFC 7946), WGS 84."""

    type: Literal["LineString"]
    coordinates: list[Position] = Field(min_length=2, max_length=MOST_POSITIONS)


class AreaDrawing(Input):
    """GeoJSON polygon (RFC 7946) of one closed ring, WGS 84."""

    type: Literal["Polygon"]
    coordinates: list[Annotated[list[Position], Field(min_length=4, max_length=MOST_POSITIONS)]] = Field(
        min_length=1, max_length=1
    )


Answer = (
    Annotated[PlainText, Field(min_length=1, max_length=5_000)]
    | Number
    | Annotated[list[Code], Field(min_length=1, max_length=50)]
    | Annotated[list[UUID], Field(min_length=1, max_length=5)]
    | Place
    | LineDrawing
    | AreaDrawing
    | Annotated[dict[Code, Code], Field(min_length=1, max_length=30)]
)
Answers = Annotated[
    dict[Code, Answer],
    Field(
        max_length=MOST_QUESTIONS,
        description="By the codes of the questions: an option, several in order, a number, a text, a date, a place, "
        "the column of each row, or the ids of files.",
    ),
]


class NewResponse(Input):
    """One person's answers."""

    answers: Answers


class NewLinkResponse(NewResponse):
    """The answers of somebody without an account."""

    link: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = Field(
        description="The token of the survey's link, as the town handed it out."
    )


class ResponseReceipt(BaseModel):
    """That this person has answered; the answers are not repeated."""

    survey_id: UUID
    answered: bool


class ChoiceView(BaseModel):
    """One thing to choose, in the language asked for."""

    code: str
    label: str


class ShowIfView(BaseModel):
    """Where a question or a section is asked."""

    question: str
    any_of: list[str] | None
    at_least: float | None
    at_most: float | None


class QuestionView(BaseModel):
    """A question, in the language asked for; what its kind does not have is null."""

    code: str
    kind: QuestionKind
    label: str
    help: str | None
    required: bool
    show_if: list[ShowIfView]
    options: list[ChoiceView] | None
    rows: list[ChoiceView] | None
    columns: list[ChoiceView] | None
    at_least: int | None
    at_most: int | None
    minimum: float | None
    maximum: float | None
    whole: bool | None
    unit: str | None
    low_label: str | None
    high_label: str | None
    longest: int | None
    earliest_on: date | None
    latest_on: date | None
    within: list[float] | None
    kinds: list[str] | None


class SectionView(BaseModel):
    """Questions that are asked together."""

    title: str
    show_if: list[ShowIfView]
    questions: list[QuestionView]


class SurveyHeadView(BaseModel):
    """A survey in a list, in the language asked for."""

    id: UUID
    collectivity: str
    title: str
    description: str
    state: SurveyState
    identification: Identification
    notice: str = Field(description="What is kept of who answers, in words to be shown above the questions.")
    open_link: bool = Field(description="Whether it is also answered without an account, by a link of the town.")
    release: Release
    opens_at: datetime
    closes_at: datetime
    paper_closes_at: datetime
    results_published: bool
    version: int


class CriterionView(BaseModel):
    """Of whom enough have answered: those who would choose this option."""

    question: str
    option: str


class SurveyView(SurveyHeadView):
    """A survey with its questions, and of whom enough have answered."""

    sections: list[SectionView]
    full: list[CriterionView]


class SurveyDraftView(BaseModel):
    """A survey as agents prepare it, in both languages, and how many have answered."""

    id: UUID
    collectivity: str
    state: SurveyState
    title: dict[str, str]
    description: dict[str, str]
    form: dict[str, Any]
    identification: Identification
    open_link: bool
    link_token: str | None = Field(
        description="What the link carries that people answer by without an account; null where there is none."
    )
    release: Release
    opens_at: datetime
    closes_at: datetime
    paper_closes_at: datetime
    responses: int
    version: int


class FigureView(BaseModel):
    """How many gave an answer; null where that is kept back, because so few could be told apart, or lead to them."""

    row: str | None = Field(description="The row of a matrix, or the answer to the other question.")
    code: str = Field(description="The answer; empty for no answer: left out, or not asked.")
    label: str
    count: int | None


class QuestionFiguresView(BaseModel):
    """The figures of one question: of a ranking, first places; of open answers, how many gave one."""

    code: str
    kind: QuestionKind
    label: str
    figures: list[FigureView]
    mean: float | None


class SurveyResultsView(BaseModel):
    """What the answers add up to, without small numbers."""

    survey_id: UUID
    state: SurveyState
    responses: int
    by_link: int | None = Field(
        description="Of these, without an account, by the survey's link: one person may have given several. Null where "
        "they, or all others, are so few that they are kept back."
    )
    threshold: int = Field(description="Fewer people than this are kept back, and what would lead to them.")
    questions: list[QuestionFiguresView]


class CrossedView(BaseModel):
    """The answers to a question among those who gave each answer to another one."""

    survey_id: UUID
    question: str
    by: str = Field(description="The other question; empty where the rows are `link` and `otherwise`.")
    threshold: int
    figures: list[FigureView]


class DraftView(BaseModel):
    """Answers that one has begun."""

    survey_id: UUID
    answers: dict[str, Any]
    changed_at: datetime


class NewSheet(Input):
    """What an agent reads on a sheet of paper."""

    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9./-]{0,63}$")] = Field(
        description="The sheet's own number, on which it is found again; entered once in a survey."
    )
    answers: Answers


class SheetView(BaseModel):
    """A sheet that was entered; it counts once another agent has read the same on it. Its answers are not repeated."""

    id: UUID
    survey_id: UUID
    reference: str
    entered_by: UUID
    confirmed_by: UUID | None
    created_at: datetime
    confirmed_at: datetime | None


class WrittenView(BaseModel):
    """What one person wrote or drew in answer to one question; not which other answers they gave."""

    answer: Any
