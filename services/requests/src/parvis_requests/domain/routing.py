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


class Routing:
    """The rules of a collectivity, looked up by how precisely they fit: type before group, small area before large.

    A rule that names a type and a group is one for the type; of two for the same, the first one holds.
    """

    def __init__(self, rules: Iterable[RoutingRule], default: str) -> None:
        self._default = default
        self._teams: dict[tuple[str | None, str | None, str | None], str] = {}
        for rule in rules:
            group = rule.group if rule.type_code is None else None
            self._teams.setdefault((rule.type_code, group, rule.area), rule.team)

    def team(self, type_code: str, group: str, area: AreaRef | None) -> str:
        """The team of the rule that fits best, else the default one."""
        areas = (area.code, area.parent, None) if area else (None,)
        for kind, of_group in ((type_code, None), (None, group), (None, None)):
            for place in areas:
                if team := self._teams.get((kind, of_group, place)):
                    return team
        return self._default
