# SPDX-License-Identifier: EUPL-1.2
"""What is told of the satisfaction survey, on the topic of the requests and in their order."""

from datetime import datetime

from parvis_kit.messaging.events import Event
from parvis_requests.domain.request import Request
from parvis_requests.events import about, instant


def asked(request: Request, closes_at: datetime, at: datetime) -> Event:
    """The author of a request that has ended is asked how they were served; they may answer until then."""
    return about(request, "satisfaction-asked", at, closes_at=instant(closes_at))
