# SPDX-License-Identifier: EUPL-1.2
"""Ask providers what became of letters: of those they took, and of those of which nobody knows.

What was prepared and never submitted is taken back before the letter goes again. That it is being taken back is kept
first: only of such a one does it mean anything that the provider has none of that name.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from prometheus_client import Counter

from parvis_kit.logs import logger
from parvis_notifications.db.deliveries import Attempt, Deliveries
from parvis_notifications.db.reports import Asking, Reports
from parvis_notifications.domain.delivery import WITHDRAWING, Fault, SendingState
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.letters import LetterFate, LetterReport, LetterUnreachableError
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.letter_routes import LetterRoute, LetterRoutes
from parvis_notifications.service.outcomes import sent_event
from parvis_notifications.service.returned_letters import ReturnedLetters
from parvis_notifications.service.send_letters import taken
from parvis_notifications.settings import Settings

_BATCH: Final = 10
_LEASE: Final = timedelta(seconds=900)
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=12)
_log = logger(__name__)
_REPORTS = Counter("parvis_letter_reports_total", "Answers of providers about letters", ["provider", "outcome"])
_COST = Counter("parvis_letter_cost_millicents_total", "What letters cost", ["provider", "collectivity"])
_STATES: Final = {
    LetterFate.PREPARED: SendingState.SENT,
    LetterFate.ACCEPTED: SendingState.SENT,
    LetterFate.POSTED: SendingState.SENT,
    LetterFate.RETURNED: SendingState.BOUNCED,
    LetterFate.REFUSED: SendingState.BOUNCED,
}


class LetterAsker:
    """The loop that asks."""

    def __init__(
        self,
        reports: Reports,
        deliveries: Deliveries,
        routes: LetterRoutes,
        returns: ReturnedLetters,
        settings: Settings,
        bell: Bell,
    ) -> None:
        self._returns = returns
        self._reports = reports
        self._deliveries = deliveries
        self._routes = routes
        self._settings = settings
        self._bell = bell
        self._postage = {each.name: each.postage_millicents for each in settings.letter_providers}

    async def run(self) -> None:
        """Ask until cancelled."""
        await in_rounds(self.round, self._bell, self._settings.poll_seconds, "letter_asker")

    async def round(self) -> bool:
        """Ask about one batch."""
        due = await self._reports.claim(_BATCH, lease=_LEASE)
        for asking in due:
            outcome = await self._outcome(asking)
            _REPORTS.labels(asking.provider, outcome).inc()
            _log.info("letter_report", delivery=str(asking.id), provider=asking.provider, outcome=outcome)
        return bool(due)

    async def _outcome(self, asking: Asking) -> str:
        try:
            return await self._one(asking)
        except Exception as error:  # noqa: BLE001 - its claim runs out; the others of the batch have their turn
            _log.error("letter_asking_failed", delivery=str(asking.id), error=type(error).__name__)
            return "failed"

    async def _one(self, asking: Asking) -> str:
        route = self._routes.named(asking.provider)
        if route is None or asking.provider_reference is None:
            await self._reports.later(asking, None)
            return "provider_gone"
        try:
            report = await route.provider.report(asking.provider_reference)
            if asking.state == SendingState.UNKNOWN:
                return await self._unknown(asking, route, report)
            return await self._taken(asking, route, report)
        except LetterUnreachableError as error:
            await self._reports.later(asking, self._pause(asking) or _LONGEST_PAUSE)
            _log.warning("letter_provider_unreachable", provider=asking.provider, error=str(error))
            return "unreachable"

    async def _taken(self, asking: Asking, route: LetterRoute, report: LetterReport | None) -> str:
        if report is None:
            await self._reports.later(asking, self._pause(asking))
            return "not_found"
        state = _STATES[report.fate]
        if report.fate is LetterFate.RETURNED:
            await self._returns.note(asking)
        cost = self._cost(route, report) if report.fate in {LetterFate.POSTED, LetterFate.RETURNED} else None
        again = self._pause(asking) if state is SendingState.SENT else None
        fault = Fault.PERMANENT if report.fate is LetterFate.RETURNED else None
        told = await self._reports.tell(
            asking, state, report.fate, again=again, segments=report.pages, cost_millicents=cost, fault=fault
        )
        if told and cost and asking.cost_millicents is None:
            _COST.labels(asking.provider, asking.collectivity).inc(cost)
        return report.fate

    async def _unknown(self, asking: Asking, route: LetterRoute, report: LetterReport | None) -> str:
        if report is not None and report.fate is not LetterFate.PREPARED:
            await self._found(asking)
            return "found"
        if report is None:
            if asking.report_status != WITHDRAWING:  # it was there: who says that it is not knows us no longer
                await self._reports.later(asking, self._pause(asking) or _LONGEST_PAUSE)
                return "not_found"
        else:
            if datetime.now(UTC) - asking.since < timedelta(seconds=self._settings.letter_settle_seconds):
                await self._reports.later(asking, _FIRST_PAUSE)
                return "not_submitted_yet"
            if not await self._reports.mark(asking, WITHDRAWING):
                return "gone_again"
            if not await route.provider.withdraw(asking.provider_reference or ""):
                await self._found(asking)
                return "found"
        await self._reports.never_taken(asking)
        return "never_taken"

    async def _found(self, asking: Asking) -> None:
        event = sent_event(asking, Channel.LETTER)
        attempt = Attempt(asking.attempt_id, asking.id, asking.id, asking.provider)
        await self._deliveries.sent(attempt, taken(asking.provider_reference or ""), event)
        self._deliveries.announce()

    def _cost(self, route: LetterRoute, report: LetterReport) -> int:
        """Its pages and its postage: as the provider says, else as the settings do."""
        told = report.postage_millicents
        postage = self._postage[route.provider.name] if told is None else told
        return postage + (report.pages or 0) * route.unit_millicents

    def _pause(self, asking: Asking) -> timedelta | None:
        """As long again as it has taken, up to half a day; None once it is no use to ask."""
        age = datetime.now(UTC) - asking.since
        if age > timedelta(days=self._settings.letter_ask_days):
            return None
        return min(max(age, _FIRST_PAUSE), _LONGEST_PAUSE)
