# SPDX-License-Identifier: EUPL-1.2
"""Which team handles a request: the most precise rule for its type, its area, its answers and the hour wins."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from parvis_requests.domain.agenda import Hours, Weekday
from parvis_requests.domain.calendar import PARIS, Holidays, holidays_of
from parvis_requests.domain.escalation import Escalation
from parvis_requests.domain.position import AreaRef
from parvis_requests.domain.priority import Priority


@dataclass(frozen=True, slots=True)
class Condition:
    """An answer that a rule wants: of these, as text; a question within another is named ``outer.inner``."""

    question: str
    any_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A team for a type or a whole group of types, in an area or everywhere (None).

    Attributes:
        also: other teams: the one with the least open requests gets the request.
        conditions: all must be met.
        hours: when the rule holds, on the clocks of the town, never on a holiday; always, where there are none.
        to_member: give it at once to the member of the team who is there and has the least open requests.
        priority: how pressing the request is, in place of what its type says.
        escalate: to whom it goes when nobody takes it, or it is late.
        place: where it stands among the rules of the town; None for those that types bring themselves.
    """

    team: str
    type_code: str | None = None
    group: str | None = None
    area: str | None = None
    also: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    hours: tuple[Hours, ...] = ()
    to_member: bool = False
    priority: Priority | None = None
    escalate: tuple[Escalation, ...] = ()
    place: int | None = None

    @property
    def teams(self) -> tuple[str, ...]:
        """All of which one gets the request."""
        return (self.team, *self.also)


@dataclass(frozen=True, slots=True)
class Case:
    """A request that looks for its team."""

    type_code: str
    group: str
    area: AreaRef | None
    answers: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


class Routing:
    """The rules of a collectivity, looked up by how precisely they fit: type before group, small area before large.

    A rule that names a type and a group is one for the type. Of several for the same, those that want an answer or an
    hour are tried before the others, each in their order.
    """

    def __init__(
        self,
        rules: Iterable[RoutingRule],
        default: str,
        holidays: Holidays = Holidays.FRANCE,
        clock: ZoneInfo = PARIS,
    ) -> None:
        self.default = RoutingRule(default)
        self._clock = clock
        self._holidays = holidays
        self._rules: dict[tuple[str | None, str | None, str | None], list[RoutingRule]] = {}
        for rule in sorted(rules, key=lambda rule: not (rule.conditions or rule.hours)):
            group = rule.group if rule.type_code is None else None
            self._rules.setdefault((rule.type_code, group, rule.area), []).append(rule)

    def rule(self, case: Case) -> RoutingRule:
        """The rule that fits best, else one that gives all to the default team."""
        areas = (case.area.code, case.area.parent, None) if case.area else (None,)
        for kind, of_group in ((case.type_code, None), (None, case.group), (None, None)):
            for place in areas:
                for rule in self._rules.get((kind, of_group, place), ()):
                    if not (rule.conditions and _unmet(rule, case)) and self._on_duty(rule, case):
                        return rule
        return self.default

    def lacks(self, rule: RoutingRule, case: Case) -> str | None:
        """Why a rule does not fit: ``request-type``, ``area``, ``answers`` or ``hours``; None where it does."""
        if rule.type_code not in {None, case.type_code} or (
            rule.type_code is None and rule.group not in {None, case.group}
        ):
            return "request-type"
        if rule.area is not None and not (case.area and rule.area in {case.area.code, case.area.parent}):
            return "area"
        if _unmet(rule, case):
            return "answers"
        return None if self._on_duty(rule, case) else "hours"

    def _on_duty(self, rule: RoutingRule, case: Case) -> bool:
        if not rule.hours:
            return True
        if case.at is None:
            return False
        here = case.at.astimezone(self._clock)
        today = list(Weekday)[here.weekday()]
        open_ = any(hours.day is today and hours.opens <= here.time() < hours.closes for hours in rule.hours)
        return open_ and here.date() not in holidays_of(here.year, self._holidays)


def _unmet(rule: RoutingRule, case: Case) -> bool:
    if not rule.conditions:
        return False
    said: dict[str, set[str]] = {}
    for question, text in _texts(case.answers, ""):
        said.setdefault(question, set()).add(text)
    return any(said.get(wanted.question, set()).isdisjoint(wanted.any_of) for wanted in rule.conditions)


def _texts(answers: Mapping[str, Any], inside: str) -> Iterator[tuple[str, str]]:
    for name, answer in answers.items():
        if isinstance(answer, Mapping):
            yield from _texts(answer, f"{inside}{name}.")
            continue
        items: Sequence[Any] = answer if isinstance(answer, list) else [answer]
        for item in items:
            if isinstance(item, bool):
                yield inside + name, "true" if item else "false"
            elif isinstance(item, (str, int)):
                yield inside + name, str(item)
