# SPDX-License-Identifier: EUPL-1.2
"""What people write comes over the connection of an operator (SMPP) as well: STOP, answers to alerts, and all else.

The protocol has no name for it: what is brought again, as our answer was lost, is known by its words until the operator
surely has that answer, and where it comes over another connection. Parts of one text wait for each other for some
minutes; then what is there goes on without the others, and says nothing by itself.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.logs import logger
from parvis_notifications.db.heard_texts import Fresh, HeardTexts
from parvis_notifications.domain.errors import TooManyReceivedError
from parvis_notifications.domain.inbound import InboundText
from parvis_notifications.domain.torn_text import joined
from parvis_notifications.outgoing.smpp_text import Written
from parvis_notifications.service.receive_hooks import ReceiveHooks
from parvis_notifications.service.recipients import number_told

_PATIENCE: Final = timedelta(minutes=10)
"""In which the other parts of a text come: a telephone that is off has an operator keep them longer, which is rare."""
_MEMORY: Final = timedelta(hours=72)
"""Longer than operators bring what was not answered again."""
_EVERY_SECONDS: Final = 60
_BATCH: Final = 100
_MOST_PARTS: Final = 2_000
_CONTENT: Final = "heard_text.content"
_log = logger(__name__)
Sure = Callable[[], Awaitable[None]]


class HearTexts:
    """``numbers`` says whose a number is (``PARVIS_NOTIFICATIONS_INBOUND_NUMBERS``)."""

    def __init__(
        self,
        receive: ReceiveHooks,
        numbers: Mapping[str, str],
        heard: HeardTexts,
        persons: PersonKeys,
        index: BlindIndex,
    ) -> None:
        self._receive = receive
        self._numbers = numbers
        self._heard = heard
        self._persons = persons
        self._index = index
        self._failed = set[UUID]()

    async def take(self, provider: str, written: Written, connection: UUID) -> Sure | None:
        """Keep it or do as it says, once; None for a number that is nobody's. Raises TooManyReceivedError.

        What is returned is to be called once the operator surely has the answer.
        """
        to = written.to if written.to in self._numbers else number_told(written.to)
        town = self._numbers.get(to) or self._numbers.get(to := f"+{written.to}")
        if town is None:
            return None
        id_ = await self._known(provider, town, to, written, connection)
        try:
            if written.part is None:
                text = InboundText(written.sender, written.words, recipient=to)
                await self._receive.text(town, f"{provider} {id_}", text)
            else:
                await self._join(town, self._whole(provider, to, written), torn=False)
        except BaseException:
            self._failed.add(id_)  # over this connection, too, it comes again as the same
            raise
        self._failed.discard(id_)
        return partial(self._heard.sure, id_)

    async def run(self) -> None:
        """Hand on what waits for its other parts in vain, until cancelled."""
        while True:
            try:
                await self.give_up_waiting()
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("torn_texts_wait", error=type(error).__name__)
            await asyncio.sleep(_EVERY_SECONDS)

    async def give_up_waiting(self) -> None:
        """One round."""
        for town, whole in await self._heard.torn(_PATIENCE, _BATCH):
            try:
                await self._join(town, whole, torn=True)
            except Exception as error:  # noqa: BLE001 - it waits on, and holds up no other
                _log.warning("torn_text_waits", collectivity=town, error=type(error).__name__)
        await self._heard.forget(_MEMORY)

    async def _known(self, provider: str, town: str, to: str, written: Written, connection: UUID) -> UUID:
        """The name under which it is done once: its own, or that of the same, brought before."""
        part = written.part
        mark = self._index.of("heard_text.mark", json.dumps([provider, to, written.sender, written.words, part]))
        while (same := await self._heard.same(town, mark)) is not None:
            id_, before = same
            if before != connection or id_ in self._failed:
                return id_
            await self._heard.sure(id_)  # an operator that goes on has the answers to what it brought
        fresh = Fresh(uuid4(), mark)
        if part is not None:
            if await self._heard.waiting(town, _MOST_PARTS) >= _MOST_PARTS:
                raise TooManyReceivedError
            key = await self._persons.of(fresh.id)
            content = key.seal(_CONTENT, json.dumps([to, written.sender, written.words]))
            fresh = Fresh(fresh.id, mark, self._whole(provider, to, written), part.number, part.total, content)
        if await self._heard.add(town, connection, fresh):
            return fresh.id
        if part is not None:
            await self._persons.destroy(fresh.id)
        return await self._known(provider, town, to, written, connection)  # it came twice at once

    def _whole(self, provider: str, to: str, written: Written) -> bytes:
        part = written.part
        told = [provider, to, written.sender, *(part[:2] if part else ())]
        return self._index.of("heard_text.whole", json.dumps(told))

    async def _join(self, town: str, whole: bytes, *, torn: bool) -> None:
        """Take the text in where all of it is here, or as far as it is. Safe to repeat."""
        kept = await self._heard.parts(town, whole)
        last = {each.number: each for each in kept}
        if not kept or (len(last) < kept[0].total and not torn):
            return
        words, to, sender = dict[int, str](), "", ""
        for number, each in last.items():
            try:
                key = await self._persons.of(each.id)
            except KeyDestroyedError:
                continue  # its words are kept elsewhere already
            to, sender, words[number] = json.loads(key.open(_CONTENT, each.content))
        if words:
            first = last[min(words)].id
            text = InboundText(sender, joined(words, kept[0].total), recipient=to, part=len(words) < kept[0].total)
            await self._receive.text(town, f"parts {first}", text)
        await self._heard.joined([each.id for each in last.values()])
        for each in last.values():
            await self._persons.destroy(each.id)
