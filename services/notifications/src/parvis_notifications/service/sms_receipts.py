# SPDX-License-Identifier: EUPL-1.2
"""Receipts of text messages are kept where every process finds them, with no number that could be read."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import asyncpg

from parvis_kit.crypto.keys import BlindIndex
from parvis_notifications.db.sms_receipts import KeptReceipt, SmsReceipts
from parvis_notifications.outgoing.smpp_text import Receipt

_INDEX: Final = "sms_receipt.recipient"


class KeptReceipts:
    """The receipt book of all operators."""

    def __init__(self, pool: "asyncpg.Pool[Any]", index: BlindIndex) -> None:
        self._receipts = SmsReceipts(pool)
        self._index = index

    async def note(self, provider: str, receipt: Receipt) -> None:
        """Keep it; a final one is not replaced by one that is not."""
        kept = KeptReceipt(receipt.message_id, receipt.reference, receipt.state, receipt.error)
        await self._receipts.note(provider, self._index.of(_INDEX, receipt.recipient), kept)

    async def of(self, provider: str, message_ids: Collection[str]) -> dict[str, Receipt]:
        """Those of these messages, by their ids."""
        found = await self._receipts.of(provider, list(message_ids))
        return {each.message_id: _opened(each, "") for each in found}

    async def about(self, provider: str, to: str, reference: int, since: datetime) -> list[Receipt]:
        """Those that name our reference, for that number, since then."""
        found = await self._receipts.about(provider, self._index.of(_INDEX, to), reference, since)
        return [_opened(each, to) for each in found]


def _opened(kept: KeptReceipt, recipient: str) -> Receipt:
    return Receipt(kept.message_id, recipient, kept.state, kept.error, kept.reference)
