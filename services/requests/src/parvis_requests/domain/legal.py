# SPDX-License-Identifier: EUPL-1.2
"""The period after which an administration's silence decides (book II, title III of the CRPA).

Silence for two months grants a request (article L231-1), save where a text says otherwise (L231-4, L231-5), and other
periods may be set (L231-6). The period starts when the request is received (L114-3). It counts from day to day, as
article 641 of the code de procédure civile does, and ends with its last day, at 24:00 in Paris, working day or not.
While the file is incomplete it waits: for a grant it starts anew with the last document, for a refusal it goes on
where it stopped, at the latest when the time to send them is over (L114-5).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from parvis_requests.domain.calendar import add_months, end_of


class Silence(StrEnum):
    """What silence means at the end of the period."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class NoPeriod(StrEnum):
    """Why requests of a type have no legal period.

    ``no-decision``: what is asked is no decision on a request in the sense of article L110-1 of the CRPA: a report, a
    declaration, a question, a contract. ``other-authority``: it is not for the collectivity to decide. ``unsaid``:
    silence may mean something, and the collectivity has not said what.
    """

    NO_DECISION = "no-decision"
    OTHER_AUTHORITY = "other-authority"
    UNSAID = "unsaid"


class Resumption(StrEnum):
    """How the period goes on after a pause: the days that were lost are added, or it starts anew."""

    CONTINUE = "continue"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Regime:
    """What the law says of a request type.

    Attributes:
        silence: what silence means.
        months: length of the period in months, and
        days: in days beside; one of the two is 0.
        action: the transition by which silence decides.
        paused_in: states of the workflow in which the period waits.
        resume: how it goes on.
        pause_days: longest pause, in days; None while it lasts as long as the file is incomplete.
        alert_days: how many days before the end the agents are warned.
        extension_months: by how much the period may be extended, once; 0 where it may not.
    """

    silence: Silence
    months: int
    days: int
    action: str
    paused_in: frozenset[str] = frozenset()
    resume: Resumption = Resumption.CONTINUE
    pause_days: int | None = None
    alert_days: int = 15
    extension_months: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the period of one request stands; days are those of Paris."""

    started_on: date
    extra_days: int = 0
    extended_months: int = 0
    paused_on: date | None = None

    def last_day(self, regime: Regime) -> date | None:
        """The day with which the period ends, or None while nobody can say.

        During a pause of limited length, the day with which it ends unless the documents come sooner.
        """
        waiting = 0
        if self.paused_on is not None:
            if regime.resume is Resumption.RESET or regime.pause_days is None:
                return None
            waiting = regime.pause_days
        end = add_months(self.started_on, regime.months + self.extended_months)
        return end + timedelta(days=regime.days + self.extra_days + waiting)

    def end(self, regime: Regime) -> datetime | None:
        """The instant from which silence has decided, or None while nobody can say."""
        last = self.last_day(regime)
        return None if last is None else end_of(last)

    def alert(self, regime: Regime, now: datetime, *, first: bool = False) -> datetime | None:
        """When the agents are warned; None where the end is unknown or the moment for it has gone by.

        On the ``first`` time that the end is known, they are warned at once where that moment has gone by and it has
        not: of what lay before it was entered.
        """
        last = self.last_day(regime)
        if last is None:
            return None
        at = end_of(last - timedelta(days=regime.alert_days))
        if at > now:
            return at
        return now if first and end_of(last) > now else None

    def paused(self, on: date) -> "Clock":
        """The clock once documents were asked for on that day."""
        return self if self.paused_on is not None else replace(self, paused_on=on)

    def resumed(self, on: date, regime: Regime) -> "Clock":
        """The clock once the file was completed on that day."""
        if self.paused_on is None:
            return self
        if regime.resume is Resumption.RESET:
            return Clock(on, extended_months=self.extended_months)
        lost = (on - self.paused_on).days
        if regime.pause_days is not None:
            lost = min(lost, regime.pause_days)
        return replace(self, extra_days=self.extra_days + lost, paused_on=None)

    def in_state(self, state: str, on: date, regime: Regime) -> "Clock":
        """The clock once the request has come to that state on that day."""
        return self.paused(on) if state in regime.paused_in else self.resumed(on, regime)

    def extended(self, regime: Regime) -> "Clock":
        """The clock with the extension that the regime allows."""
        return replace(self, extended_months=regime.extension_months)
