# SPDX-License-Identifier: EUPL-1.2
"""The timers that a workflow starts for a request as it enters a state."""

from datetime import datetime

from parvis_requests.db.timers import WORKFLOW, NewTimer
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.workflow import Workflow


def workflow_timers(workflow: Workflow, status: str, holidays: Holidays, now: datetime) -> list[NewTimer]:
    """Those of that state, whose delays run from now."""
    return [NewTimer(WORKFLOW, timer.code, timer.delay.after(now, holidays)) for timer in workflow.timers_of(status)]
