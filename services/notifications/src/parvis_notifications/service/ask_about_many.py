# SPDX-License-Identifier: EUPL-1.2
"""Ask providers what became of the text messages of news and alerts, a few at a time."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from prometheus_client import Counter

from parvis_notifications.db.broadcast_reports import AskingPart, BroadcastReports, ToldPart
from parvis_notifications.domain.broadcast import PartState
from parvis_notifications.outgoing.sms import SmsFate, SmsUnreachableError
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.sms_routes import Routes
from parvis_notifications.settings import Settings

_BATCH: Final = 40
_AT_A_TIME: Final = 8
_LEASE: Final = timedelta(seconds=300)
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_STATES: Final = {
    SmsFate.DELIVERED: PartState.DELIVERED,
    SmsFate.EXPIRED: PartState.BOUNCED,
    SmsFate.REJECTED: PartState.BOUNCED,
    SmsFate.LOST: PartState.BOUNCED,
    SmsFate.UNDER_WAY: PartState.SENT,
}
_REPORTS = Counter("parvis_broadcast_reports_total", "Answers about text messages to many", ["provider", "outcome"])


class BroadcastAsker:
    """The loop that asks."""

    def __init__(self, reports: BroadcastReports, routes: Routes, settings: Settings, bell: Bell) -> None:
        self._reports = reports
        self._routes = routes
        self._ask_for = timedelta(hours=settings.sms_ask_hours)
        self._poll_seconds = settings.poll_seconds
        self._bell = bell
        self._places = asyncio.Semaphore(_AT_A_TIME)

    async def run(self) -> None:
        """Ask until cancelled."""
        await in_rounds(self.round, self._bell, self._poll_seconds, "broadcast_asker")

    async def round(self) -> bool:
        """Ask about one batch; False where nothing was due."""
        due = await self._reports.claim(_BATCH, _LEASE)
        if due:
            await self._reports.tell(await asyncio.gather(*(self._one(asking) for asking in due)))
        return bool(due)

    async def _one(self, asking: AskingPart) -> ToldPart:
        route, again = self._routes.named(asking.provider or ""), self._pause(asking)
        if route is None:  # the deployment has that provider no more
            return ToldPart(asking.recipient, PartState.SENT, None, None)
        try:
            async with self._places:
                report = await route.provider.report(asking.provider_reference or "")
        except SmsUnreachableError:
            _REPORTS.labels(asking.provider, "unreachable").inc()
            return ToldPart(asking.recipient, PartState.SENT, None, again or _LONGEST_PAUSE)
        if report is None:
            _REPORTS.labels(asking.provider, "not_found").inc()
            return ToldPart(asking.recipient, PartState.SENT, None, again)
        _REPORTS.labels(asking.provider, report.fate.name.lower()).inc()
        still = again if report.fate is SmsFate.UNDER_WAY else None
        known = (report.segments, report.cost_millicents)
        return ToldPart(asking.recipient, _STATES[report.fate], report.status, still, *known)

    def _pause(self, asking: AskingPart) -> timedelta | None:
        """As long again as it has taken, up to an hour; None once it is no use to ask."""
        age = datetime.now(UTC) - asking.since
        return None if age > self._ask_for else min(max(age, _FIRST_PAUSE), _LONGEST_PAUSE)
