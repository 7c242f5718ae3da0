# SPDX-License-Identifier: EUPL-1.2
"""How it is answered that nobody can say now who somebody is."""

from collections.abc import Callable
from typing import Any, Final

from parvis_kit.problems import Problem, unavailable
from parvis_requests.domain.author import PeopleDownError


def _down(error: PeopleDownError) -> Problem:
    return unavailable(error.retry_after)


AUTHOR_FAULTS: Final[dict[type[Exception], Callable[[Any], Problem]]] = {PeopleDownError: _down}
