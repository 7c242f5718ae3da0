# SPDX-License-Identifier: EUPL-1.2
"""Text messages by SMPP 3.4, as operators and aggregators take them.

The protocol has no way to look for a message whose ``submit_sm`` was not answered, as its name there is in that answer.
Each message bears a reference of ours, which its receipt gives back: what was not answered is found by its receipt, and
as long as there is none nothing is known of it. It is never sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from prometheus_client import Counter

from parvis_kit.logs import logger
from parvis_notifications.outgoing.smpp_pdu import (
    Address,
    Command,
    Delivered,
    MalformedPduError,
    Pdu,
    Status,
    query_body,
    read_c_octets,
    read_query,
    submit_body,
)
from parvis_notifications.outgoing.smpp_session import Heard, NoAnswerError, NotSentError, SmppSession, Sure
from parvis_notifications.outgoing.smpp_text import (
    Receipt,
    Written,
    contents,
    fate_of,
    read_receipt,
    read_written,
    reference_of,
    word_of,
)
from parvis_notifications.outgoing.sms import (
    Sms,
    SmsFate,
    SmsRefusal,
    SmsRefusedError,
    SmsReport,
    SmsUnansweredError,
    SmsUnreachableError,
)
from parvis_notifications.sms_settings import SmsProviderSettings

_REFUSALS: Final = {
    Status.INVALID_LENGTH: SmsRefusal.CONTENT,
    Status.INVALID_DESTINATION: SmsRefusal.NUMBER,
    Status.INVALID_SOURCE: SmsRefusal.ELSEWHERE,
}
_SLOWER: Final = frozenset({Status.THROTTLED, Status.QUEUE_FULL})
# Nothing of it was taken: it is offered again after these, in seconds, before another provider is tried.
_PAUSES: Final = (0.5, 1.0, 2.0)
# Between two clocks.
_TOLERANCE: Final = timedelta(seconds=60)
_LONGEST_NAME: Final = 11
Hear = Callable[[str, Written, UUID], Awaitable[Sure | None]]
"""Takes what was written, from the account of that name, over that connection; None where it is to nobody."""
_log = logger(__name__)
_HEARD = Counter("parvis_smpp_deliveries_total", "What operators delivered over SMPP", ["provider", "outcome"])


class ReceiptBook(Protocol):
    """Where receipts are kept: they come once, at any time, to whichever process is bound."""

    async def note(self, provider: str, receipt: Receipt) -> None:
        """Keep it; a final one is not replaced by one that is not."""

    async def of(self, provider: str, message_ids: Collection[str]) -> dict[str, Receipt]:
        """Those of these messages, by their ids."""

    async def about(self, provider: str, to: str, reference: int, since: datetime) -> list[Receipt]:
        """Those that name our reference, for that number, since then."""


class Smpp:
    """An account with an operator; ``hear`` takes what people write to the numbers of it."""

    def __init__(
        self, settings: SmsProviderSettings, receipts: ReceiptBook, *, timeout: float, hear: Hear | None = None
    ) -> None:
        self._hear = hear
        self.name = settings.name
        self._source = _source(settings.sender)
        self._receipts = receipts
        self._session = SmppSession(
            settings.url,
            settings.account,
            settings.secret.get_secret_value(),
            timeout=timeout,
            window=settings.window,
            hear=self._heard,
        )

    async def submit(self, sms: Sms) -> SmsReport:
        """One ``submit_sm`` for each segment; the ids that it was given are its name."""
        reference, to = reference_of(sms), Address(1, 1, sms.to.removeprefix("+"))
        coding, pieces = contents(sms.text, reference)
        ids: list[str] = []
        for piece in pieces:
            body = submit_body(self._source, to, coding, piece, joined=len(pieces) > 1, reference=reference)
            try:
                ids.append(await self._taken(body))
            except (SmsRefusedError, NotSentError) as error:
                if ids:  # a part of it is out, and must not go again
                    raise SmsUnansweredError("partly-taken") from error
                if isinstance(error, NotSentError):
                    raise SmsRefusedError(SmsRefusal.TROUBLE, str(error)) from error
                raise
            except NoAnswerError as error:
                raise SmsUnansweredError(str(error)) from error
        return SmsReport(",".join(ids), SmsFate.UNDER_WAY, "accepted", len(pieces), None)

    async def _taken(self, body: bytes) -> str:
        for pause in (*_PAUSES, None):
            answer = await self._session.ask(Command.SUBMIT_SM, body)
            if answer.status == Status.OK:
                return _message_id(answer)
            if answer.status not in _SLOWER or pause is None:
                break
            await asyncio.sleep(pause)
        refusal = _REFUSALS.get(answer.status, SmsRefusal.TROUBLE)  # type: ignore[call-overload]
        # Operators say that a destination is invalid where they have no route to it as well.
        raise SmsRefusedError(refusal, f"{answer.status:#x}", surely=refusal is not SmsRefusal.NUMBER)

    async def report(self, reference: str) -> SmsReport | None:
        """By its receipts, and for what has none by ``query_sm``."""
        ids = reference.split(",")
        known = await self._receipts.of(self.name, ids)
        states = [known[each].state if each in known else await self._asked(each) for each in ids]
        told = [state for state in states if state is not None]
        return _report(reference, told, len(ids)) if len(told) == len(ids) else None

    async def _asked(self, message_id: str) -> int | None:
        try:
            answer = await self._session.ask(Command.QUERY_SM, query_body(message_id, self._source))
            return read_query(answer.body) if answer.status == Status.OK else None
        except (NotSentError, NoAnswerError, MalformedPduError) as error:
            raise SmsUnreachableError(str(error) or type(error).__name__) from error

    async def find(self, sms: Sms, since: datetime, known: Collection[str]) -> SmsReport | None:
        """By the receipts that name it; without one nobody can say that the operator never had it."""
        ours = {each for names in known for each in names.split(",")}
        found = await self._receipts.about(self.name, sms.to, reference_of(sms), since - _TOLERANCE)
        fresh = [receipt for receipt in found if receipt.message_id not in ours]
        segments = len(contents(sms.text, 0)[1])
        if not fresh:
            # Whoever was bound may be gone: somebody has to be there when it comes.
            await self._bind()
        if len(fresh) < segments:
            raise SmsUnreachableError("no-receipt")
        ids = ",".join(receipt.message_id for receipt in fresh)
        return _report(ids, [receipt.state for receipt in fresh], segments)

    async def _bind(self) -> None:
        try:
            await self._session.bind()
        except NotSentError as error:
            raise SmsUnreachableError(str(error)) from error

    async def close(self) -> None:
        """Take leave."""
        await self._session.close()

    async def _heard(self, told: Delivered, connection: UUID) -> Heard:
        """Receipts are answered once they are kept; where they cannot be, the operator brings them again."""
        receipt = read_receipt(told)
        if receipt is None:
            return await self._written(told, connection)
        try:
            await self._receipts.note(self.name, receipt)
        except Exception as error:  # noqa: BLE001 - whatever it was, the operator keeps it and comes again
            _log.warning("smpp_receipt_not_kept", provider=self.name, error=type(error).__name__)
            return Heard(Status.TEMPORARY)
        _HEARD.labels(self.name, word_of(receipt.state).lower()).inc()
        return Heard(Status.OK)

    async def _written(self, told: Delivered, connection: UUID) -> Heard:
        """Answered once it is kept; one whose answer is lost comes again, and is known."""
        written = read_written(told)
        try:
            sure = await self._hear(self.name, written, connection) if written and self._hear else None
        except Exception as error:  # noqa: BLE001 - whatever it was, the operator keeps it and comes again
            _log.warning("smpp_text_not_kept", provider=self.name, error=type(error).__name__)
            return Heard(Status.TEMPORARY)
        _HEARD.labels(self.name, "written" if sure else "ignored").inc()
        return Heard(Status.OK, sure) if sure else Heard(Status.PERMANENT)


def _message_id(answer: Pdu) -> str:
    try:
        return read_c_octets(answer.body, 0)[0]
    except MalformedPduError as error:
        raise NoAnswerError("no-id") from error


def _report(reference: str, states: Sequence[int], segments: int) -> SmsReport:
    """It is lost where one of its segments is, and there where all are."""
    fates = {fate_of(state) for state in states}
    fate = SmsFate.LOST if SmsFate.LOST in fates else SmsFate.UNDER_WAY
    if fates == {SmsFate.DELIVERED} and len(states) >= segments:
        fate = SmsFate.DELIVERED
    status = next(word_of(state) for state in states if fate_of(state) is fate or fates == {SmsFate.DELIVERED})
    return SmsReport(reference, fate, status.lower(), segments, None)


def _source(sender: str) -> Address:
    """An international number, a name, or the number that the operator lent us (sections 5.2.5 and 5.2.6)."""
    if sender.startswith("+"):
        return Address(1, 1, sender[1:])
    return Address(0, 1, sender) if sender.isdecimal() else Address(5, 0, sender[:_LONGEST_NAME])
