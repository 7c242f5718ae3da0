# SPDX-License-Identifier: EUPL-1.2
"""An operator that speaks SMPP on loopback, and the accounts that the service has with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from notifications_post import Post, kept_receipts

from parvis_local.smssink.faults import Fault
from parvis_local.smssink.smsc import Smsc
from parvis_local.smssink.store import TextStore
from parvis_notifications.db.heard_texts import HeardTexts
from parvis_notifications.outgoing.smpp import Hear, Smpp
from parvis_notifications.outgoing.smpp_pdu import Tag
from parvis_notifications.outgoing.sms import Sms
from parvis_notifications.service.hear_texts import HearTexts
from parvis_notifications.service.receive_hooks import ReceiveHooks
from parvis_notifications.sms_settings import SmsProviderSettings

NUMBER = "+33639980099"
SMS = Sms(NUMBER, "Ville de Paris : votre carte est prête [4012] €")


def hearing(post: Post) -> HearTexts:
    """What takes texts to the town's number, as a worker does that was started just now."""
    runtime = post.service.runtime
    receive = ReceiveHooks(runtime.database, runtime.persons, runtime.blind_index, runtime.settings)
    known = HeardTexts(runtime.database.pool)
    return HearTexts(receive, {"36105": "paris"}, known, runtime.persons, runtime.blind_index)


def sar(reference: bytes, total: int, number: int) -> dict[int, bytes]:
    """The options that say which part of a longer text it is."""
    places = bytes((total,)), bytes((number,))
    return {Tag.SAR_MSG_REF_NUM: reference, Tag.SAR_TOTAL_SEGMENTS: places[0], Tag.SAR_SEGMENT_SEQNUM: places[1]}


class Operator:
    """The simulator, and the account that the service has with it."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.faults: list[Fault | None] = []
        self.smsc = Smsc(TextStore(), "ville", "s3cret", self.fault)
        self.server: Any = None
        self.port = 0
        self.made: list[Smpp] = []

    def fault(self, _number: str) -> Fault | None:
        return self.faults.pop(0) if self.faults else None

    async def start(self) -> None:
        self.server = await self.smsc.serve("127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    def settings(self, **changes: Any) -> SmsProviderSettings:
        values = {"kind": "smpp", "name": "operator", "url": f"smpp://127.0.0.1:{self.port}", "account": "ville"}
        return SmsProviderSettings.model_validate(values | {"secret": "s3cret", "sender": "Ville"} | changes)

    def account(self, wait: float = 20.0, hear: Hear | None = None, **changes: Any) -> Smpp:
        self.made.append(Smpp(self.settings(**changes), kept_receipts(self.post), timeout=wait, hear=hear))
        return self.made[-1]

    async def receipts(self, count: int) -> None:
        """Until so many have come."""
        for text in self.smsc.store.newest(None, 100):
            text.taken_at -= 10
        for _ in range(3_000):
            if await self.post.pool.fetchval("SELECT count(*) FROM sms_receipt") >= count:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("no receipt came")


@asynccontextmanager
async def operator_of(post: Post) -> AsyncIterator[Operator]:
    made = Operator(post)
    await made.start()
    yield made
    for account in made.made:
        await account.close()
    made.server.close()
