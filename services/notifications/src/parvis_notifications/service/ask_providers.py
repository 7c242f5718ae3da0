# SPDX-License-Identifier: EUPL-1.2
"""Ask providers what became of text messages: of those they took, and of those of which nobody knows."""

from datetime import UTC, datetime, timedelta
from typing import Final

from prometheus_client import Counter

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.logs import logger
from parvis_notifications.db.deliveries import Attempt, Deliveries
from parvis_notifications.db.reports import Asking, Reports
from parvis_notifications.domain.delivery import Fault, SendingState
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.sms import Sms, SmsFate, SmsReport, SmsUnreachableError
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.outcomes import sent_event
from parvis_notifications.service.send_sms import acceptance
from parvis_notifications.service.sms_routes import Route, Routes
from parvis_notifications.service.write_sms import written_sms
from parvis_notifications.settings import Settings

_BATCH: Final = 10
_LEASE: Final = timedelta(seconds=300)
_FIRST_PAUSE: Final = timedelta(seconds=10)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_log = logger(__name__)
_REPORTS = Counter("parvis_sms_reports_total", "Answers of providers about text messages", ["provider", "outcome"])
_STATES: Final = {
    SmsFate.DELIVERED: SendingState.DELIVERED,
    SmsFate.EXPIRED: SendingState.BOUNCED,
    SmsFate.REJECTED: SendingState.BOUNCED,
    SmsFate.LOST: SendingState.BOUNCED,
    SmsFate.UNDER_WAY: SendingState.SENT,
}
_FAULTS: Final = {
    SmsFate.EXPIRED: Fault.TEMPORARY,
    SmsFate.REJECTED: Fault.TECHNICAL,
    SmsFate.LOST: Fault.PERMANENT,
}


class ProviderAsker:
    """The loop that asks."""

    def __init__(
        self, reports: Reports, deliveries: Deliveries, persons: PersonKeys, routes: Routes, settings: Settings
    ) -> None:
        self._reports = reports
        self._deliveries = deliveries
        self._persons = persons
        self._routes = routes
        self._settings = settings
        self._bell = Bell()

    async def run(self) -> None:
        """Ask until cancelled."""
        await in_rounds(self.round, self._bell, self._settings.poll_seconds, "provider_asker")

    async def round(self) -> bool:
        """Ask about one batch, one after the other: two alike must not be found in one and the same message."""
        due = await self._reports.claim(_BATCH, lease=_LEASE)
        for asking in due:
            outcome = await self._outcome(asking)
            _REPORTS.labels(asking.provider, outcome).inc()
            _log.info("sms_report", delivery=str(asking.id), provider=asking.provider, outcome=outcome)
        return bool(due)

    async def _outcome(self, asking: Asking) -> str:
        try:
            return await self._one(asking)
        except Exception as error:  # noqa: BLE001 - its claim runs out; the others of the batch have their turn
            _log.error("sms_asking_failed", delivery=str(asking.id), error=type(error).__name__)
            return "failed"

    async def _one(self, asking: Asking) -> str:
        route = self._routes.named(asking.provider)
        if route is None:
            await self._reports.later(asking, None)
            return "provider_gone"
        try:
            if asking.state == SendingState.UNKNOWN:
                return await self._unknown(asking, route)
            return await self._taken(asking, route)
        except SmsUnreachableError as error:
            await self._reports.later(asking, self._pause(asking) or _LONGEST_PAUSE)
            _log.warning("sms_provider_unreachable", provider=asking.provider, error=str(error))
            return "unreachable"

    async def _taken(self, asking: Asking, route: Route) -> str:
        report = await route.provider.report(asking.provider_reference or "")
        if report is None:
            await self._reports.later(asking, self._pause(asking))
            return "not_found"
        again = self._pause(asking) if report.fate is SmsFate.UNDER_WAY else None
        await self._reports.tell(
            asking,
            _STATES[report.fate],
            report.status,
            again=again,
            segments=report.segments,
            cost_millicents=report.cost_millicents,
            fault=_FAULTS.get(report.fate),
        )
        return report.fate.name.lower()

    async def _unknown(self, asking: Asking, route: Route) -> str:
        try:
            sms = written_sms(asking, await self._persons.of(asking.person), self._settings)
        except KeyDestroyedError:
            await self._reports.later(asking, None)
            return "person_erased"
        known = await self._reports.known(asking.provider, asking.person)
        report = await route.provider.find(sms, asking.since, known)
        if report is not None:
            await self._found(asking, sms, route, report)
            return "found"
        # Whoever was still handing it over has given up by then, and the provider shows what it has.
        if datetime.now(UTC) - asking.since < timedelta(seconds=self._settings.sms_settle_seconds):
            await self._reports.later(asking, _FIRST_PAUSE)
            return "not_found_yet"
        await self._reports.never_taken(asking)
        return "never_taken"

    async def _found(self, asking: Asking, sms: Sms, route: Route, report: SmsReport) -> None:
        event = sent_event(asking, Channel.SMS)
        attempt = Attempt(asking.attempt_id, asking.id, asking.id, asking.provider)
        await self._deliveries.sent(attempt, acceptance(report, sms, route), event)
        self._deliveries.announce()

    def _pause(self, asking: Asking) -> timedelta | None:
        """As long again as it has taken, up to an hour; None once it is no use to ask."""
        age = datetime.now(UTC) - asking.since
        if age > timedelta(hours=self._settings.sms_ask_hours):
            return None
        return min(max(age, _FIRST_PAUSE), _LONGEST_PAUSE)
