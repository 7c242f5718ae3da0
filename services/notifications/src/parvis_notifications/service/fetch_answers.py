# SPDX-License-Identifier: EUPL-1.2
"""What people answer to a short number of OVHcloud's is fetched from its list: nothing signed brings it.

An answer names no number of the town: it is to the town whose account it is (``collectivity``). Its number there is
the name by which it is one message, however often it is fetched.
"""

import asyncio
from collections.abc import Sequence
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

_LEASE: Final = timedelta(minutes=30)
# So late an answer may come to stand in the list.
_OVERLAP: Final = timedelta(hours=1)
_EVERY: Final = timedelta(minutes=1)
_AGAIN: Final = timedelta(minutes=10)
_ROUND_SECONDS: Final = 15.0
# The row of an account among those of numbers, of which none begins so.
_ACCOUNT: Final = "account"
_log = logger(__name__)
_FETCHED: Final = Counter(
    "parvis_answers_fetched_total", "Looks for answers in the lists of providers, by what came of them", ["outcome"]
)


class AnswerFetcher:
    """The loop over the accounts whose answers are a town's."""

    def __init__(
        self, looks: InboundLooks, receive: ReceiveHooks, providers: Sequence[Ovh], settings: Settings
    ) -> None:
        self._looks = looks
        self._receive = receive
        self._providers = providers
        self._breakers = {each.name: Breaker() for each in providers}
        # What came before may have been taken, and its mark be gone.
        self._furthest = timedelta(days=settings.inbound_retention_days) * 0.9
        self._begun: set[str] = set()

    async def run(self) -> None:
        """Fetch until cancelled."""
        await in_rounds(self.round, Bell(), _ROUND_SECONDS, "answer_fetcher")

    async def round(self) -> bool:
        """Each account that is due, once; False, for there is never more at once."""
        for provider in self._providers:
            if provider.name not in self._begun:
                await self._looks.begin(provider.name, _ACCOUNT, provider.town)
                self._begun.add(provider.name)
            if self._breakers[provider.name].waits(_now()) == 0:
                await self._account(provider)
        return False

    async def _account(self, provider: Ovh) -> None:
        claimed = await self._looks.claim(provider.name, _ACCOUNT, provider.town, _LEASE)
        if claimed is None or not self._breakers[provider.name].allows(_now()):
            return
        begun_at, seen_at = claimed
        until = datetime.now(UTC)
        since = max(begun_at, seen_at - _OVERLAP, until - self._furthest)
        try:
            reached = await self._between(provider, since, until)
        except SmsUnreachableError as error:
            self._breakers[provider.name].failed(_now())
            _FETCHED.labels("unreachable").inc()
            _log.warning("answers_not_listed", provider=provider.name, reply=str(error))
            await self._looks.put_off(provider.name, _ACCOUNT, provider.town, _AGAIN)
            return
        self._breakers[provider.name].succeeded()
        _FETCHED.labels("whole" if reached == until else "full").inc()
        pause = _EVERY if reached == until else _AGAIN
        await self._looks.seen(provider.name, _ACCOUNT, provider.town, reached, pause)

    async def _between(self, provider: Ovh, since: datetime, until: datetime) -> datetime:
        """Take in what was answered in that time; up to when all of it was possible.

        What the town takes no more in this hour keeps nothing out that is done at once: STOP, and answers to alerts.
        """
        reached = until
        for number in await provider.incoming(since, until):
            name = f"{provider.name} {number}"
            if await self._receive.has(provider.town, [name]):
                continue
            try:
                answer = read_answer(await provider.answer(number) or {})
                await self._receive.text(provider.town, name, answer)
            except MalformedAnswerError:
                _FETCHED.labels("unreadable").inc()
            except TooManyReceivedError:
                reached = min(reached, answer.came_at or since)
        return reached


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
