# SPDX-License-Identifier: EUPL-1.2
"""The teams that a request type names, and those of them that its collectivity does not have."""

from collections.abc import Collection, Iterator

from parvis_requests.domain.errors import Fault, Path
from parvis_requests.service.type_definition import TypeDefinition
from parvis_requests.service.workflow_definition import AssignmentDefinition


def named_teams(definition: TypeDefinition) -> Iterator[tuple[Path, str]]:
    """Where its routing and its workflow name a team, and which."""
    for place, rule in enumerate(definition.routing):
        yield ("routing", place, "team"), rule.team
    for place, transition in enumerate(definition.workflow.transitions):
        for index, effect in enumerate(transition.effects):
            if isinstance(effect, AssignmentDefinition) and effect.team:
                yield ("workflow", "transitions", place, "effects", index, "team"), effect.team


def team_faults(definition: TypeDefinition, known: Collection[str]) -> Iterator[Fault]:
    """Each team that is not known."""
    return (Fault(where, "unknown-team") for where, team in named_teams(definition) if team not in known)
