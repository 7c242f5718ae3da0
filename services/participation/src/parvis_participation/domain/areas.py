# SPDX-License-Identifier: EUPL-1.2
"""The areas that money is for."""

from collections.abc import Sequence

from parvis_participation.domain.errors import AreaBudgetError


def check_areas(areas: Sequence[str | None]) -> None:
    """Raise AreaBudgetError where two budgets are for one area (or two, without area, for the whole city)."""
    if len(set(areas)) != len(areas):
        raise AreaBudgetError
