# SPDX-License-Identifier: EUPL-1.2
"""The day that it is where each row's town is, for what looks at the rows of all towns at once."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, literal

from parvis_kit.clocks import PARIS, clocks
from parvis_participation.domain.town_day import day_of


def day_there(collectivity: Any, at: datetime, ago: timedelta = timedelta()) -> ColumnElement[date]:
    """The day of that instant in the town that the column names, or the one so many days ``ago``."""
    own = {town: day_of(at, clock) - ago for town, clock in clocks().items()}
    here: ColumnElement[date] = literal(day_of(at, PARIS) - ago)
    return case(own, value=collectivity, else_=here) if own else here


def latest_day(at: datetime, ago: timedelta = timedelta()) -> date:
    """The last of these days: what an index is read up to."""
    return max(day_of(at, clock) for clock in (PARIS, *clocks().values())) - ago
