# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AreaChanged, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChanged:
    """An area is there, or has changed.

    Its place in the territory, its geometry or what it is called; or it is retired.

    Attributes:
        area_id: Also the Kafka key and the CloudEvents subject.
        area: Code of the area, as events of requests bear it.
        level: Code of the level of areas, such as district.
        parent: Code of the area that holds it, where one does.
        retired: Whether it is no part of the territory any more; requests go on that bear its code.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.area-changed.v1"
    TOPIC: ClassVar[str] = "parvis.requests.area.v1"

    area_id: UUID
    area: str
    level: str
    parent: str | None
    retired: bool
    collectivity: str
    occurred_at: datetime
    sequence: int
