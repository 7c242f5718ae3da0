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

BATCH: Final = 40
AT_A_TIME: Final = 8
LEASE: Final = timedelta(seconds=300)
_FIRST_PAUSE: Final = timedelta(seconds=20)
_LONGEST_PAUSE: Final = timedelta(minutes=5)
_log = logger(__name__)
REPORTS = Counter("parvis_voice_reports_total", "Answers of providers about calls", ["provider", "outcome"])
_COST = Counter("parvis_voice_cost_millicents_total", "What calls cost", ["provider", "collectivity"])


class EndOfCalls:
    """What is kept of a call that is over, whomever it was to; whoever was not reached is called again, a few times."""

    def __init__(self, calls: VoiceCalls, settings: Settings) -> None:
        self._calls = calls
        self._most = settings.voice_attempts
        self._pause_between = timedelta(minutes=settings.voice_pause_minutes)

    async def keep(self, number: int, collectivity: str, route: VoiceRoute, report: CallReport) -> None:
        """Keep it once; where the provider does not say what it cost, that is reckoned."""
        cost = report.cost_millicents
        cost = report.minutes * route.unit_millicents if cost is None else cost
        reached = report.fate is CallFate.ANSWERED
        state = PartState.DELIVERED if reached else PartState.BOUNCED
        most = self._most if report.fate in AGAIN else 0
        end = EndedCall(number, state, report.status, report.minutes, cost, most, self._pause_between)
        if await self._calls.ended(end):
            _COST.labels(route.provider.name, collectivity).inc(cost)


def next_question(since: datetime, ask_for: timedelta) -> timedelta | None:
    """After which time to ask again: as long again as it has taken, within bounds; None once it is no use to ask."""
    age = datetime.now(UTC) - since
    return None if age > ask_for else min(max(age, _FIRST_PAUSE), _LONGEST_PAUSE)


class CallAsker:
    """The loop that asks."""

    def __init__(self, calls: VoiceCalls, routes: VoiceRoutes, settings: Settings, bell: Bell) -> None:
        self._calls = calls
        self._routes = routes
        self._ends = EndOfCalls(calls, settings)
        self._ask_for = timedelta(hours=settings.voice_ask_hours)
        self._poll_seconds = settings.poll_seconds
        self._bell = bell
        self._places = asyncio.Semaphore(AT_A_TIME)

    async def run(self) -> None:
        """Ask until cancelled."""
        await in_rounds(self.round, self._bell, self._poll_seconds, "call_asker")

    async def round(self) -> bool:
        """Ask about one batch; False where nothing was due."""
        due = await self._calls.asking(BATCH, LEASE)
        await asyncio.gather(*(self._one(asking) for asking in due))
        return bool(due)

    async def _one(self, asking: AskingCall) -> None:
        route, again = self._routes.named(asking.provider), next_question(asking.since, self._ask_for)
        if route is None:  # the deployment has that provider no more
            await self._calls.later(asking, None)
            return
        try:
            async with self._places:
                report = await route.provider.report(asking.reference)
        except CallUnreachableError as error:
            REPORTS.labels(asking.provider, "unreachable").inc()
            _log.warning("voice_provider_unreachable", provider=asking.provider, error=str(error))
            await self._calls.later(asking, again)
            return
        outcome = "not-found" if report is None else report.fate.value
        REPORTS.labels(asking.provider, outcome).inc()
        if report is None or report.fate is CallFate.UNDER_WAY:
            await self._calls.later(asking, again)
        else:
            await self._ends.keep(asking.number, asking.collectivity, route, report)
