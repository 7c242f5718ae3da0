# SPDX-License-Identifier: EUPL-1.2
"""Contesting a refusal: which appeals there are, by when each is brought, what it stops and when silence rejects it.

An administrative appeal (*recours gracieux*, to whoever decided; *recours hiérarchique*, to their superior) is brought
within the period for going to the court and interrupts it (article L411-2 of the CRPA); where both are brought within
the initial period, it starts anew once both were rejected. Silence for two months rejects it (article L231-4, 2° of the
CRPA; article R421-2 of the code of administrative justice). The territorial mediator interrupts the period, too, until
the mediation is declared over (articles L213-6 of that code and L1112-24 of the code of local authorities); after a
mediation that did, no administrative appeal interrupts it again (R213-4; L1112-24). Nothing interrupts it twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_requests.domain.appeal_errors import AppealClosedError, OutcomeError
from parvis_requests.domain.calendar import Holidays, add_months, end_of, is_working_day
from parvis_requests.domain.remedy import PERIOD_MONTHS, Refusal

# How often one decision may be contested; who brings and withdraws without end is no applicant.
MAX_APPEALS: Final = 20
# How many days before silence rejects an appeal the agents are warned.
_ALERT_DAYS: Final = 15


class AppealKind(StrEnum):
    """To whom a refusal is contested; the last three are outside of the town, which is told of them."""

    RECONSIDERATION = "reconsideration"
    HIERARCHICAL = "hierarchical"
    MEDIATION = "mediation"
    CADA = "cada"
    COURT = "court"
    DEFENDER = "defender-of-rights"

    @property
    def outside(self) -> bool:
        """True where the town has nothing to decide."""
        return self in {AppealKind.CADA, AppealKind.COURT, AppealKind.DEFENDER}

    @property
    def administrative(self) -> bool:
        """True where silence rejects it."""
        return self in {AppealKind.RECONSIDERATION, AppealKind.HIERARCHICAL}

    @property
    def by_another(self) -> bool:
        """True where somebody else than whoever took the decision looks at it."""
        return self in {AppealKind.HIERARCHICAL, AppealKind.MEDIATION}


class AppealState(StrEnum):
    """Where an appeal stands: open, or how it ended; ``ended`` changes nothing, as a mediation that found nothing."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    DEEMED_REJECTED = "deemed-rejected"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


# What an agent may end it with.
_OUTCOMES: Final[Mapping[bool, frozenset[AppealState]]] = {
    True: frozenset({AppealState.UPHELD, AppealState.REJECTED}),
    False: frozenset({AppealState.UPHELD, AppealState.ENDED}),
}


