# SPDX-License-Identifier: EUPL-1.2
"""Hand one claimed mail to the relay, and record at once what came of it."""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from prometheus_client import Counter

from parvis_kit.crypto.persons import PersonKey
from parvis_notifications.db.deliveries import Acceptance, Attempt, ClaimedDelivery, Deliveries, attempt_at
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.delivery import Fault
from parvis_notifications.domain.mail import Verdict, retry_seconds
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.domain.topic import LEGAL, Channel
from parvis_notifications.outgoing.machine import UnreachableError
from parvis_notifications.outgoing.mail_format import BadAddressError, Written
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.outgoing.smtp import RefusedError, Withdrawn
from parvis_notifications.service.fingerprints import Fingerprints
from parvis_notifications.service.mail_routes import MailConnection
from parvis_notifications.service.outcomes import Outcomes
from parvis_notifications.service.send_deliveries import PauseError
from parvis_notifications.service.simulate import simulate
from parvis_notifications.service.write_mail import MailWriter
from parvis_notifications.settings import Settings

# Added to the time that an answer may take: the claim on a mail must outlive the last wait for it.
_MARGIN_SECONDS: Final = 30.0
_MAILS = Counter("parvis_mails_total", "Mails by relay and outcome of an attempt", ["provider", "outcome"])


class SendMail:
    """The use case, with what it needs."""

    def __init__(
        self,
        deliveries: Deliveries,
        writer: MailWriter,
        owners: Owners,
        fingerprints: Fingerprints,
        settings: Settings,
    ) -> None:
        self._fingerprints = fingerprints
        self._deliveries = deliveries
        self._outcomes = Outcomes(deliveries, Channel.EMAIL, "mail", _MAILS)
        self._writer = writer
        self._owners = owners
        self._lease = timedelta(seconds=settings.smtp_acceptance_seconds + _MARGIN_SECONDS)
        self._give_up = timedelta(hours=settings.mail_give_up_hours)

    async def send(self, relays: MailConnection, mail: ClaimedDelivery, key: PersonKey | None, claim: UUID) -> None:
        """One attempt; ``key`` is None where the person was erased.

        Raises PauseError, or what the database raises.
        """
        if key is None or _too_late(mail):
            ended = ("too-late", Fault.TEMPORARY) if key else ("person-erased", Fault.PERMANENT)
            await self._outcomes.failed(mail, attempt_at(mail, claim), *ended)
            return
        if mail.address_doubts:
            readdressed = await self._readdressed(mail, key, claim)
            if readdressed is None:
                return
            mail = readdressed
        written = await self._written(mail, key, claim)
        if written is None:
            return
        if mail.simulated:
            await simulate(self._deliveries, mail, written.recipient, claim)
            return
        if mail.doubtful:
            self._outcomes.told("again_in_doubt", mail, mail.provider or "", "")
        attempt = attempt_at(mail, claim)
        try:
            taken = await relays.send(
                written,
                lambda relay: self._deliveries.hand_over(replace(attempt, provider=relay), lease=self._lease),
            )
        except Withdrawn:
            return
        except RefusedError as error:
            await self._refused(mail, replace(attempt, provider=error.relay), error)
        else:
            accepted = Acceptance(taken.reply, cost_millicents=taken.cost_millicents)
            await self._outcomes.sent(mail, replace(attempt, provider=taken.relay), accepted)

    async def _written(self, mail: ClaimedDelivery, key: PersonKey, claim: UUID) -> Written | None:
        """The mail in bytes; None where it does not go, or not yet."""
        try:
            written = self._writer.write(mail, key)
        except BadAddressError:
            await self._outcomes.failed(mail, attempt_at(mail, claim), "bad-address", Fault.PERMANENT)
            return None
        except Exception as error:  # noqa: BLE001 - one mail that cannot be written must not stop the others
            await self._later(mail, attempt_at(mail, claim), type(error).__name__, Fault.TECHNICAL, doubtful=False)
            return None
        if await self._unreachable(mail, written.recipient):
            await self._outcomes.failed(mail, attempt_at(mail, claim), "address-unreachable", Fault.PERMANENT)
            return None
        return written

    async def _unreachable(self, mail: ClaimedDelivery, address: str) -> bool:
        """Whether nothing arrives there; what the law has sent is tried all the same."""
        if mail.template == APPLICATION_MESSAGE:
            # Noted for the address as well, and forgotten after a while; what was noted of the recipient alone is not.
            mark = self._fingerprints.of_subscriber(address)
            return await self._deliveries.dead(mail.collectivity, Channel.EMAIL, mark)
        return mail.template not in LEGAL and self._fingerprints.same(mail.unreachable, address)

    async def _readdressed(self, mail: ClaimedDelivery, key: PersonKey, claim: UUID) -> ClaimedDelivery | None:
        """The mail with the address that the person has now; None where it does not go, or not yet."""
        try:
            contact = await self._owners.contact(mail.person, mail.collectivity)
        except UnreachableError:
            await self._later(
                mail, attempt_at(mail, claim), "owner-unreachable", Fault.TECHNICAL, doubtful=mail.doubtful
            )
            return None
        if contact is None or contact.email is None:
            await self._outcomes.failed(mail, attempt_at(mail, claim), "no-address", Fault.PERMANENT)
            return None
        with suppress(BadAddressError):
            # Their change was told: what they have now was confirmed since, whatever failed there before.
            await self._deliveries.revive(Channel.EMAIL, self._fingerprints.of_subscriber(contact.email))
        address = key.seal(SEALED_ADDRESS, contact.email)
        fresh = await self._deliveries.readdress(mail, claim, address)
        return replace(mail, address=address, address_doubts=0) if fresh else None

    async def _refused(self, mail: ClaimedDelivery, attempt: Attempt, error: RefusedError) -> None:
        verdict = error.refusal.verdict
        if verdict is Verdict.PAUSE:
            raise PauseError from error
        if verdict is Verdict.FAILED:
            await self._outcomes.failed(mail, attempt, error.reply, Fault.PERMANENT)
        else:
            await self._later(mail, attempt, error.reply, Fault.TEMPORARY, doubtful=error.doubtful)

    async def _later(
        self, mail: ClaimedDelivery, attempt: Attempt, reply: str, fault: Fault, *, doubtful: bool
    ) -> None:
        """Again, unless it is too late: then it failed by that fault."""
        if datetime.now(UTC) - mail.begun_at > self._give_up:
            await self._outcomes.failed(mail, attempt, reply, fault)
            return
        pause = timedelta(seconds=retry_seconds(mail.attempts + 1, random.random()))  # noqa: S311 - spreads load
        await self._deliveries.retry(attempt, pause, reply, doubtful=doubtful)
        self._outcomes.told("retry", mail, attempt.provider, reply)


def _too_late(mail: ClaimedDelivery) -> bool:
    return mail.useless_at is not None and mail.useless_at <= datetime.now(UTC)
