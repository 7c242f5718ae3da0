# SPDX-License-Identifier: EUPL-1.2
"""Ask providers what became of the calls of messages to one person: of those they took, and of those in doubt."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.logs import logger
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.db.person_calls import AskingPersonCall, PersonCalls
from parvis_notifications.domain.delivery import SendingState
from parvis_notifications.domain.topic import Channel
from parvis_notifications.domain.voice import CallFate
from parvis_notifications.outgoing.voice import CallUnreachableError
from parvis_notifications.service.ask_about_calls import AT_A_TIME, BATCH, LEASE, REPORTS, EndOfCalls, next_question
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.find_call import find_call
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.outcomes import sent_event
from parvis_notifications.service.voice_routes import VoiceRoute, VoiceRoutes
from parvis_notifications.settings import Settings

_AT_ONCE: Final = timedelta()
_PAUSE: Final = timedelta(seconds=10)
_LONGEST: Final = timedelta(hours=1)
_log = logger(__name__)


class PersonCallAsker:
    """The loop that asks."""

    def __init__(
        self, calls: PersonCalls, persons: PersonKeys, routes: VoiceRoutes, settings: Settings, bell: Bell
    ) -> None:
        self._calls = calls
        self._persons = persons
        self._routes = routes
        self._ends = EndOfCalls(calls, settings)
        self._ask_for = timedelta(hours=settings.voice_ask_hours)
        self._settle_time = timedelta(seconds=settings.voice_settle_seconds)
        self._poll_seconds = settings.poll_seconds
        self._bell = bell
        self._places = asyncio.Semaphore(AT_A_TIME)

    async def run(self) -> None:
        """Ask until cancelled."""
        await in_rounds(self.round, self._bell, self._poll_seconds, "person_call_asker")

    async def round(self) -> bool:
        """Ask about one batch; False where nothing was due. Two in doubt must not be found in one and the same call."""
        due = await self._calls.asking_persons(BATCH, LEASE)
        claimed = asyncio.get_running_loop().time()
        taken = [each for each in due if each.state != SendingState.UNKNOWN]
        await asyncio.gather(*(self._safely(asking) for asking in taken))
        for asking in due:
            if asyncio.get_running_loop().time() - claimed > LEASE.total_seconds() / 2:
                break  # before others ask about the rest
            if asking.state == SendingState.UNKNOWN:
                await self._safely(asking)
        return bool(due)

    async def _safely(self, asking: AskingPersonCall) -> None:
        try:
            async with self._places:
                outcome = await self._one(asking)
        except Exception as error:  # noqa: BLE001 - its claim runs out; the others of the batch have their turn
            outcome = "failed"
            _log.error("call_asking_failed", delivery=str(asking.delivery_id), error=type(error).__name__)
        REPORTS.labels(asking.provider, outcome).inc()

    async def _one(self, asking: AskingPersonCall) -> str:
        route = self._routes.named(asking.provider)
        if route is None:  # the deployment has that provider no more
            await self._calls.put_off(asking, None)
            return "provider-gone"
        try:
            if asking.state == SendingState.UNKNOWN:
                return await self._in_doubt(asking)
            return await self._taken(asking, route)
        except CallUnreachableError as error:
            _log.warning("voice_provider_unreachable", provider=asking.provider, error=str(error))
            pause = self._again(asking)
            if pause is None and asking.state == SendingState.UNKNOWN:
                pause = _LONGEST
            await self._calls.put_off(asking, pause)
            return "unreachable"

    async def _taken(self, asking: AskingPersonCall, route: VoiceRoute) -> str:
        report = await route.provider.report(asking.reference) if asking.reference else None
        if report is None or report.fate is CallFate.UNDER_WAY or asking.number is None:
            await self._calls.put_off(asking, self._again(asking))
            return "not-found" if report is None else report.fate
        await self._ends.keep(asking.number, asking.collectivity, route, report)
        return report.fate

    async def _in_doubt(self, asking: AskingPersonCall) -> str:
        try:
            reference = asking.reference or await self._found(asking)
        except KeyDestroyedError:  # nobody knows the number any more
            await self._calls.put_off(asking, None)
            return "person-erased"
        if reference is not None and asking.number is not None:
            event = sent_event(asking, Channel.VOICE)
            told = (reference, "looked-up")
            await self._calls.taken_of(asking.number, told, _AT_ONCE, asking.attempt_id, event)
            return "found"
        # Whoever was still handing it over has given up by then, and the provider shows what it has.
        if asking.number is not None and datetime.now(UTC) - asking.since < self._settle_time:
            await self._calls.put_off(asking, _PAUSE)
            return "not-found-yet"
        await self._calls.never_taken(asking)
        return "never-taken"

    async def _found(self, asking: AskingPersonCall) -> str | None:
        """The provider's name of the call; None where it has none, or where it ended before it was made.

        Raises KeyDestroyedError, CallUnreachableError.
        """
        if asking.number is None:
            return None
        to = (await self._persons.of(asking.person)).open(SEALED_ADDRESS, asking.address)
        return await find_call(self._routes, self._calls, asking.provider, to, asking.since)

    def _again(self, asking: AskingPersonCall) -> timedelta | None:
        return next_question(asking.since, self._ask_for)
