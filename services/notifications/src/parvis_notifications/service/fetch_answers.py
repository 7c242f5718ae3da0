# SPDX-License-Identifier: EUPL-1.2
"""What people answer to a short number of OVHcloud's is fetched from its list: nothing signed brings it.

An answer names no number of the town: it is to the town whose account it is (``collectivity``). Its number there is
the name by which it is one message, however often it is fetched.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from prometheus_client import Counter

from parvis_kit.logs import logger
from parvis_kit.runtime import Runtime
from parvis_notifications.db.inbound_looks import InboundLooks
from parvis_notifications.domain.breaker import Breaker
from parvis_notifications.domain.errors import TooManyReceivedError
from parvis_notifications.incoming.ovh_answers import MalformedAnswerError, read_answer
from parvis_notifications.outgoing.ovh import Ovh
from parvis_notifications.outgoing.sms import SmsUnreachableError
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.receive_hooks import ReceiveHooks
from parvis_notifications.service.sms_routes import Routes
from parvis_notifications.settings import Settings

# Renewed with each answer: it need outlive no more than one.
_LEASE: Final = timedelta(minutes=3)
# So late an answer may come to stand in the list.
_OVERLAP: Final = timedelta(hours=1)
_EVERY: Final = timedelta(minutes=1)
_FULL: Final = timedelta(minutes=10)
# When others were read so long after it could not be taken in, one is no more waited for.
_GIVE_UP: Final = timedelta(days=1)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
# So many in a row that cannot be taken in are no fault of theirs.
_ENOUGH: Final = 5
_ROUND_SECONDS: Final = 15.0
# The row of an account among those of numbers, of which none begins so.
_ACCOUNT: Final = "account"
_log = logger(__name__)
_FETCHED: Final = Counter(
    "parvis_answers_fetched_total",
    "Looks for answers in the lists of providers, and answers that are not taken in, by what came of them",
    ["outcome"],
)


@dataclass(slots=True)
class _Account:
    """What this worker knows of one; ``failing`` is since when answers of it could not be taken in."""

    breaker: Breaker = field(default_factory=Breaker)
    failing: dict[int, datetime] = field(default_factory=dict)
    read_at: datetime = _NEVER
    begun: bool = False


@dataclass(slots=True)
class _Look:
    """What came of one: up to when all was taken in, and why that is not its end."""

    reached: datetime
    outcome: str = "whole"

    def short(self, at: datetime, outcome: str) -> None:
        self.reached, self.outcome = min(self.reached, at), outcome


class AnswerFetcher:
    """The loop over the accounts whose answers are a town's."""

    def __init__(
        self, looks: InboundLooks, receive: ReceiveHooks, providers: Sequence[Ovh], settings: Settings
    ) -> None:
        self._looks = looks
        self._receive = receive
        self._providers = providers
        self._accounts = {each.name: _Account() for each in providers}
        # What came before may have been taken, and its mark be gone.
        self._furthest = timedelta(days=settings.inbound_retention_days) * 0.9

    async def run(self) -> None:
        """Fetch until cancelled."""
        await in_rounds(self.round, Bell(), _ROUND_SECONDS, "answer_fetcher")

    async def round(self) -> bool:
        """Each account that is due, once; False, for there is never more at once."""
        for provider in self._providers:
            known = self._accounts[provider.name]
            if not known.begun:
                await self._looks.begin(provider.name, _ACCOUNT, provider.town)
                known.begun = True
            if known.breaker.waits(_now()) == 0:
                await self._account(provider, known)
        return False

    async def _account(self, provider: Ovh, known: _Account) -> None:
        claimed = await self._looks.claim(provider.name, _ACCOUNT, provider.town, _LEASE)
        if claimed is None:
            return
        known.breaker.allows(_now())
        begun_at, seen_at = claimed
        until = datetime.now(UTC)
        since = max(begun_at, seen_at - _OVERLAP, until - self._furthest)
        try:
            look = await self._between(provider, known, since, until)
        except SmsUnreachableError as error:
            known.breaker.failed(_now())
            _FETCHED.labels("unreachable").inc()
            _log.warning("answers_not_listed", provider=provider.name, reply=str(error))
            await self._put_off(provider, _EVERY)
            return
        except BaseException:
            # Who is stopped here leaves no claim: calls for help come by no other way.
            with suppress(Exception):
                await self._put_off(provider, timedelta(0))
            raise
        known.breaker.succeeded()
        _FETCHED.labels(look.outcome).inc()
        pause = _FULL if look.outcome == "full" else _EVERY
        await self._looks.seen(provider.name, _ACCOUNT, provider.town, look.reached, pause)

    async def _put_off(self, provider: Ovh, pause: timedelta) -> None:
        await self._looks.put_off(provider.name, _ACCOUNT, provider.town, pause)

    async def _between(self, provider: Ovh, known: _Account, since: datetime, until: datetime) -> _Look:
        """Take in what was answered in that time.

        What the town takes no more in this hour keeps nothing out that is done at once: STOP, and answers to alerts.
        Nor does an answer that cannot be taken in: it comes last, and is tried again from where it may stand.
        """
        look, in_a_row = _Look(until), 0
        numbers = await provider.incoming(since, until)
        known.failing = {number: at for number, at in known.failing.items() if number in set(numbers)}
        for number in sorted(numbers, key=lambda each: (each in known.failing, each)):
            name = f"{provider.name} {number}"
            if await self._receive.has(provider.town, [name]):
                continue
            await self._put_off(provider, _LEASE)
            try:
                too_many = await self._taken(provider, known, number)
            except Exception as error:  # noqa: BLE001 - whatever it is, others wait behind it
                in_a_row += 1
                if not await self._gave_up(provider, known, number, error):
                    look.short(since, "partial")
            else:
                in_a_row = 0
                known.failing.pop(number, None)
                if too_many is not None:
                    look.short(too_many, "partial" if look.outcome == "partial" else "full")
            if in_a_row == _ENOUGH:
                look.short(since, "partial")
                break
        return look

    async def _taken(self, provider: Ovh, known: _Account, number: int) -> datetime | None:
        """Take one in; when it came, where the town takes no more in this hour."""
        name, found = f"{provider.name} {number}", await provider.answer(number)
        known.read_at = datetime.now(UTC)
        if found is None:
            return None
        try:
            answer = read_answer(found)
        except MalformedAnswerError:
            _FETCHED.labels("unreadable").inc()
            await self._receive.pass_over(provider.town, name)
            return None
        try:
            await self._receive.text(provider.town, name, answer)
        except TooManyReceivedError:
            return answer.came_at
        return None

    async def _gave_up(self, provider: Ovh, known: _Account, number: int, error: Exception) -> bool:
        """Whether one that could not be taken in is waited for no more; what is wrong with all is not its fault."""
        first = known.failing.setdefault(number, datetime.now(UTC))
        gives_up = known.read_at - first > _GIVE_UP
        _FETCHED.labels("given-up" if gives_up else "failed").inc()
        _log.warning("answer_not_taken", provider=provider.name, error=type(error).__name__, given_up=gives_up)
        if gives_up:
            await self._receive.pass_over(provider.town, f"{provider.name} {number}")
        return gives_up


def answer_fetchers(runtime: Runtime[Settings], routes: Routes) -> Sequence[AnswerFetcher]:
    """The loop; none where no account's answers are a town's."""
    every: list[Any] = [route.provider for route in routes]
    providers = [each for each in every if isinstance(each, Ovh) and each.town]
    if not providers:
        return ()
    settings = runtime.settings
    receive = ReceiveHooks(runtime.database, runtime.persons, runtime.blind_index, settings)
    return (AnswerFetcher(InboundLooks(runtime.database.pool), receive, providers, settings),)


def _now() -> float:
    return asyncio.get_running_loop().time()
