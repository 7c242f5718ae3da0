# SPDX-License-Identifier: EUPL-1.2
"""The questions of surveys, as agents put them."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from parvis_participation.api.schemas import Code, Day, Input, Short, ShortText
from parvis_participation.domain.survey_form import QuestionKind

FARTHEST = 10**12
Number = Annotated[
    Annotated[int, Field(strict=True, ge=-FARTHEST, le=FARTHEST)]
    | Annotated[float, Field(strict=True, ge=-FARTHEST, le=FARTHEST, allow_inf_nan=False)],
    Field(description="A number of at most a million millions."),
]


class Choice(Input):
    """One thing to choose, or one row or column of a matrix."""

    code: Code
    label: ShortText


Choices = Annotated[list[Choice], Field(min_length=2, max_length=50)]


class ShowIf(Input):
    """Ask only where an earlier answer is one of these options, or a number within these bounds."""

    question: Code
    any_of: list[Code] | None = Field(default=None, min_length=1, max_length=50)
    at_least: Number | None = None
    at_most: Number | None = None

    @model_validator(mode="after")
    def _one_sort(self) -> "ShowIf":
        measured = self.at_least is not None or self.at_most is not None
        if measured == (self.any_of is not None):
            raise PydanticCustomError(
                "condition", "Give any_of, or at_least and at_most", {"fr": "Donnez any_of, ou at_least et at_most."}
            )
        return self


Conditions = Annotated[
    list[ShowIf], Field(default_factory=list, max_length=5, description="All of them hold where it is asked.")
]


class _Asked(Input):
    """What every question has."""

    code: Code
    label: ShortText
    help: ShortText | None = None
    required: StrictBool = False
    show_if: Conditions


class SingleQuestion(_Asked):
    """One option."""

    kind: Literal[QuestionKind.SINGLE]
    options: Choices


class MultipleQuestion(_Asked):
    """Several options; without limits, one or more."""

    kind: Literal[QuestionKind.MULTIPLE]
    options: Choices
    at_least: Annotated[StrictInt, Field(ge=1, le=50)] | None = None
    at_most: Annotated[StrictInt, Field(ge=1, le=50)] | None = None


class RankingQuestion(_Asked):
    """Options in the order of preference; without limits, any number of them."""

    kind: Literal[QuestionKind.RANKING]
    options: Choices
    at_least: Annotated[StrictInt, Field(ge=1, le=50)] | None = None
    at_most: Annotated[StrictInt, Field(ge=1, le=50)] | None = None


class MatrixQuestion(_Asked):
    """One column for each row; all rows where it is required."""

    kind: Literal[QuestionKind.MATRIX]
    rows: list[Choice] = Field(min_length=1, max_length=30)
    columns: list[Choice] = Field(min_length=2, max_length=11)


class ScaleQuestion(_Asked):
    """A whole number between two, with words for both ends."""

    kind: Literal[QuestionKind.SCALE]
    minimum: Annotated[StrictInt, Field(ge=0, le=1)] = 1
    maximum: Annotated[StrictInt, Field(ge=2, le=10)] = 5
    low_label: ShortText | None = None
    high_label: ShortText | None = None


class TextQuestion(_Asked):
    """Free words; kept sealed, and in no figure."""

    kind: Literal[QuestionKind.TEXT]
    longest: Annotated[StrictInt, Field(ge=1, le=5_000)] = 1_000


class NumberQuestion(_Asked):
    """A number."""

    kind: Literal[QuestionKind.NUMBER]
    minimum: Number | None = None
    maximum: Number | None = None
    whole: StrictBool = False
    unit: Short | None = None


class DateQuestion(_Asked):
    """A date."""

    kind: Literal[QuestionKind.DATE]
    earliest_on: Day | None = None
    latest_on: Day | None = None


Box = Annotated[
    list[Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]],
    Field(min_length=4, max_length=4, description="West, south, east, north (RFC 7946 section 5)."),
]


class PointQuestion(_Asked):
    """A place on the map; kept sealed, and in no figure."""

    kind: Literal[QuestionKind.POINT]
    within: Box | None = None


class DrawingQuestion(_Asked):
    """A line or an area on the map; kept sealed, and in no figure."""

    kind: Literal[QuestionKind.DRAWING]
    within: Box | None = None


class FileQuestion(_Asked):
    """Photos or PDF documents, which people send before they answer; kept sealed, and not asked anonymously."""

    kind: Literal[QuestionKind.FILE]
    kinds: list[Literal["photo", "pdf"]] = Field(min_length=1, max_length=2)
    at_most: Annotated[StrictInt, Field(ge=1, le=5)] = 1


NewQuestion = Annotated[
    SingleQuestion
    | MultipleQuestion
    | MatrixQuestion
    | ScaleQuestion
    | RankingQuestion
    | TextQuestion
    | NumberQuestion
    | DateQuestion
    | PointQuestion
    | DrawingQuestion
    | FileQuestion,
    Field(discriminator="kind"),
]


class NewSection(Input):
    """Questions that are asked together."""

    title: ShortText
    show_if: Conditions
    questions: list[NewQuestion] = Field(min_length=1, max_length=50)


class NewQuota(Input):
    """At most so many people are wanted who choose this option of a question with one."""

    question: Code
    option: Code
    most: Annotated[StrictInt, Field(ge=1, le=100_000)]


class NewForm(Input):
    """What is asked, in this order; at most a hundred questions."""

    sections: list[NewSection] = Field(min_length=1, max_length=20)
    quotas: list[NewQuota] = Field(default_factory=list, max_length=20)
