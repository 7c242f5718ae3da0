# SPDX-License-Identifier: EUPL-1.2
"""A request that was filed as the wrong type becomes one of another: what of it stays, and when that may not be."""

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Final

from parvis_requests.domain.errors import RequestError
from parvis_requests.domain.legal import Clock, Regime
from parvis_requests.domain.publicity import Publicity, Review
from parvis_requests.domain.workflow import Workflow

# What the history calls it, and the correction of its place.
CHANGE_TYPE: Final = "change-type"
CHANGE_PLACE: Final = "change-place"


class WhyNot(StrEnum):
    """What stands in the way."""

    SAME = "same-type"
    DECIDED = "decided"
    APPEALED = "appealed"
    FORWARDED = "forwarded"
    TRANSFERRED = "transferred"
    PARENT = "has-merged"
    PAYMENT = "payment"
    PERIOD_OVER = "period-over"


class TypeChangeError(RequestError):
    """The request stays what it is, because of ``why``."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(str(why))
        self.why = why


def state_in(workflow: Workflow, status: str) -> str:
    """Where a request in that state stands in another workflow: in the same one, if it has it and it is no end."""
    state = workflow.state(status)
    return status if state and not state.final else workflow.initial


def clock_of(
    before: Clock | None, former: Regime | None, regime: Regime | None, received_on: date, status: str, today: date
) -> Clock | None:
    """The legal period by another type's law, from the day on which the request was received (CRPA, article L114-3).

    Days for which the file was incomplete stay lost, and a period that started anew with the last document goes on
    from there (article L114-5): where the pause ends with the change, as the ``former`` law says. An extension was
    one of the former period.
    """
    if regime is None:
        return None
    clock = before or Clock(received_on)
    if former and status not in regime.paused_in:
        clock = clock.resumed(today, former)
    # A clock that was set later than the reception started anew.
    clock = replace(clock, started_on=max(clock.started_on, received_on), extended_months=0)
    return clock.in_state(status, today, regime)


def more_public(before: Publicity | None, after: Publicity | None) -> bool:
    """Whether the public would see of it what it did not: that it is there, or more exactly where."""
    if after is None:
        return False
    return before is None or after.decimals > before.decimals


def more_words(before: Publicity | None, after: Publicity | None) -> bool:
    """Whether the public would read without a decision what it could not read before."""
    return after is not None and after.content is Review.AT_ONCE and (before is None or before.content != after.content)
