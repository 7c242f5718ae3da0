# SPDX-License-Identifier: EUPL-1.2
"""Hand a group of mails of one broadcast to a relay, over a connection that stays open from mail to mail."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from parvis_kit.crypto.keys import UnreadableError
from parvis_kit.logs import logger
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries, ClaimedPart
from parvis_notifications.domain.broadcast import Lane, PartState, Settled
from parvis_notifications.domain.delivery import Fault
from parvis_notifications.domain.mail import Verdict
from parvis_notifications.outgoing.mail_format import BadAddressError, Written, normal_address
from parvis_notifications.outgoing.smtp import RefusedError, Withdrawn
from parvis_notifications.service.broadcast_links import BroadcastLinks
from parvis_notifications.service.mail_routes import MailRoutes
from parvis_notifications.service.marked_group import MarkedGroup
from parvis_notifications.service.send_broadcasts import Group, retried
from parvis_notifications.service.send_deliveries import PauseError
from parvis_notifications.service.tried import Attempts
from parvis_notifications.settings import Settings

# Added to the time that an answer may take: the claim must outlive the last wait for it.
_MARGIN_SECONDS: Final = 30.0
_log = logger(__name__)


class MailCarrier:
    """One connection."""

    def __init__(
        self, deliveries: BroadcastDeliveries, links: BroadcastLinks, routes: MailRoutes, settings: Settings
    ) -> None:
        self._deliveries = deliveries
        self._links = links
        self._first = routes.first
        self._relays = routes.connection(urgent=deliveries.lane is Lane.ALERT)
        self._settings = settings
        self._lease = timedelta(seconds=settings.smtp_acceptance_seconds + _MARGIN_SECONDS)

    async def close(self) -> None:
        """Take leave of the relays."""
        await self._relays.quit()

    async def carry(self, group: Group) -> None:
        """Mark the group, send it mail by mail, and settle it; raises PauseError."""
        written = {part.recipient: self._written(group, part) for part in group.parts}
        settled = [
            Settled(recipient, PartState.FAILED, "bad-address") for recipient, mail in written.items() if mail is None
        ]
        able = [part for part in group.parts if written[part.recipient] is not None]
        marked = await MarkedGroup(self._deliveries, group, self._lease).mark(
            [part.recipient for part in able], self._first
        )
        waiting, back = [part for part in able if part.recipient in marked], list[ClaimedPart]()
        trouble: RefusedError | None = None
        try:
            async with marked:
                while waiting and trouble is None and not marked.stopping:
                    part = waiting[0]
                    mail = written[part.recipient] if part.recipient in marked else None
                    end, trouble = await self._one(part, mail, marked) if mail is not None else (None, None)
                    waiting.pop(0)
                    if end is None:
                        back.append(part)
                    else:
                        settled.append(end)
        finally:
            try:
                await marked.settle(settled)
            finally:
                await self._give_back(group, [*back, *marked.unsent(waiting)], trouble)
        if trouble is not None:
            raise PauseError from trouble

    async def _one(
        self, part: ClaimedPart, mail: Written, marked: MarkedGroup
    ) -> tuple[Settled | None, RefusedError | None]:
        """What came of one; no end where the relay is in trouble, which says nothing of the mail, or it did not go."""

        async def held(_relay: str) -> bool:
            return await marked.holds(part.recipient)

        attempts = Attempts(part)
        try:
            taken = await self._relays.send(mail, held, marked.in_turn)
        except Withdrawn:
            return None, None
        except RefusedError as error:
            if error.refusal.verdict is Verdict.PAUSE and not error.doubtful:
                return None, error
            return _refused(part, attempts, error), None
        attempts.accepted(taken.relay, taken.reply, cost_millicents=taken.cost_millicents)
        end = Settled(
            part.recipient,
            PartState.SENT,
            taken.reply,
            provider=taken.relay,
            cost_millicents=taken.cost_millicents,
            tried=attempts.made,
        )
        return end, None

    async def _give_back(self, group: Group, waiting: Sequence[ClaimedPart], trouble: RefusedError | None) -> None:
        """What was marked and did not go; what a former worker may have sent stays in doubt."""
        pause = timedelta(seconds=5 if trouble else 0)
        fresh = [part.recipient for part in waiting if part.handed_over_at is None]
        others = [part.recipient for part in waiting if part.handed_over_at is not None]
        await self._deliveries.release(group.claim, fresh, pause, unsent=True)
        await self._deliveries.release(group.claim, others, pause, unsent=False, marked=True)

    def _written(self, group: Group, part: ClaimedPart) -> Written | None:
        """The mail; None where its address is none, or its person was erased."""
        key = group.keys.get(part.key_person) if part.key_person else None
        if key is None or part.address is None:
            return None
        try:
            recipient = normal_address(key.open("subscriber.email", part.address))
        except (BadAddressError, UnreadableError) as error:
            _log.warning("broadcast_address_unusable", recipient=part.recipient, error=type(error).__name__)
            return None
        content = group.words.in_language(part.language).mail.to(
            recipient,
            f"{part.recipient}.{group.broadcast.id}",
            self._links.answer(part.recipient),
            self._links.unsubscribe(group.broadcast, part),
        )
        return Written(self._return_path(part), recipient, content)

    def _return_path(self, part: ClaimedPart) -> str:
        """Where its bounces go: an address of this recipient's mail alone, where somebody takes them."""
        local, _, domain = self._settings.bounce_address.rpartition("@")
        token = self._links.recipients.for_sender(part.recipient)
        return f"{local}+{token}@{domain}" if domain else self._settings.mail_from


def _refused(part: ClaimedPart, attempts: Attempts, error: RefusedError) -> Settled:
    """What came of one that the relay did not take, or of which nobody knows whether it did."""
    if error.doubtful:
        attempts.unanswered(error.relay, error.reply)
        return retried(part, error.reply, attempts.made, doubtful=True)
    if error.refusal.verdict is Verdict.FAILED:
        attempts.refused(error.relay, error.reply, Fault.PERMANENT)
        return Settled(part.recipient, PartState.FAILED, error.reply, tried=attempts.made)
    attempts.deferred(error.relay, error.reply, Fault.TEMPORARY)
    return retried(part, error.reply, attempts.made)
