# SPDX-License-Identifier: EUPL-1.2
"""Call a group of the recipients of one alert, one after the other; a call in doubt is looked up, not made again.

docs/decisions/0035-text-messages-are-looked-up.md holds here as well: each call is recorded before it is made, and
what the provider brings of it names that record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

from prometheus_client import Counter

from parvis_kit.crypto.keys import UnreadableError
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries, ClaimedPart
from parvis_notifications.db.voice_calls import VoiceCalls
from parvis_notifications.domain.broadcast import PartState, Settled
from parvis_notifications.domain.recipient_token import RecipientTokens
from parvis_notifications.outgoing.voice import (
    Call,
    CallRefusal,
    CallRefusedError,
    CallUnansweredError,
    CallUnreachableError,
)
from parvis_notifications.service.find_call import find_call
from parvis_notifications.service.send_broadcasts import Group, retried
from parvis_notifications.service.voice_routes import VoiceRoute, VoiceRoutes
from parvis_notifications.settings import Settings

KEYS_PATH: Final = "/v1/alert-calls/{provider}/keys"
ENDED_PATH: Final = "/v1/alert-calls/{provider}/states"
FIRST_ASK: Final = timedelta(seconds=20)
_MARGIN_SECONDS: Final = 30.0
_ASK: Final = timedelta(seconds=10)
_AT_ONCE: Final = timedelta()
CALLS = Counter(
    "parvis_voice_calls_total", "Calls by provider and outcome of handing them over", ["provider", "outcome"]
)


@dataclass(frozen=True, slots=True)
class CallLinks:
    """Where a provider brings what becomes of a call."""

    public_url: str
    tokens: RecipientTokens

    def of(self, path: str, provider: str, number: int) -> str:
        """The address for one call."""
        return f"{self.public_url}{path.format(provider=provider)}?t={quote(self.tokens.of(number))}"


class CallCarrier:
    """One call at a time; the routes, their pace and their breakers are those of all calls."""

    def __init__(
        self,
        deliveries: BroadcastDeliveries,
        calls: VoiceCalls,
        routes: VoiceRoutes,
        links: CallLinks,
        settings: Settings,
    ) -> None:
        self._deliveries = deliveries
        self._calls = calls
        self._routes = routes
        self._links = links
        self._lease = timedelta(seconds=settings.voice_timeout_seconds + _MARGIN_SECONDS)
        self._ask_time = timedelta(hours=settings.voice_ask_hours)
        self._settle_time = timedelta(seconds=settings.voice_settle_seconds)

    async def close(self) -> None:
        """The routes are everybody's; who made them closes them."""

    async def carry(self, group: Group) -> None:
        """Call them in turn; whoever's turn has not come is given back where that ends early."""
        waiting = list(group.parts)
        try:
            while waiting:
                await self._one(group, waiting[0])
                waiting.pop(0)
        finally:
            await self._deliveries.release(
                group.claim, [part.recipient for part in waiting[1:]], unsent=False, marked=False
            )

    async def _one(self, group: Group, part: ClaimedPart) -> None:
        number = self._number(group, part)
        if number is None:
            settled: Settled | None = Settled(part.recipient, PartState.FAILED, "no-address")
        elif part.handed_over_at is not None:
            settled = await self._looked_up(part, number)
        else:
            settled = await self._over_routes(group, part, number)
        if settled is not None:
            await self._deliveries.settle(group.claim, [settled])

    async def _over_routes(self, group: Group, part: ClaimedPart, to: str) -> Settled | None:
        """One call, with each provider that may be used until one takes it."""
        refusals: list[CallRefusedError] = []
        for route in self._routes.open():
            await route.turn(urgent=True)
            number = await self._calls.begin(part.recipient, group.claim, route.provider.name, self._lease)
            if number is None:  # another's turn, or nobody's any more
                return None
            try:
                await self._call(route, number, self._written(group, part, to, route.provider.name, number))
            except CallUnansweredError as error:
                route.failed()
                return self._told("unknown", part, route.provider.name, str(error), _ASK)
            except CallRefusedError as error:
                await self._calls.refused(number, error.reply)
                if error.refusal is CallRefusal.TROUBLE:
                    route.failed()
                else:
                    route.breaker.succeeded()
                if error.refusal is CallRefusal.NUMBER:
                    CALLS.labels(route.provider.name, "failed").inc()
                    return Settled(part.recipient, PartState.FAILED, error.reply, provider=route.provider.name)
                refusals.append(error)
            else:
                return None
        return self._not_taken(part, refusals)

    async def _call(self, route: VoiceRoute, number: int, call: Call) -> None:
        report = await route.provider.submit(call)
        route.breaker.succeeded()
        await self._calls.taken(number, report.reference, report.status, FIRST_ASK, self._ask_time)
        CALLS.labels(route.provider.name, "sent").inc()

    def _not_taken(self, part: ClaimedPart, refusals: Sequence[CallRefusedError]) -> Settled:
        elsewhere = [error for error in refusals if error.refusal is CallRefusal.ELSEWHERE]
        if len(elsewhere) == len(self._routes) > 0:
            return Settled(part.recipient, PartState.FAILED, refusals[-1].reply)
        pause = timedelta(seconds=self._routes.wait_seconds())
        return Settled(part.recipient, PartState.RETRY, refusals[-1].reply if refusals else "no-provider", pause)

    async def _looked_up(self, part: ClaimedPart, to: str) -> Settled | None:
        """Whoever had it before is gone, or had no answer: what the provider knows; where it has none, again."""
        call = await self._calls.open_of(part.recipient)
        if call is None:  # it ended before it was made
            return Settled(part.recipient, PartState.RETRY, "worker-gone", _AT_ONCE)
        asked_long = datetime.now(UTC) - call.began_at > self._ask_time
        if call.reference is not None and asked_long:  # it was asked about all that time, and no end was told
            return self._told("unknown", part, call.provider, "no-end", None)
        try:
            # The provider may have told it, or whoever called died before all was kept.
            reference = call.reference or await find_call(self._routes, self._calls, call.provider, to, call.began_at)
        except CallUnreachableError as error:
            return self._told("unknown", part, call.provider, str(error), None if asked_long else _ASK)
        if reference is not None:
            await self._calls.taken(call.number, reference, "looked-up", _AT_ONCE, self._ask_time)
            return None
        if datetime.now(UTC) - call.began_at < self._settle_time:
            return self._told("unknown", part, call.provider, "asked", _ASK)
        await self._calls.refused(call.number, "not-taken")
        return retried(part, "not-taken")

    def _written(self, group: Group, part: ClaimedPart, to: str, provider: str, number: int) -> Call:
        speech = group.words.speech(part.language)
        keys, ended = (self._links.of(path, provider, number) for path in (KEYS_PATH, ENDED_PATH))
        return Call(to, speech, keys, ended)

    def _number(self, group: Group, part: ClaimedPart) -> str | None:
        key = group.keys.get(part.key_person) if part.key_person else None
        if key is None or part.address is None:
            return None
        try:
            return key.open("subscriber.phone", part.address)
        except UnreadableError:
            return None

    def _told(self, outcome: str, part: ClaimedPart, provider: str, reply: str, again: timedelta | None) -> Settled:
        CALLS.labels(provider, outcome).inc()
        return Settled(part.recipient, PartState.UNKNOWN, reply, again, doubtful=True, provider=provider)
