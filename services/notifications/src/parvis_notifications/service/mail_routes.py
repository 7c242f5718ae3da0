# SPDX-License-Identifier: EUPL-1.2
"""The mail relays in their order, each with its breaker; the next one steps in while one is in trouble."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from parvis_kit.logs import logger
from parvis_notifications.db.paces import Paces
from parvis_notifications.domain.breaker import Breaker
from parvis_notifications.domain.mail import Stage, Verdict
from parvis_notifications.mail_settings import MailRelaySettings
from parvis_notifications.outgoing.mail_format import Written
from parvis_notifications.outgoing.smtp import MailRelay, RefusedError, Withdrawn
from parvis_notifications.service.turns import Turns
from parvis_notifications.settings import Settings

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """Which relay took a mail, with its reply code, and what that costs, where it costs anything."""

    relay: str
    reply: str
    cost_millicents: int | None


class MailRoutes:
    """What the connections of one sender know of the relays; with ``paces`` they keep to what each contract allows."""

    def __init__(self, settings: Settings, paces: Paces | None = None) -> None:
        self._settings = settings
        self.relays = settings.mail_relays
        self._turns = {
            relay.name: Turns(paces, f"email/{relay.name}", relay.mails_per_second)
            for relay in self.relays
            if paces is not None and relay.mails_per_second is not None
        }
        self.breakers = {relay.name: Breaker() for relay in self.relays}

    @property
    def first(self) -> str:
        """The name of the relay that is used while nothing is wrong."""
        return self.relays[0].name

    @property
    def pace(self) -> float | None:
        """How many mails a second the relay takes that is used now; None for one without a pace."""
        relay = min(self.relays, key=lambda relay: self.breakers[relay.name].waits(_now()))
        return self._turns[relay.name].per_second if relay.name in self._turns else None

    def connection(self, *, urgent: bool = False) -> "MailConnection":
        """One more; it connects when it must. That of alerts is ``urgent``: its turns come before all others."""
        return MailConnection(self, self._settings, urgent=urgent)

    def turn(self, relay: str, *, urgent: bool) -> Coroutine[Any, Any, None] | None:
        """What waits for it, and raises what the database raises; None for a relay without a pace."""
        return self._turns[relay].wait(urgent=urgent) if relay in self._turns else None

    def open(self) -> Iterator[MailRelaySettings]:
        """Those that may be used now, in their order; where none may be, the one that may be soonest.

        How long a sender waits while all are in trouble is its own affair: one relay alone is never left alone here.
        """
        none = True
        for relay in self.relays:
            if self.breakers[relay.name].allows(_now()):
                none = False
                yield relay
        if none:
            yield min(self.relays, key=lambda relay: self.breakers[relay.name].waits(_now()))


class MailConnection:
    """A connection to each relay that is used; sends one mail at a time."""

    def __init__(self, routes: MailRoutes, settings: Settings, *, urgent: bool = False) -> None:
        self._routes = routes
        self._urgent = urgent
        self._relays = {relay.name: MailRelay(relay, settings) for relay in routes.relays}

    async def send(
        self,
        mail: Written,
        hand_over: Callable[[str], Awaitable[bool]],
        in_turn: Callable[[Coroutine[Any, Any, None]], Awaitable[bool]] | None = None,
    ) -> Taken:
        """Send a mail over the first relay that is not in trouble.

        ``hand_over`` is awaited with the relay's name just before the content goes out, once at most: what a relay may
        have taken is offered to no other. ``in_turn`` waits for the turn with a relay, and returns False where the mail
        is not to go any more.

        Raises:
            RefusedError: not taken, by the last one that was tried.
            Withdrawn: ``hand_over`` or ``in_turn`` returned False.
        """
        trouble: RefusedError | None = None
        for relay in self._routes.open():
            breaker = self._routes.breakers[relay.name]
            turn = self._routes.turn(relay.name, urgent=self._urgent)
            if turn is not None and in_turn is not None:
                if not await in_turn(turn):
                    raise Withdrawn
            elif turn is not None:
                await turn
            try:
                reply = await self._relays[relay.name].send(mail, partial(hand_over, relay.name))
            except RefusedError as error:
                if error.refusal.verdict is not Verdict.PAUSE and not error.doubtful:
                    breaker.succeeded()
                    raise
                breaker.failed(_now())
                _log.warning(
                    "mail_relay_in_trouble", relay=relay.name, stage=error.refusal.stage.name, reply=error.reply
                )
                if error.refusal.stage is Stage.CONTENT:
                    raise
                trouble = error
            else:
                breaker.succeeded()
                return Taken(relay.name, reply, relay.mail_millicents or None)
        assert trouble is not None  # noqa: S101 - open() yields one at least
        raise trouble

    async def quit(self) -> None:
        """Take leave of the relays."""
        for relay in self._relays.values():
            await relay.quit()


def _now() -> float:
    return asyncio.get_running_loop().time()
