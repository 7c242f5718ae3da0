# SPDX-License-Identifier: EUPL-1.2
"""How a workflow is written down: in files, in the database, in the API. Read into the domain's own words."""

from functools import cache
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    TypeAdapter,
)

from parvis_kit.locale import Text
from parvis_requests.domain import workflow as domain
from parvis_requests.domain.calendar import Delay
from parvis_requests.service.storable import storable

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Scalar = StrictBool | StrictInt | StrictFloat | Annotated[StrictStr, Field(max_length=200), AfterValidator(storable)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$")]


class Part(BaseModel):
    """A part of a definition: unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DelayDefinition(Part):
    """A number of days, of which all count or the working days alone."""

    days: int = Field(ge=1, le=3_650)
    working: bool = Field(default=False, description="Count the days from Monday to Friday that are no holidays.")

    def domain(self) -> Delay:
        """In the domain's words."""
        return Delay(self.days, self.working)


class StateDefinition(Part):
    """Where a request can stand; it stays in a final one."""

    code: Code
    name: Text
    final: bool = False
    refusal: StrictBool = Field(default=False, description="What was asked for is refused: remedies are told with it.")


class FieldGuardDefinition(Part):
    """An answer must have been given: one of `one_of`, where that names any."""

    kind: Literal["field"]
    field: Name
    one_of: list[Scalar] = Field(default=[], max_length=50)

    def domain(self) -> domain.Guard:
        """In the domain's words."""
        return domain.FieldGuard(self.field, tuple(self.one_of))


class DocumentGuardDefinition(Part):
    """A document of that code must have been joined."""

    kind: Literal["document"]
    document: Code

    def domain(self) -> domain.Guard:
        """In the domain's words."""
        return domain.DocumentGuard(self.document)


class PaymentGuardDefinition(Part):
    """A sum that the request costs must have been paid, where it costs anything."""

    kind: Literal["payment"]
    fee: Code

    def domain(self) -> domain.Guard:
        """In the domain's words."""
        return domain.PaymentGuard(self.fee)


class ReasonGuardDefinition(Part):
    """Whoever acts must say why; the person is told it."""

    kind: Literal["reason"]

    def domain(self) -> domain.Guard:
        """In the domain's words."""
        return domain.ReasonGuard()


class AssignmentDefinition(Part):
    """The request goes to whoever acts or to nobody, and to another team where one is named."""

    kind: Literal["assign"]
    to: Literal["actor", "nobody"] = "nobody"
    team: Code | None = None

    def domain(self) -> domain.Effect:
        """In the domain's words."""
        return domain.Assignment(self.to, self.team)


class DeadlineDefinition(Part):
    """What was promised is due that long after the act."""

    kind: Literal["deadline"]
    delay: DelayDefinition

    def domain(self) -> domain.Effect:
        """In the domain's words."""
        return domain.Deadline(self.delay.domain())


class AnnouncementDefinition(Part):
    """The person is written this message; they read it in their language."""

    kind: Literal["message"]
    text: Text

    def domain(self) -> domain.Effect:
        """In the domain's words."""
        return domain.Announcement(self.text.model_dump())


class TellingDefinition(Part):
    """The transition is told by this event rather than by `request-status-changed`."""

    kind: Literal["event"]
    event: domain.Told

    def domain(self) -> domain.Effect:
        """In the domain's words."""
        return domain.Telling(self.event)


GuardDefinition = Annotated[
    FieldGuardDefinition | DocumentGuardDefinition | PaymentGuardDefinition | ReasonGuardDefinition,
    Field(discriminator="kind"),
]
EffectDefinition = Annotated[
    AssignmentDefinition | DeadlineDefinition | AnnouncementDefinition | TellingDefinition,
    Field(discriminator="kind"),
]


class TransitionDefinition(Part):
    """An act that leads from some states to one."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, serialize_by_alias=True)

    code: Code
    name: Text
    sources: list[Code] = Field(alias="from", min_length=1, max_length=60)
    target: Code = Field(alias="to")
    roles: list[Code] = Field(
        min_length=1, max_length=20, description="Roles of an agent's token, or `author`, `agent` (any), `system`."
    )
    guards: list[GuardDefinition] = Field(default=[], max_length=20)
    effects: list[EffectDefinition] = Field(default=[], max_length=20)
    quiet: bool = Field(default=False, description="The person is not written to of this step.")

    def domain(self) -> domain.Transition:
        """In the domain's words."""
        return domain.Transition(
            code=self.code,
            name=self.name.model_dump(),
            sources=tuple(self.sources),
            target=self.target,
            roles=frozenset(self.roles),
            guards=tuple(guard.domain() for guard in self.guards),
            effects=tuple(effect.domain() for effect in self.effects),
            quiet=self.quiet,
        )


class TimerDefinition(Part):
    """The service acts by itself once a request has been in a state that long."""

    code: Code
    state: Code
    delay: DelayDefinition
    action: Code

    def domain(self) -> domain.Timer:
        """In the domain's words."""
        return domain.Timer(self.code, self.state, self.delay.domain(), self.action)


class WorkflowDefinition(Part):
    """The states of a request, who leads it from one to another, and what follows."""

    initial: Code
    states: list[StateDefinition] = Field(min_length=1, max_length=60)
    transitions: list[TransitionDefinition] = Field(min_length=1, max_length=200)
    timers: list[TimerDefinition] = Field(default=[], max_length=60)

    def domain(self) -> domain.Workflow:
        """In the domain's words."""
        return domain.Workflow(
            initial=self.initial,
            states=tuple(domain.State(s.code, s.name.model_dump(), s.final, s.refusal) for s in self.states),
            transitions=tuple(transition.domain() for transition in self.transitions),
            timers=tuple(timer.domain() for timer in self.timers),
        )


@cache
def shipped_workflows() -> dict[str, WorkflowDefinition]:
    """The workflows that come with the service, by their code."""
    text = resources.files("parvis_requests").joinpath("data/workflows.yaml").read_text("utf-8")
    return TypeAdapter(dict[str, WorkflowDefinition]).validate_python(yaml.safe_load(text))
