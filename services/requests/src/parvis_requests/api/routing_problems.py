# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with the routing of a town is answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem
from parvis_kit.web.errors import pointer
from parvis_requests.domain.routing_errors import InvalidRoutingError

INVALID_ROUTING: Final = Kind("invalid-routing", 422, Text(fr="Règles incorrectes", en="Wrong rules"))
_MAX_FAULTS: Final = 50
_FAULTS: Final[dict[str, Text]] = {
    "unknown-team": Text(fr="La collectivité n'a pas cette équipe.", en="The collectivity has no such team."),
    "unknown-area": Text(
        fr="La collectivité n'a pas de secteur en service de ce code.",
        en="The collectivity has no area in use of this code.",
    ),
}


def invalid_routing(error: InvalidRoutingError) -> Problem:
    """Each fault, where it stands."""
    return INVALID_ROUTING.problem(
        "Corrigez ce qui est signalé.",
        "Correct what errors names.",
        errors=[
            FieldError(pointer(("body", *fault.path)), fault.code, _FAULTS[fault.code])
            for fault in error.faults[:_MAX_FAULTS]
        ],
    )
