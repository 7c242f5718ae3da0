# SPDX-License-Identifier: EUPL-1.2
"""A project that a resident proposes in a participatory budget."""

from enum import StrEnum


class ProjectState(StrEnum):
    """Where a project stands."""

    DEPOSITED = "deposited"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    CHOSEN = "chosen"
    NOT_CHOSEN = "not-chosen"
