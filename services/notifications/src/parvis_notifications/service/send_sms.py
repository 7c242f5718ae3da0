# SPDX-License-Identifier: EUPL-1.2
"""Hand one claimed text message to a provider, and record at once what came of it.

A text message costs money and may wake somebody: one whose fate is unknown is asked after and not sent again
(docs/decisions/0035-text-messages-are-looked-up.md).
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from prometheus_client import Counter

from parvis_kit.crypto.persons import PersonKey
from parvis_notifications.db.deliveries import Acceptance, Attempt, ClaimedDelivery, Deliveries, attempt_at
from parvis_notifications.domain.delivery import Fault
from parvis_notifications.domain.sms import length
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.outgoing.sms import Sms, SmsRefusal, SmsRefusedError, SmsReport, SmsUnansweredError
from parvis_notifications.service.outcomes import Outcomes
from parvis_notifications.service.present_number import NoNumberError, with_present_number
from parvis_notifications.service.simulate import simulate
from parvis_notifications.service.sms_routes import Route, Routes
from parvis_notifications.service.stop_by_text import TextStops
from parvis_notifications.service.write_sms import written_sms
from parvis_notifications.settings import Settings

# Added to the time that an answer may take: the claim must outlive the last wait for it.
_MARGIN_SECONDS: Final = 30.0
FIRST_ASK: Final = timedelta(seconds=10)
_FINAL: Final = {SmsRefusal.NUMBER, SmsRefusal.STOPPED, SmsRefusal.CONTENT}
_MESSAGES = Counter("parvis_sms_total", "Text messages by provider and outcome of an attempt", ["provider", "outcome"])
_COST = Counter("parvis_sms_cost_millicents_total", "What text messages cost", ["provider", "collectivity"])


class SendSms:
    """The use case, with what it needs; a lane of the sender."""

    def __init__(
        self, deliveries: Deliveries, routes: Routes, owners: Owners, stops: TextStops, settings: Settings
    ) -> None:
        self._deliveries = deliveries
        self._outcomes = Outcomes(deliveries, Channel.SMS, "sms", _MESSAGES)
        self._routes = routes
        self._owners = owners
        self._stops = stops
        self._settings = settings
        self._lease = timedelta(seconds=settings.sms_timeout_seconds + _MARGIN_SECONDS)
        self._give_up = timedelta(hours=settings.sms_give_up_hours)

    async def send(self, delivery: ClaimedDelivery, key: PersonKey | None, claim: UUID) -> None:
        """One attempt, with each provider that may be used until one takes it."""
        none = attempt_at(delivery, claim)
        if delivery.simulated and key is not None:
            sms = written_sms(delivery, key, self._settings)
            await simulate(self._deliveries, delivery, sms.to, claim, segments=length(sms.text).segments)
        elif delivery.doubtful:  # whoever had it died before the answer was kept
            await self._outcomes.unknown(delivery, none, "worker-gone", FIRST_ASK)
        elif key is None:
            await self._outcomes.failed(delivery, none, "person-erased", Fault.PERMANENT)
        elif delivery.useless_at is not None and delivery.useless_at <= datetime.now(UTC):
            await self._outcomes.failed(delivery, none, "too-late", Fault.TEMPORARY)
        elif not delivery.address_doubts:
            await self._over_routes(delivery, written_sms(delivery, key, self._settings), claim)
        elif readdressed := await self._readdressed(delivery, key, none):
            await self._over_routes(readdressed, written_sms(readdressed, key, self._settings), claim)

    async def close(self) -> None:
        """The routes are everybody's; who made them closes them."""

    async def _over_routes(self, delivery: ClaimedDelivery, sms: Sms, claim: UUID) -> None:
        if (why := await self._stops.against(delivery, sms.to)) is not None:
            await self._outcomes.failed(delivery, attempt_at(delivery, claim), why, Fault.PERMANENT)
            return
        refusals: list[SmsRefusedError] = []
        for route in self._routes.open():
            await route.turn()
            attempt = attempt_at(delivery, claim, route.provider.name)
            if not await self._deliveries.hand_over(attempt, lease=self._lease):
                return
            try:
                report = await route.provider.submit(sms)
            except SmsUnansweredError as error:
                route.failed()
                await self._outcomes.unknown(delivery, attempt, str(error), FIRST_ASK)
                return
            except SmsRefusedError as error:
                if error.refusal in _FINAL:
                    await self._refused(delivery, attempt, route, sms, error)
                    return
                refusals.append(error)
                route.refused(trouble=error.refusal is SmsRefusal.TROUBLE)
                await self._outcomes.next(delivery, attempt, error.reply)
            else:
                route.breaker.succeeded()
                await self._sent(delivery, attempt, route, sms, report)
                return
        await self._not_taken(delivery, attempt_at(delivery, claim), refusals)

    async def _not_taken(self, delivery: ClaimedDelivery, none: Attempt, refusals: list[SmsRefusedError]) -> None:
        """No provider has it: later again, unless each refuses this one, or it is too late."""
        reply = refusals[-1].reply if refusals else "no-provider"
        elsewhere = [error for error in refusals if error.refusal is SmsRefusal.ELSEWHERE]
        if len(elsewhere) == len(self._routes) > 0 or datetime.now(UTC) - delivery.begun_at > self._give_up:
            await self._outcomes.failed(delivery, none, reply, Fault.TECHNICAL)
        else:
            await self._deliveries.retry(none, timedelta(seconds=self._routes.wait_seconds()), reply)

    async def _refused(
        self, delivery: ClaimedDelivery, attempt: Attempt, route: Route, sms: Sms, error: SmsRefusedError
    ) -> None:
        route.breaker.succeeded()
        if error.refusal is SmsRefusal.STOPPED:
            await self._stops.told(delivery, sms.to)  # first: killed here, it is refused again
        if error.refusal is SmsRefusal.NUMBER:
            await self._stops.no_number(delivery.collectivity, sms.to, error.reply, surely=error.surely)
        fault = Fault.TECHNICAL if error.refusal is SmsRefusal.CONTENT else Fault.PERMANENT
        await self._outcomes.failed(delivery, attempt, error.reply, fault)

    async def _readdressed(self, delivery: ClaimedDelivery, key: PersonKey, none: Attempt) -> ClaimedDelivery | None:
        try:
            return await with_present_number(self._owners, self._deliveries, delivery, key, none)
        except NoNumberError:
            await self._outcomes.failed(delivery, none, "no-address", Fault.PERMANENT)
            return None

    async def _sent(
        self, delivery: ClaimedDelivery, attempt: Attempt, route: Route, sms: Sms, report: SmsReport
    ) -> None:
        taken = acceptance(report, sms, route)
        await self._outcomes.sent(delivery, attempt, taken)
        _COST.labels(attempt.provider, delivery.collectivity).inc(taken.cost_millicents or 0)


def acceptance(report: SmsReport, sms: Sms, route: Route) -> Acceptance:
    """What is kept of a message that a provider has; where it does not say what it cost, that is reckoned."""
    segments = report.segments or length(sms.text).segments
    cost = report.cost_millicents if report.cost_millicents is not None else segments * route.unit_millicents
    return Acceptance(report.status, report.reference, segments, cost, FIRST_ASK)
