# SPDX-License-Identifier: EUPL-1.2
"""What a mail puts into the calendar of its reader."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

_TIMES = ("starts_at", "ends_at", "stamped_at")


@dataclass(frozen=True, slots=True)
class Invitation:
    """An appointment as calendars take it (RFC 5545): known by its ``uid``, the higher ``sequence`` holds.

    ``stamped_at`` is when it came to stand as it does. A ``cancelled`` one is taken out of the calendar.
    """

    uid: str
    sequence: int
    cancelled: bool
    starts_at: datetime
    ends_at: datetime
    stamped_at: datetime
    summary: str
    description: str
    location: str

    def to_json(self) -> str:
        """As it is kept with its message."""
        return json.dumps(asdict(self), default=datetime.isoformat, ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> "Invitation":
        """From what was kept."""
        values = json.loads(kept)
        return cls(**values | {name: datetime.fromisoformat(values[name]) for name in _TIMES})
