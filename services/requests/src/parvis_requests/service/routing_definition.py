# SPDX-License-Identifier: EUPL-1.2
"""The routing of a town as data: who handles what, where, for which answers and at which hours."""

from collections.abc import Collection, Iterator
from datetime import time
from typing import Annotated

from pydantic import Field, StrictBool, model_validator

from parvis_requests.domain.agenda import Hours, Weekday
from parvis_requests.domain.errors import Fault
from parvis_requests.domain.escalation import Escalation, Why
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.routing import Condition, RoutingRule
from parvis_requests.service.workflow_definition import Code, Part

AreaCode = Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="By the clocks of the town.")]


class WantedAnswer(Part):
    """An answer that the rule wants: one of these, as text (`true`, `3`, `pavement`)."""

    question: Annotated[
        str, Field(pattern=r"^[^:\x00]{1,100}$", description="Its name; `outer.inner` for one within another.")
    ]
    any_of: Annotated[list[Annotated[str, Field(pattern=r"^[^\x00]{1,200}$")]], Field(min_length=1, max_length=50)]


class DutyHours(Part):
    """The rule holds on that day of each week, from one time of the clock until a later one."""

    day: Weekday
    opens: Clock
    closes: Clock

    @model_validator(mode="after")
    def _in_order(self) -> "DutyHours":
        if self.opens >= self.closes:
            raise ValueError("opens comes before closes")
        return self


class EscalationDefinition(Part):
    """To whom a request goes that nobody has so long after its filing, or that goes on so long after it was due."""

    why: Why
    hours: int = Field(ge=1, le=8_784, description="After the filing (`not-taken`) or the due date (`overdue`).")
    team: Code
    priority: Priority | None = Field(default=None, description="How pressing it then is; as before, unless said.")


class RuleDefinition(Part):
    """Requests of a type, a group or any, in some areas or anywhere, go to that team."""

    team: Code
    also: list[Code] = Field(
        default=[], max_length=20, description="Other teams: of all, the one with the least open requests gets it."
    )
    request_type: Code | None = None
    group: Code | None = None
    areas: list[AreaCode] = Field(default=[], max_length=500, description="Anywhere, where there are none.")
    when: list[WantedAnswer] = Field(default=[], max_length=10, description="Answers; all must hold.")
    hours: list[DutyHours] = Field(
        default=[], max_length=50, description="When it holds, never on a holiday; always, where there are none."
    )
    to_member: StrictBool = Field(
        default=False, description="Give it to the member who is there and has the least open requests."
    )
    priority: Priority | None = Field(default=None, description="In place of what the request type says.")
    escalate: list[EscalationDefinition] = Field(
        default=[], max_length=5, description="The next levels; what holds at its filing holds for a request."
    )

    def domain(self, place: int) -> Iterator[RoutingRule]:
        """One rule for each area."""
        everywhere: list[str | None] = [None]
        for area in self.areas or everywhere:
            yield RoutingRule(
                self.team,
                type_code=self.request_type,
                group=self.group,
                area=area,
                also=tuple(self.also),
                conditions=tuple(Condition(each.question, frozenset(each.any_of)) for each in self.when),
                hours=tuple(
                    Hours(each.day, time.fromisoformat(each.opens), time.fromisoformat(each.closes))
                    for each in self.hours
                ),
                to_member=self.to_member,
                priority=self.priority,
                escalate=tuple(Escalation(one.why, one.hours, one.team, one.priority) for one in self.escalate),
                place=place,
            )


class RoutingDefinition(Part):
    """The rules of a town. The most precise one that fits holds: a type before its group, a small area before a large.

    Of several for the same, those that want an answer or an hour are tried first, each in the order of the list.
    """

    rules: list[RuleDefinition] = Field(max_length=500)

    def domain(self) -> list[RoutingRule]:
        """The rules, with their places in the list."""
        return [rule for place, written in enumerate(self.rules) for rule in written.domain(place)]


def routing_faults(routing: RoutingDefinition, teams: Collection[str], areas: Collection[str]) -> Iterator[Fault]:
    """Each team and area that the town does not have."""
    for place, rule in enumerate(routing.rules):
        if rule.team not in teams:
            yield Fault(("rules", place, "team"), "unknown-team")
        for index, team in enumerate(rule.also):
            if team not in teams:
                yield Fault(("rules", place, "also", index), "unknown-team")
        for index, level in enumerate(rule.escalate):
            if level.team not in teams:
                yield Fault(("rules", place, "escalate", index, "team"), "unknown-team")
        for index, area in enumerate(rule.areas):
            if area not in areas:
                yield Fault(("rules", place, "areas", index), "unknown-area")
