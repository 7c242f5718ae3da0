# SPDX-License-Identifier: EUPL-1.2
"""Which team handles a request: the most precise rule for its type and its area wins."""

from collections.abc import Iterable
from dataclasses import dataclass

from parvis_requests.domain.position import AreaRef


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A team for a type or a whole group of types, in an area or everywhere (None)."""

    team: str
    type_code: str | None = None
    group: str | None = None
    area: str | None = None

    def weight(self, type_code: str, group: str, area: AreaRef | None) -> int | None:
        """How precisely the rule fits: type before group, small area before large; None when it does not fit."""
        weight = 0
        if self.type_code is not None:
            if self.type_code != type_code:
                return None
            weight += 8
        elif self.group is not None:
            if self.group != group:
                return None
            weight += 4
        if self.area is not None:
            if area is None or self.area not in {area.code, area.parent}:
                return None
            weight += 2 if self.area == area.code else 1
        return weight


def team_for(rules: Iterable[RoutingRule], type_code: str, group: str, area: AreaRef | None, *, default: str) -> str:
    """The team of the rule that fits best, else the collectivity's default team."""
    best, chosen = -1, default
    for rule in rules:
        weight = rule.weight(type_code, group, area)
        if weight is not None and weight > best:
            best, chosen = weight, rule.team
    return chosen
