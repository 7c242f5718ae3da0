# SPDX-License-Identifier: EUPL-1.2
"""Hand a group of text messages of one broadcast to the providers; what is in doubt is asked after, not sent again.

docs/decisions/0035-text-messages-are-looked-up.md holds here as well.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from parvis_kit.crypto.keys import UnreadableError
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries, ClaimedPart
from parvis_notifications.domain.broadcast import Lane, PartState, Settled, Tried
from parvis_notifications.domain.delivery import AttemptOutcome, Fault
from parvis_notifications.domain.sms import length
from parvis_notifications.outgoing.sms import (
    Sms,
    SmsRefusal,
    SmsRefusedError,
    SmsReport,
    SmsUnansweredError,
    SmsUnreachableError,
)
from parvis_notifications.service.broadcast_links import BroadcastLinks
from parvis_notifications.service.broadcast_words import news_link
from parvis_notifications.service.marked_group import MarkedGroup
from parvis_notifications.service.send_broadcasts import Group, retried
from parvis_notifications.service.sms_routes import Route, Routes
from parvis_notifications.service.stop_by_text import TextStops
from parvis_notifications.service.tried import Attempts
from parvis_notifications.settings import Settings

_MARGIN_SECONDS: Final = 30.0
_ASK: Final = timedelta(seconds=10)
_FINAL: Final = {SmsRefusal.NUMBER, SmsRefusal.STOPPED, SmsRefusal.CONTENT}


class SmsCarrier:
    """One message at a time; the routes, their pace and their breakers are those of all text messages."""

    def __init__(
        self,
        deliveries: BroadcastDeliveries,
        routes: Routes,
        links: BroadcastLinks,
        stops: TextStops,
        settings: Settings,
    ) -> None:
        self._deliveries = deliveries
        self._urgent = deliveries.lane is Lane.ALERT
        self._routes = routes
        self._links = links
        self._stops = stops
        self._lease = timedelta(seconds=settings.sms_timeout_seconds + _MARGIN_SECONDS)
        self._ask_time = timedelta(hours=settings.sms_ask_hours)
        self._settle_time = timedelta(seconds=settings.sms_settle_seconds)

    async def close(self) -> None:
        """The routes are everybody's; who made them closes them."""

    async def carry(self, group: Group) -> None:
        """Ask after those in doubt, mark the others, send them, and settle all."""
        texts = {part.recipient: self._sms(group, part) for part in group.parts}
        settled = [Settled(number, PartState.FAILED, "no-address") for number, sms in texts.items() if sms is None]
        able = [part for part in group.parts if texts[part.recipient] is not None]
        fresh = [part.recipient for part in able if part.handed_over_at is None]
        marked = await MarkedGroup(self._deliveries, group, self._lease).mark(fresh, "")

        async def ask(part: ClaimedPart) -> Settled:
            return await self._asked(part, texts[part.recipient])

        async def send(part: ClaimedPart) -> Settled | None:
            return await self._over_routes(group.broadcast.collectivity, part, texts[part.recipient], marked)

        await marked.carry(able, settled, ask, send)

    async def _open_to(self, part: ClaimedPart, marked: MarkedGroup) -> AsyncIterator[Route]:
        """The providers that may be used for it, each in its turn; no more once it is not ours to send any more."""
        for route in self._routes.open() if part.recipient in marked else ():
            in_turn = await marked.in_turn(route.turn(urgent=self._urgent))
            if not in_turn or not await marked.holds(part.recipient):
                return
            yield route

    async def _over_routes(
        self, collectivity: str, part: ClaimedPart, sms: Sms | None, marked: MarkedGroup
    ) -> Settled | None:
        """What came of one; None where it is not ours to send any more, and no provider has it."""
        refusals: list[SmsRefusedError] = []
        attempts = Attempts(part)
        async for route in self._open_to(part, marked):
            attempts.begin()
            try:
                report = await route.provider.submit(sms or Sms("", ""))
            except SmsUnansweredError as error:
                route.failed()
                attempts.unanswered(route.provider.name, str(error))
                return _unknown(part, str(error), route.provider.name, tried=attempts.made)
            except SmsRefusedError as error:
                if error.refusal in _FINAL:
                    route.breaker.succeeded()
                    if sms is not None:  # first: killed here, it is refused again
                        await self._noted(collectivity, sms.to, error)
                    return _refused(part, attempts, route, error)
                refusals.append(error)
                attempts.deferred(route.provider.name, error.reply, Fault.TECHNICAL)
                if error.refusal is SmsRefusal.TROUBLE:
                    route.failed()
            else:
                route.breaker.succeeded()
                return _sent(part, report, route, sms, attempts)
        if not refusals and (part.recipient not in marked or marked.stopping):
            return None
        elsewhere = [error for error in refusals if error.refusal is SmsRefusal.ELSEWHERE]
        if len(elsewhere) == len(self._routes) > 0:
            return Settled(part.recipient, PartState.FAILED, refusals[-1].reply, tried=attempts.made)
        pause, reply = timedelta(seconds=self._routes.wait_seconds()), refusals[-1].reply if refusals else "no-provider"
        return Settled(part.recipient, PartState.RETRY, reply, pause, tried=attempts.made)

    async def _noted(self, collectivity: str, phone: str, error: SmsRefusedError) -> None:
        if error.refusal is SmsRefusal.STOPPED:
            await self._stops.stop(collectivity, phone)
        elif error.refusal is SmsRefusal.NUMBER:
            await self._stops.no_number(collectivity, phone, error.reply, surely=error.surely)

    async def _asked(self, part: ClaimedPart, sms: Sms | None) -> Settled:
        """What the providers know of one that may be with them; where none ever had it, it is sent again."""
        since = part.handed_over_at or datetime.now(UTC)
        named = self._routes.named(part.provider or "")
        for route in [named] if named is not None else list(self._routes):
            try:
                report = await route.provider.find(sms or Sms("", ""), since, ())
            except SmsUnreachableError as error:
                # Of what nobody can tell by then nothing will be told: it is not sent again, and is not asked for ever.
                asked_long = datetime.now(UTC) - since > self._ask_time
                return _unknown(part, str(error), part.provider, None if asked_long else _ASK)
            if report is not None:
                return _sent(part, report, route, sms)
        if datetime.now(UTC) - since < self._settle_time:
            return _unknown(part, "asked", part.provider)
        return retried(part, "not-taken", [_found(part, since, AttemptOutcome.NOT_TAKEN, "not-taken")])

    def _sms(self, group: Group, part: ClaimedPart) -> Sms | None:
        key = group.keys.get(part.key_person) if part.key_person else None
        if key is None or part.address is None:
            return None
        words, broadcast = group.words.in_language(part.language), group.broadcast
        if broadcast.lane == Lane.ALERT:
            link = self._links.answer(part.recipient)
        else:
            link = news_link(broadcast.link, self._links.stop(part.recipient))
        try:
            number = key.open("subscriber.phone", part.address)
        except UnreadableError:
            return None
        return Sms(number, words.text_message(link), broadcast.collectivity)


