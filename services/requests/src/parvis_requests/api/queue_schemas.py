# SPDX-License-Identifier: EUPL-1.2
"""What the work queue and its saved views take and give."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, Strict, StrictBool
from pydantic_core import PydanticCustomError

from parvis_kit.web.types import Instant, PlainText
from parvis_requests.api.schemas import Input, Labelled, Point
from parvis_requests.domain.answer_filters import bound, folded, ranges_of
from parvis_requests.domain.forwarding import ForwardingState
from parvis_requests.domain.position import BOUNDS, bounds_of
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.request import Actor
from parvis_requests.domain.team import MINE
from parvis_requests.domain.work_queue import Merged, QueueFilters, Sort, Transferred

Codes = Annotated[list[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")]], Field(max_length=20)]


def _flag(value: object) -> object:
    # A parameter is a text, a member of a kept view is none; nothing else is yes or no.
    return {"true": True, "false": False}.get(value, str(value)) if isinstance(value, str) else value


Flag = Annotated[bool, Strict(), BeforeValidator(_flag)]
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _inside(bbox: str) -> str:
    if bounds_of(bbox) is None:
        french = {"fr": "Donnez ouest, sud, est, nord en degrés"}
        raise PydanticCustomError("bounding_box", "Give west, south, east, north in degrees", french)
    return bbox


def _pairs(said: list[str]) -> list[tuple[str, str]]:
    return [(question, text) for question, _, text in (each.partition(":") for each in said)]


def _bounded(said: str) -> str:
    if bound(said.partition(":")[2]) is None:
        french = {"fr": "Donnez un nombre ou un jour (2026-11-26)"}
        raise PydanticCustomError("answer_bound", "Give a number or a day (2026-11-26)", french)
    return said


def _with_words(said: str) -> str:
    if not folded(said.partition(":")[2]):
        french = {"fr": "Donnez au moins un caractère"}
        raise PydanticCustomError("answer_start", "Give a character at least", french)
    return said


AnswerBounds = Annotated[
    list[Annotated[str, Field(pattern=r"^[^:\x00]{1,100}:[0-9.-]{1,30}$"), AfterValidator(_bounded)]],
    Field(max_length=10),
]


class QueueFilter(Input):
    """What a queue shows, in which order. Values of one member are alternatives; all members must hold."""

    status: Codes = Field(default=[])
    team: Codes = Field(default=[], description="Codes of teams; `mine` for those that the agent is in.")
    request_type: Codes = Field(default=[])
    group: Codes = Field(default=[], description="Groups of request types, as the catalogue has them today.")
    area: Codes = Field(default=[], description="Codes of areas; `none` for what lies in none.")
    channel: Codes = Field(default=[], description="The ways by which they came.")
    priority: list[Priority] = Field(default=[], max_length=4, description="How pressing they are.")
    assignee: Annotated[str, Field(pattern=f"^(me|none|{_UUID})$")] | None = Field(
        default=None, description="`me`, `none` for what nobody has taken, or the id of an agent."
    )
    author: UUID | None = Field(default=None, description="The account that filed them.")
    author_of: UUID | None = Field(
        default=None, description="A request: those of whoever filed that one, with or without an account."
    )
    merged: list[Merged] = Field(
        default=[],
        max_length=3,
        description="`child` goes along with another request, others go along with a `parent`; `none` is neither.",
    )
    forwarded: list[ForwardingState] = Field(
        default=[], max_length=8, description="How far they are on their way to another body, or handled there."
    )
    transferred: list[Transferred] = Field(
        default=[],
        max_length=4,
        description="On their way to another administration (`leaving`), `gone` there, not gone since somebody went on "
        "with them (`failed`), or `received` from another collectivity.",
    )
    mentioned: Literal["me"] | None = Field(default=None, description="Requests with a note that names the agent.")
    answer: Annotated[
        list[Annotated[str, Field(pattern=r"^[^:\x00]{1,100}:[^\x00]{1,200}$")]], Field(max_length=10)
    ] = Field(
        default=[],
        description="`question:answer`, for yes and no (`true`, `false`), whole numbers, answers of a list, and the "
        "questions that a type declares as `filters`.",
    )
    answer_from: AnswerBounds = Field(
        default=[],
        description="`question:bound`: answers that are this number or more, this day (`2026-11-26`) or later.",
    )
    answer_to: AnswerBounds = Field(
        default=[], description="`question:bound`: answers that are this number or less, this day or earlier."
    )
    answer_starts: Annotated[
        list[Annotated[str, Field(pattern=r"^[^:\x00]{1,100}:[^\x00]{1,100}$"), AfterValidator(_with_words)]],
        Field(max_length=10),
    ] = Field(default=[], description="`question:text`: texts that begin so; accents and case do not count.")
    q: Annotated[PlainText, Field(min_length=1, max_length=200)] | None = Field(
        default=None,
        description='Words of the description or the address ("quoted", or, -without), or a reference.',
    )
    created_after: Instant | None = None
    created_before: Instant | None = None
    updated_after: Instant | None = None
    updated_before: Instant | None = None
    due_after: Instant | None = Field(default=None, description="What was promised is due after that.")
    due_before: Instant | None = None
    legal_end_after: Instant | None = Field(default=None, description="Silence decides after that.")
    legal_end_before: Instant | None = None
    ended: Flag | None = Field(default=None, description="`true` for what has come to its end, `false` for all else.")
    overdue: Flag = Field(default=False, description="What is past its due date and has not ended.")
    appealed: Flag = Field(default=False, description="What is contested by an appeal that is not over.")
    unread: Flag = Field(
        default=False, description="What its author wrote or sent something to since an agent last opened it."
    )
    files: Flag | None = Field(
        default=None, description="`true` for what has files, photos included, `false` for what has none."
    )
    paused: Flag | None = Field(
        default=None,
        description="`true` for what has a legal period that stands still until the file is complete, `false` for all "
        "else.",
    )
    bbox: Annotated[str, Field(pattern=BOUNDS), AfterValidator(_inside)] | None = Field(
        default=None, description="Where they lie: west, south, east, north in degrees (RFC 7946 section 5)."
    )
    sort: Sort = Sort.NEWEST

    def filters(self, actor: Actor) -> QueueFilters:
        """The same for this agent: who ``me`` is."""
        someone = None if self.assignee in {None, "me", "none"} else UUID(self.assignee)
        return QueueFilters(
            statuses=tuple(self.status),
            teams=tuple(team for team in self.team if team != MINE),
            own_teams=MINE in self.team,
            types=tuple(self.request_type),
            groups=tuple(self.group),
            author=self.author,
            author_of=self.author_of,
            merged=tuple(self.merged),
            forwarded=tuple(self.forwarded),
            transferred=tuple(self.transferred),
            areas=tuple(self.area),
            channels=tuple(self.channel),
            priorities=tuple(self.priority),
            assignee="none" if self.assignee == "none" else actor.person if self.assignee == "me" else someone,
            mentioned=actor.person if self.mentioned else None,
            answers=tuple(_pairs(self.answer)),
            ranges=ranges_of(_pairs(self.answer_from), _pairs(self.answer_to), _pairs(self.answer_starts)),
            words=self.q,
            created_after=self.created_after,
            created_before=self.created_before,
            updated_after=self.updated_after,
            updated_before=self.updated_before,
            due_after=self.due_after,
            due_before=self.due_before,
            legal_end_after=self.legal_end_after,
            legal_end_before=self.legal_end_before,
            ended=self.ended,
            overdue=self.overdue,
            appealed=self.appealed,
            unread=self.unread,
            files=self.files,
            paused=self.paused,
            bounds=bounds_of(self.bbox) if self.bbox else None,
        )


class QueueQuery(QueueFilter):
    """The parameters of the work queue; those given replace those of the view."""

    view: UUID | None = Field(default=None, description="A saved view to start from.")
    count: Literal["exact"] | None = Field(default=None, description="Also give the exact numbers.")
    limit: int = Field(default=20, ge=1, le=100, description="Items a page, 1 to 100.")
    cursor: str | None = Field(default=None, max_length=512, description="Opaque cursor of another page.")


class QueueItemView(BaseModel):
    """A request as a queue shows it: with the labels of its codes, without its answers."""

    id: UUID
    reference: str
    request_type: Labelled
    status: Labelled
    due_at: datetime | None = Field(description="When what was promised is due.")
    legal_end_at: datetime | None = Field(description="From when on silence decides.")
    unread: bool = Field(description="Whether its author added something that no agent has opened yet.")
    team: str
    team_label: str = Field(description="What the team is called.")
    area: Labelled | None
    assignee: UUID | None
    assignee_label: str | None = Field(default=None, description="What that agent is called, where it is known.")
    channel: Labelled
    priority: Labelled
    description: str
    position: Point | None
    address: str | None
    attachments: int = Field(description="How many there are.")
    version: int
    created_at: datetime
    updated_at: datetime


class CountView(BaseModel):
    """How many requests have this code."""

    code: str
    label: str
    count: int


class QueueCountsView(BaseModel):
    """Exact numbers under the filters, whatever the page."""

    total: int
    by_status: list[CountView]
    by_team: list[CountView]


class WorkQueueView(BaseModel):
    """One page of the queue; the numbers where they were asked for."""

    items: list[QueueItemView]
    counts: QueueCountsView | None
    names_known: bool = Field(
        default=True, description="Whether the names of agents are known now: `false` while who knows them is away."
    )
    next_cursor: str | None
    prev_cursor: str | None


class NewSavedView(Input):
    """Filters to keep under a name."""

    name: PlainText = Field(min_length=1, max_length=100)
    shared: StrictBool = Field(default=False, description="Whether all agents of the collectivity see it.")
    filters: QueueFilter


class SavedViewView(BaseModel):
    """Kept filters; `own` ones may be changed."""

    id: UUID
    name: str
    shared: bool
    own: bool
    filters: QueueFilter
    version: int
    created_at: datetime
    updated_at: datetime
