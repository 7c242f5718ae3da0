# SPDX-License-Identifier: EUPL-1.2
"""The timers of a request's legal period: a warning to the agents, then the decision by silence."""

from datetime import datetime

from parvis_requests.db.timers import ALERT, SILENCE, NewTimer
from parvis_requests.domain.legal import Clock, Regime


def legal_timers(clock: Clock, regime: Regime, now: datetime, *, first: bool = False) -> list[NewTimer]:
    """The timers of a period as it stands, or is ``first`` known; none while its end is unknown."""
    end, alert = clock.end(regime), clock.alert(regime, now, first=first)
    timers = [NewTimer(SILENCE, regime.action, end)] if end else []
    return [*timers, NewTimer(ALERT, "due-soon", alert)] if alert else timers
