# SPDX-License-Identifier: EUPL-1.2
"""Have one claimed letter printed and posted, and record at once what came of it.

A letter is prepared at a provider first, which posts nothing; the name that it bears there is kept, and by that name it
is submitted. One of which nobody knows whether it was taken is asked after by that name, and not submitted again
(docs/decisions/0035-text-messages-are-looked-up.md).
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from prometheus_client import Counter

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_notifications.db import letter_documents
from parvis_notifications.db.deliveries import Acceptance, Attempt, ClaimedDelivery, Deliveries, attempt_at
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.delivery import Fault
from parvis_notifications.domain.languages import printable
from parvis_notifications.domain.postal_address import PostalAddressError
from parvis_notifications.domain.precompiled_letter import Postage
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.letter_pdf import NotSetError, letter_pdf
from parvis_notifications.outgoing.letters import (
    LetterFate,
    LetterRefusal,
    LetterRefusedError,
    LetterUnansweredError,
    LetterUnreachableError,
    PostalLetter,
)
from parvis_notifications.outgoing.machine import UnreachableError
from parvis_notifications.service.letter_routes import LetterRoute, LetterRoutes
from parvis_notifications.service.outcomes import Outcomes
from parvis_notifications.service.postal_addresses import read_address
from parvis_notifications.service.present_home import NoHomeError, PresentHome
from parvis_notifications.service.sealed_spares import spare_words
from parvis_notifications.service.send_precompiled import open_document
from parvis_notifications.service.simulate import simulate
from parvis_notifications.service.write_letter import LetterWords, letter_of, sender_lines
from parvis_notifications.settings import Settings

# To be set, and to have a turn.
_TURN_SECONDS: Final = 120.0
# A token, a draft, its document, its recipient, its end, and that it is taken back.
_ANSWERS: Final = 6
# Added to the time that an answer may take: the claim must outlive the last wait for it.
_MARGIN_SECONDS: Final = 30.0
# The post takes days; each attempt reads where somebody lives, and they are shown that.
_PAUSE: Final = timedelta(minutes=5)
_LONGEST_PAUSE: Final = timedelta(hours=1)
FIRST_ASK: Final = timedelta(minutes=1)
_FINAL: Final = {
    LetterRefusal.ADDRESS: ("bad-address", Fault.PERMANENT),
    LetterRefusal.CONTENT: ("content-refused", Fault.TECHNICAL),
}
_log = logger(__name__)
_LETTERS = Counter("parvis_letters_total", "Letters by provider and outcome of an attempt", ["provider", "outcome"])


def claim_seconds(settings: Settings, routes: LetterRoutes) -> float:
    """A lane has one letter at a time: its claim lasts while every provider in turn does not answer."""
    return _TURN_SECONDS + _ANSWERS * settings.letter_timeout_seconds * max(1, len(routes))


class SendLetter:
    """The use case, with what it needs; a lane of the sender."""

    def __init__(
        self, database: Database, deliveries: Deliveries, routes: LetterRoutes, home: PresentHome, settings: Settings
    ) -> None:
        self._database = database
        self._deliveries = deliveries
        self._outcomes = Outcomes(deliveries, Channel.LETTER, "letter", _LETTERS)
        self._home = home
        self._routes = routes
        self._settings = settings
        # To have a token and to be answered are two waits.
        self._lease = timedelta(seconds=2 * settings.letter_timeout_seconds + _MARGIN_SECONDS)
        self._claim = timedelta(seconds=claim_seconds(settings, routes))
        self._give_up = timedelta(hours=settings.letter_give_up_hours)

    async def send(self, delivery: ClaimedDelivery, key: PersonKey | None, claim: UUID) -> None:
        """One attempt, with each provider that may be used until one takes it."""
        none = attempt_at(delivery, claim)
        if delivery.simulated and key is not None:
            await simulate(self._deliveries, delivery, "", claim)
        elif delivery.doubtful:  # whoever had it died before the answer was kept
            await self._outcomes.unknown(delivery, none, "worker-gone", FIRST_ASK)
        elif key is None:
            await self._outcomes.failed(delivery, none, "person-erased", Fault.PERMANENT)
        elif delivery.useless_at is not None and delivery.useless_at <= datetime.now(UTC):
            await self._outcomes.failed(delivery, none, "too-late", Fault.TEMPORARY)
        elif not self._routes.ready:  # where somebody lives is not read for a letter that goes nowhere now
            await self._not_taken(delivery, none, [])
        else:
            await self._home_first(delivery, key, claim)

    async def close(self) -> None:
        """The routes are everybody's; who made them closes them."""

    async def _home_first(self, planned: ClaimedDelivery, key: PersonKey, claim: UUID) -> None:
        none = attempt_at(planned, claim)
        try:
            delivery = await self._home.of(planned, key, none)
        except NoHomeError as error:
            await self._outcomes.failed(planned, none, str(error), Fault.PERMANENT)
        except UnreachableError:
            await self._again(planned, none, "owner-unreachable")
        else:
            if delivery is not None:
                await self._set(delivery, key, claim)

    async def _set(self, delivery: ClaimedDelivery, key: PersonKey, claim: UUID) -> None:
        none, words = attempt_at(delivery, claim), opened_words(delivery, key)
        try:
            pdf, postage = await self._printed(delivery, key, words)
        except PostalAddressError:
            await self._outcomes.failed(delivery, none, "bad-address", Fault.PERMANENT)
        except NotSetError as error:
            await self._again(delivery, none, f"not-set-{error}")
        else:
            sender = sender_lines(delivery.collectivity, self._settings)
            letter = PostalLetter(delivery.id, read_address(words.to), sender, pdf, postage, delivery.collectivity)
            await self._over_routes(delivery, letter, claim)

    async def _printed(
        self, delivery: ClaimedDelivery, key: PersonKey, words: LetterWords
    ) -> tuple[bytes, Postage | None]:
        """The very PDF that came, or the letter set; raises PostalAddressError, NotSetError."""
        if delivery.template == APPLICATION_MESSAGE:
            async with self._database.reading() as session:
                kept = await letter_documents.to_post(session, delivery.message_id)
            if kept is not None:
                content, postage = kept
                return await open_document(key, delivery.message_id, content), Postage(postage) if postage else None
        return await letter_pdf(letter_of(words, self._settings)), None

    async def _over_routes(self, delivery: ClaimedDelivery, letter: PostalLetter, claim: UUID) -> None:
        refusals: list[LetterRefusedError] = []
        for route in self._routes.open():
            await route.turn()
            attempt, reference = attempt_at(delivery, claim, route.provider.name), ""
            try:
                reference = await route.provider.prepare(letter)
                if not await self._deliveries.hand_over(attempt, lease=self._lease, reference=reference):
                    await self._leave(route, reference)
                    return
                await route.provider.submit(reference)
            except LetterUnansweredError as error:
                route.failed()
                await self._outcomes.unknown(delivery, attempt, str(error), FIRST_ASK)
                return
            except LetterRefusedError as error:
                if error.refusal in _FINAL:
                    route.breaker.succeeded()
                    await self._outcomes.failed(delivery, attempt, *_FINAL[error.refusal])
                    _log.info("letter_refused", delivery=str(delivery.id), reply=error.reply)
                    return
                refusals.append(error)
                if reference and not await self._taken_back(delivery, attempt, route, reference):
                    return
                route.refused(trouble=error.refusal is LetterRefusal.TROUBLE)
                await self._outcomes.next(delivery, attempt, error.reply)
            else:
                route.breaker.succeeded()
                await self._outcomes.sent(delivery, attempt, taken(reference))
                return
        await self._not_taken(delivery, attempt_at(delivery, claim), refusals)

    async def _taken_back(
        self, delivery: ClaimedDelivery, attempt: Attempt, route: LetterRoute, reference: str
    ) -> bool:
        """Whether the letter may go to another provider, now that this one refused what it had prepared.

        What stands before a provider may refuse what the provider took: then there is no draft any more.
        """
        if not await self._deliveries.withdrawing(attempt, lease=self._claim):
            return False
        if await self._leave(route, reference):
            return True
        await self._outcomes.sent(delivery, attempt, taken(reference))
        return False

    async def _leave(self, route: LetterRoute, reference: str) -> bool:
        """What was prepared is of no use any more; it posts nothing if it stays. False where it was submitted."""
        try:
            return await route.provider.withdraw(reference)
        except LetterUnreachableError as error:
            _log.warning("letter_left", provider=route.provider.name, error=str(error))
            return True

    async def _not_taken(self, delivery: ClaimedDelivery, none: Attempt, refusals: list[LetterRefusedError]) -> None:
        """No provider has it: later again, unless each refuses this one, or it is too late."""
        reply = refusals[-1].reply if refusals else "no-provider"
        elsewhere = [error for error in refusals if error.refusal is LetterRefusal.ELSEWHERE]
        if len(elsewhere) == len(self._routes) > 0:
            await self._outcomes.failed(delivery, none, reply, Fault.TECHNICAL)
        else:
            await self._again(delivery, none, reply)

    async def _again(self, delivery: ClaimedDelivery, none: Attempt, reply: str) -> None:
        waited = datetime.now(UTC) - delivery.begun_at
        if waited > self._give_up:
            await self._outcomes.failed(delivery, none, reply, Fault.TECHNICAL)
        else:
            await self._deliveries.retry(none, min(max(waited / 4, _PAUSE), _LONGEST_PAUSE), reply)


def taken(reference: str) -> Acceptance:
    """What is kept of a letter that a provider has; what it costs is known once it is posted."""
    return Acceptance(LetterFate.ACCEPTED, reference, ask_after=FIRST_ASK)


def opened_words(delivery: ClaimedDelivery, key: PersonKey) -> LetterWords:
    """The words of a delivery; where a mail would have a link of its own, the letter has that."""
    secret = delivery.secret_link if delivery.template != APPLICATION_MESSAGE else None
    subject, text = key.open("message.subject", delivery.subject), key.open("message.body", delivery.body)
    language = delivery.language
    if not printable(f"{subject}{text}") and (spare := spare_words(delivery.spare, key)):
        subject, text, language = spare["subject"], spare["body"], spare["language"]
    return LetterWords(
        collectivity=delivery.collectivity,
        to=key.open(SEALED_ADDRESS, delivery.address),
        subject=subject,
        text=text,
        link=key.open("message.secret_link", secret) if secret else delivery.link,
        language=language,
        dated_at=delivery.begun_at,
    )
