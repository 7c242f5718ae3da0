# SPDX-License-Identifier: EUPL-1.2
"""Ask providers what became of calls, a few at a time: nobody was reached before the call is over."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from prometheus_client import Counter

from parvis_kit.logs import logger
from parvis_notifications.db.voice_calls import AskingCall, EndedCall, VoiceCalls
from parvis_notifications.domain.broadcast import PartState
from parvis_notifications.domain.voice import AGAIN, CallFate
from parvis_notifications.outgoing.voice import CallReport, CallUnreachableError
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.voice_routes import VoiceRoute, VoiceRoutes
from parvis_notifications.settings import Settings

_BATCH: Final = 40
_AT_A_TIME: Final = 8
_LEASE: Final = timedelta(seconds=300)
_FIRST_PAUSE: Final = timedelta(seconds=20)
_LONGEST_PAUSE: Final = timedelta(minutes=5)
_log = logger(__name__)
_REPORTS = Counter("parvis_voice_reports_total", "Answers of providers about calls", ["provider", "outcome"])
_COST = Counter("parvis_voice_cost_millicents_total", "What calls cost", ["provider", "collectivity"])


class CallAsker:
    """The loop that asks."""

    def __init__(self, calls: VoiceCalls, routes: VoiceRoutes, settings: Settings, bell: Bell) -> None:
        self._calls = calls
        self._routes = routes
        self._ask_for = timedelta(hours=settings.voice_ask_hours)
        self._most = settings.voice_attempts
        self._pause_between = timedelta(minutes=settings.voice_pause_minutes)
        self._poll_seconds = settings.poll_seconds
        self._bell = bell
        self._places = asyncio.Semaphore(_AT_A_TIME)

    async def run(self) -> None:
        """Ask until cancelled."""
        await in_rounds(self.round, self._bell, self._poll_seconds, "call_asker")

    async def round(self) -> bool:
        """Ask about one batch; False where nothing was due."""
        due = await self._calls.asking(_BATCH, _LEASE)
        await asyncio.gather(*(self._one(asking) for asking in due))
        return bool(due)

    async def _one(self, asking: AskingCall) -> None:
        route, again = self._routes.named(asking.provider), self._pause(asking)
        if route is None:  # the deployment has that provider no more
            await self._calls.later(asking, None)
            return
        try:
            async with self._places:
                report = await route.provider.report(asking.reference)
        except CallUnreachableError as error:
            _REPORTS.labels(asking.provider, "unreachable").inc()
            _log.warning("voice_provider_unreachable", provider=asking.provider, error=str(error))
            await self._calls.later(asking, again)
            return
        outcome = "not-found" if report is None else report.fate.value
        _REPORTS.labels(asking.provider, outcome).inc()
        if report is None or report.fate is CallFate.UNDER_WAY:
            await self._calls.later(asking, again)
        else:
            await self._ended(asking, route, report)

    async def _ended(self, asking: AskingCall, route: VoiceRoute, report: CallReport) -> None:
        cost = report.cost_millicents
        cost = report.minutes * route.unit_millicents if cost is None else cost
        reached = report.fate is CallFate.ANSWERED
        state = PartState.DELIVERED if reached else PartState.BOUNCED
        most = self._most if report.fate in AGAIN else 0
        end = EndedCall(asking.number, state, report.status, report.minutes, cost, most, self._pause_between)
        if await self._calls.ended(end):
            _COST.labels(asking.provider, asking.collectivity).inc(cost)

    def _pause(self, asking: AskingCall) -> timedelta | None:
        """As long again as it has taken, within bounds; None once it is no use to ask."""
        age = datetime.now(UTC) - asking.since
        return None if age > self._ask_for else min(max(age, _FIRST_PAUSE), _LONGEST_PAUSE)
