# SPDX-License-Identifier: EUPL-1.2
"""Who answers a survey."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Respondent:
    """Who answers, in which town."""

    collectivity: str
    person: UUID
