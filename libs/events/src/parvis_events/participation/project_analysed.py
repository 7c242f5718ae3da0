# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ProjectAnalysed, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAnalysed:
    """The town's services have said what they found of a project.

    Attributes:
        project_id: The project; also the Kafka key and the CloudEvents subject.
        budget_id: The participatory budget that it is proposed in.
        state: Where the project stands.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.project-analysed.v1"
    TOPIC: ClassVar[str] = "parvis.participation.project.v1"

    project_id: UUID
    budget_id: UUID
    collectivity: str
    state: Literal["deposited", "feasible", "infeasible"]
    occurred_at: datetime
    sequence: int