def _unknown(
    part: ClaimedPart,
    reply: str,
    provider: str | None,
    again: timedelta | None = _ASK,
    tried: Sequence[Tried] = (),
) -> Settled:
    return Settled(part.recipient, PartState.UNKNOWN, reply, again, doubtful=True, provider=provider, tried=tried)


def _refused(part: ClaimedPart, attempts: Attempts, route: Route, error: SmsRefusedError) -> Settled:
    fault = Fault.TECHNICAL if error.refusal is SmsRefusal.CONTENT else Fault.PERMANENT
    attempts.refused(route.provider.name, error.reply, fault)
    return Settled(part.recipient, PartState.FAILED, error.reply, provider=route.provider.name, tried=attempts.made)


def _found(part: ClaimedPart, since: datetime, outcome: AttemptOutcome, reply: str) -> Tried:
    """What is known by now of the last attempt, to which nobody answered."""
    return Tried(part.attempts, None, outcome, reply, since, datetime.now(UTC), found=True)


def _sent(
    part: ClaimedPart, report: SmsReport, route: Route, sms: Sms | None, attempts: Attempts | None = None
) -> Settled:
    """A provider has it: it has just taken it, or was asked about the last attempt."""
    name, reference = route.provider.name, report.reference
    segments = report.segments or length(sms.text if sms else "").segments
    cost = report.cost_millicents if report.cost_millicents is not None else segments * route.unit_millicents
    if attempts is None:
        found = _found(part, part.handed_over_at or datetime.now(UTC), AttemptOutcome.ACCEPTED, report.status)
        made = [replace(found, provider=name, reference=reference, segments=segments, cost_millicents=cost)]
    else:
        attempts.accepted(name, report.status, reference=reference, segments=segments, cost_millicents=cost)
        made = attempts.made
    return Settled(
        part.recipient,
        PartState.SENT,
        report.status,
        provider=name,
        reference=reference,
        segments=segments,
        cost_millicents=cost,
        tried=made,
    )