@dataclass(frozen=True, slots=True)
class Contested:
    """The refusal that is contested.

    Attributes:
        sequence: the act that brought it about, in the history of the request.
        refusal: how the request was refused.
        on: the day on which it was told, or with which the period for an answer ended.
        decided_by: the agent who took it; None where silence did.
        told: whether the person was told what they can do against it, and until when: else no period runs against them
            (article R421-5 of the code of administrative justice; for silence, article L112-6 of the CRPA).
        to_court: whether the court comes next; False where the advice of the CADA must be asked for first.
    """

    sequence: int
    refusal: Refusal
    on: date
    decided_by: UUID | None
    told: bool
    to_court: bool = True

    def last_day(self, holidays: Holidays) -> date | None:
        """The last day of the initial period for going to the court; None where none runs."""
        return court_last_day(self.on, holidays) if self.told and self.to_court else None


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal, with what its rules need.

    Attributes:
        brought_on: the day on which it was sent (article L112-1 of the CRPA).
        received_on: the day on which the town received it, from which its answer is due.
        interrupts: whether it interrupted the period for going to the court.
        deemed_on: the day with which silence rejected it.
        closed_on: the day on which somebody ended it.
    """

    kind: AppealKind
    state: AppealState
    brought_on: date
    received_on: date
    interrupts: bool = False
    deemed_on: date | None = None
    closed_on: date | None = None

    @property
    def answer_due_at(self) -> datetime | None:
        """The instant from which silence has rejected it; None where silence decides nothing."""
        if not self.kind.administrative:
            return None
        return end_of(add_months(self.received_on, PERIOD_MONTHS))

    def alert_at(self, now: datetime) -> datetime | None:
        """When the agents are warned of that; None where there is nothing to warn of, or the moment has gone by."""
        if not self.kind.administrative:
            return None
        at = end_of(add_months(self.received_on, PERIOD_MONTHS) - timedelta(days=_ALERT_DAYS))
        return at if at > now else None

    def may_end(self, outcome: AppealState) -> None:
        """Raise AppealClosedError or OutcomeError where it cannot end so; what silence rejected may still be decided.

        A rejection with reasons that comes after the one by silence, or a withdrawal of the decision, is the person's
        gain (article R421-2 of the code of administrative justice).
        """
        late = self.state is AppealState.DEEMED_REJECTED
        if self.state is not AppealState.OPEN and not (late and outcome is not AppealState.WITHDRAWN):
            raise AppealClosedError
        if outcome is not AppealState.WITHDRAWN and outcome not in _OUTCOMES[self.kind.administrative]:
            raise OutcomeError

    def over_on(self, holidays: Holidays) -> date | None:
        """The day from which the interrupted period runs anew; None as long as it is open.

        What silence rejected runs from there, unless reasons were told before that new period ended: then from these
        (article R421-2 of the code of administrative justice).
        """
        if self.deemed_on is None:
            return self.closed_on
        if self.closed_on is not None and self.closed_on <= court_last_day(self.deemed_on, holidays):
            return self.closed_on
        return self.deemed_on


@dataclass(frozen=True, slots=True)
class CourtPeriod:
    """The period for going to the court: its last day, or that it ``waits`` for an appeal.

    Neither where none runs against the person, or where the court does not come next.
    """

    until: date | None
    waits: bool = False

    def holds(self, day: date) -> bool:
        """True on a day on which it is not over."""
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Lodging:
    """What an appeal is as it comes: after its time or not, and whether it interrupts the period for the court."""

    last_day: date | None
    late: bool
    interrupts: bool


def court_last_day(since: date, holidays: Holidays) -> date:
    """The last day of two months that began with a decision told that day (article R421-1, code of admin. justice).

    The period is *franc*: neither the first nor the last day counts; what would end on a Saturday, a Sunday or a
    holiday ends with the next working day.
    """
    last = add_months(since, PERIOD_MONTHS) + timedelta(days=1)
    while not is_working_day(last, holidays):
        last += timedelta(days=1)
    return last


def court_period(contested: Contested, appeals: Sequence[Appeal], holidays: Holidays) -> CourtPeriod:
    """The period as it stands after these appeals against the decision."""
    if contested.last_day(holidays) is None:
        return CourtPeriod(None)
    ends = [appeal.over_on(holidays) for appeal in appeals if appeal.interrupts]
    over = [end for end in ends if end is not None]
    if len(over) < len(ends):
        return CourtPeriod(None, waits=True)
    return CourtPeriod(court_last_day(max([contested.on, *over]), holidays))


def lodge(
    kind: AppealKind, brought_on: date, contested: Contested, earlier: Sequence[Appeal], holidays: Holidays
) -> Lodging:
    """What one that was brought that day is; a late one is taken all the same, and interrupts nothing."""
    initial, period = contested.last_day(holidays), court_period(contested, earlier, holidays)
    stopping = [appeal.kind for appeal in earlier if appeal.interrupts]
    if initial is None or kind.outside:
        return Lodging(initial if kind.administrative else None, late=False, interrupts=False)
    fresh = not {kind, AppealKind.MEDIATION} & set(stopping)
    if kind is AppealKind.MEDIATION:
        return Lodging(None, late=False, interrupts=fresh and period.holds(brought_on))
    return Lodging(initial, late=not period.holds(brought_on), interrupts=fresh and brought_on <= initial)
