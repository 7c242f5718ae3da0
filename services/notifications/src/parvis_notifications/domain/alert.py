# SPDX-License-Identifier: EUPL-1.2
"""Alerts in the words of the Common Alerting Protocol (OASIS CAP 1.2, section 3.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from parvis_notifications.domain.geometry import Ring


class AlertKind(StrEnum):
    """What an alert is to those before it; in CAP ``msgType`` Alert, Update and Cancel."""

    ALERT = "alert"
    UPDATE = "update"
    ALL_CLEAR = "all-clear"


class Category(StrEnum):
    """The sort of event."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class Urgency(StrEnum):
    """When to act."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """How bad it is."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """How sure it is."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


class Response(StrEnum):
    """What people are asked to do."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class VisitOutcome(StrEnum):
    """What came of calling on somebody."""

    MET = "met"
    """Somebody spoke with them."""
    NOBODY = "nobody"
    """Nobody opened: they are to be called on again."""
    AWAY = "away"
    """They are elsewhere, in safety, as is known."""
    WITHDRAWN = "withdrawn"
    """What was said last was wrong: nobody called."""


class Reply(StrEnum):
    """What somebody answers to an alert."""

    SAFE = "safe"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class NewAlert:
    """A draft; ``areas`` with ``named_areas`` say whom it concerns, or ``everywhere``.

    ``texts`` has a subject, a body and, where there is one, an instruction by language.
    """

    kind: AlertKind
    follows: UUID | None
    event: Mapping[str, str]
    category: Category
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    response: Response | None
    texts: Mapping[str, Mapping[str, str]]
    area_label: str
    areas: Sequence[Ring]
    named_areas: Sequence[str]
    everywhere: bool
    channels: Sequence[str]
    escalate_seconds: int | None
    exercise: bool
    social: bool
    onset_at: datetime | None
    expires_at: datetime
