# SPDX-License-Identifier: EUPL-1.2
"""Asking for a letter to one's own address: to open an account, or to choose another password."""

from datetime import datetime

from parvis_identity.db import local_accounts
from parvis_identity.db.people import People
from parvis_identity.domain.letter import Letter
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.domain.throttle import Door
from parvis_identity.service.letters import Letters
from parvis_identity.service.throttle import Throttle
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.db.database import Database


class AskForLetter:
    """The use case, with what it needs. It does the same for an address with an account and for one without."""

    def __init__(self, database: Database, index: BlindIndex, letters: Letters, throttle: Throttle) -> None:
        self._database = database
        self._index = index
        self._letters = letters
        self._throttle = throttle

    async def ask(self, letter: Letter, device: str | None, source: str, now: datetime) -> None:
        """Wish for the letter; raises TooManyAttemptsError for a source that asks too often.

        A device that has signed in to the account of the address asks by its own count.

        An address that was written to often gets no other letter for a while; nobody is told so.
        """
        async with self._database.reading() as session:
            index = People(session, self._index).email_index(letter.recipient)
            secret = fingerprint(device) if device else None
            known = secret if secret and await local_accounts.knows_device(session, secret, index) else None
        throttle = self._throttle
        count = throttle.device(index, known, Door.LETTER) if known else throttle.source(source, Door.LETTER)
        await throttle.take(count, now=now)
        async with self._database.unit_of_work() as uow:
            if await self._throttle.allows(uow.session, self._throttle.recipient(index, letter.purpose), now):
                await self._letters.wish(uow.session, letter, now)
            await uow.commit()
