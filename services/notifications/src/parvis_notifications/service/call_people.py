# SPDX-License-Identifier: EUPL-1.2
"""Call one person for one message, and record at once what came of it.

As the calls of alerts, each is recorded before it is made, and one in doubt is looked up and not made again
(docs/decisions/0072-calls-are-named-before-they-are-made.md).
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.db.database import Database
from parvis_notifications.db import preferences
from parvis_notifications.db.deliveries import Attempt, ClaimedDelivery, Deliveries, attempt_at
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.db.person_calls import PersonCalls
from parvis_notifications.domain.delivery import Fault
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Preferences
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.domain.topic import TOPICS, Channel
from parvis_notifications.domain.voice import Speech, call_minutes
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.outgoing.voice import Call, CallRefusal, CallRefusedError, CallReport, CallUnansweredError
from parvis_notifications.service.carry_calls import CALLS, ENDED_PATH, FIRST_ASK, KEYS_PATH, CallLinks
from parvis_notifications.service.outcomes import Outcomes
from parvis_notifications.service.present_number import NoNumberError, with_present_number
from parvis_notifications.service.send_deliveries import PauseError
from parvis_notifications.service.simulate import simulate
from parvis_notifications.service.voice_routes import VoiceRoutes
from parvis_notifications.service.write_call import UNSTOPPED, written_speech
from parvis_notifications.settings import Settings

# Added to the time that an answer may take: the claim must outlive the last wait for it.
_MARGIN_SECONDS: Final = 30.0


class SendCall:
    """The use case, with what it needs; a lane of the sender."""

    def __init__(
        self,
        database: Database,
        deliveries: Deliveries,
        routes: VoiceRoutes,
        links: CallLinks,
        owners: Owners,
        settings: Settings,
    ) -> None:
        self._database = database
        self._deliveries = deliveries
        self._outcomes = Outcomes(deliveries, Channel.VOICE, "call", CALLS)
        self._calls = PersonCalls(database)
        self._routes = routes
        self._links = links
        self._owners = owners
        self._settings = settings
        self._lease = timedelta(seconds=settings.voice_timeout_seconds + _MARGIN_SECONDS)
        self._give_up = timedelta(hours=settings.voice_give_up_hours)

    async def send(self, delivery: ClaimedDelivery, key: PersonKey | None, claim: UUID) -> None:
        """One attempt, with each provider that may be used until one takes it; raises PauseError."""
        none = attempt_at(delivery, claim)
        if delivery.simulated and key is not None:
            to, minutes = key.open(SEALED_ADDRESS, delivery.address), call_minutes(self._speech(delivery, key))
            await simulate(self._deliveries, delivery, to, claim, segments=minutes)
        elif delivery.doubtful:  # whoever had it died before the answer was kept
            await self._outcomes.unknown(delivery, none, "worker-gone", FIRST_ASK)
        elif key is None:
            await self._outcomes.failed(delivery, none, "person-erased", Fault.PERMANENT)
        elif delivery.useless_at is not None and delivery.useless_at <= datetime.now(UTC):
            await self._outcomes.failed(delivery, none, "too-late", Fault.TEMPORARY)
        elif not await self._wanted(delivery):
            await self._outcomes.failed(delivery, none, "not-chosen", Fault.PERMANENT)
        elif (rest := await self._rest(delivery)) is not None:
            await self._deliveries.retry(none, rest, "quiet-hours")
        elif await self._calls.alerts_call():  # they have the lines, and all other calls wait
            raise PauseError
        elif not delivery.address_doubts:
            await self._over_routes(delivery, key, claim)
        elif readdressed := await self._readdressed(delivery, key, none):
            await self._over_routes(readdressed, key, claim)

    async def close(self) -> None:
        """The routes are everybody's; who made them closes them."""

    async def _wanted(self, delivery: ClaimedDelivery) -> bool:
        """Whether they have not chosen otherwise since the message was written: it may have waited a night."""
        if delivery.template in UNSTOPPED:
            return True
        chosen = await self._chosen(delivery)
        return Channel.VOICE in chosen.channels(TOPICS[Template(delivery.template)])

    async def _chosen(self, delivery: ClaimedDelivery) -> Preferences:
        async with self._database.reading() as session:
            return (await preferences.one(session, delivery.person, delivery.collectivity))[0]

    async def _rest(self, delivery: ClaimedDelivery) -> timedelta | None:
        """How long nobody may be called now: what waited for a provider, or is a second call, may have come into it."""
        if delivery.template == Template.TEMPLATE_TRIED:  # by whoever wants to hear it
            return None
        quiet, now = self._settings.voice_rest(delivery.collectivity), datetime.now(UTC)
        if delivery.template != APPLICATION_MESSAGE:
            quiet = (await self._chosen(delivery)).quiet_hours or quiet
        over_at = quiet and quiet.over_at(now)
        return over_at - now if over_at else None

    async def _over_routes(self, delivery: ClaimedDelivery, key: PersonKey, claim: UUID) -> None:
        refusals: list[CallRefusedError] = []
        to, speech = key.open(SEALED_ADDRESS, delivery.address), self._speech(delivery, key)
        for route in self._routes.open():
            await route.turn()
            attempt = attempt_at(delivery, claim, route.provider.name)
            number = await self._calls.begin_of(attempt, self._lease)
            if number is None:  # another's turn, or nobody's any more
                return
            try:
                report = await route.provider.submit(self._call(to, speech, attempt.provider, number))
            except CallUnansweredError as error:
                route.failed()
                await self._outcomes.unknown(delivery, attempt, str(error), FIRST_ASK)
                return
            except CallRefusedError as error:
                await self._calls.refused(number, error.reply)
                if error.refusal is CallRefusal.NUMBER:
                    route.breaker.succeeded()
                    await self._outcomes.failed(delivery, attempt, "bad-address", Fault.PERMANENT)
                    return
                refusals.append(error)
                route.refused(trouble=error.refusal is CallRefusal.TROUBLE)
                await self._outcomes.next(delivery, attempt, error.reply)
            else:
                route.breaker.succeeded()
                await self._sent(delivery, attempt, number, report)
                return
        await self._not_taken(delivery, attempt_at(delivery, claim), refusals)

    async def _not_taken(self, delivery: ClaimedDelivery, none: Attempt, refusals: list[CallRefusedError]) -> None:
        """No provider has it: later again, unless each refuses this one, or it is too late."""
        reply = refusals[-1].reply if refusals else "no-provider"
        elsewhere = [error for error in refusals if error.refusal is CallRefusal.ELSEWHERE]
        if len(elsewhere) == len(self._routes) > 0 or datetime.now(UTC) - delivery.begun_at > self._give_up:
            await self._outcomes.failed(delivery, none, reply, Fault.TECHNICAL)
        else:
            await self._deliveries.retry(none, timedelta(seconds=self._routes.wait_seconds()), reply)

    async def _readdressed(self, delivery: ClaimedDelivery, key: PersonKey, none: Attempt) -> ClaimedDelivery | None:
        try:
            return await with_present_number(self._owners, self._deliveries, delivery, key, none)
        except NoNumberError:
            await self._outcomes.failed(delivery, none, "no-address", Fault.PERMANENT)
            return None

    async def _sent(self, delivery: ClaimedDelivery, attempt: Attempt, number: int, report: CallReport) -> None:
        told = (report.reference, report.status)
        await self._outcomes.kept(
            delivery, attempt, lambda event: self._calls.taken_of(number, told, FIRST_ASK, attempt.id, event)
        )

    def _speech(self, delivery: ClaimedDelivery, key: PersonKey) -> Speech:
        return written_speech(delivery, key, self._settings)

    def _call(self, to: str, speech: Speech, provider: str, number: int) -> Call:
        keys, ended = (self._links.of(path, provider, number) for path in (KEYS_PATH, ENDED_PATH))
        return Call(to, speech, keys, ended)
