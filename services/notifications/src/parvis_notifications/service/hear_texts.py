# SPDX-License-Identifier: EUPL-1.2
"""What people write comes over the connection of an operator (SMPP) as well: STOP, answers to alerts, and all else."""

from collections.abc import Mapping
from uuid import uuid4

from parvis_notifications.domain.inbound import InboundText
from parvis_notifications.outgoing.smpp_text import Written
from parvis_notifications.service.receive_hooks import ReceiveHooks
from parvis_notifications.service.recipients import number_told


class HearTexts:
    """``numbers`` says whose a number is (``PARVIS_NOTIFICATIONS_INBOUND_NUMBERS``)."""

    def __init__(self, receive: ReceiveHooks, numbers: Mapping[str, str]) -> None:
        self._receive = receive
        self._numbers = numbers

    async def take(self, provider: str, written: Written) -> bool:
        """Keep it or do as it says; False for a number that is nobody's. Raises TooManyReceivedError.

        The protocol has no name for it: what is brought again, as its answer was lost, is another one. To do a STOP or
        an answer twice changes nothing.
        """
        to = written.to if written.to in self._numbers else number_told(written.to)
        town = self._numbers.get(to) or self._numbers.get(to := f"+{written.to}")
        if town is None:
            return False
        await self._receive.text(
            town, f"{provider} {uuid4()}", InboundText(written.sender, written.words, recipient=to, part=written.part)
        )
        return True
