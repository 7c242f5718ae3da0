# SPDX-License-Identifier: EUPL-1.2
"""The post has brought a letter back: nothing more goes to that address of that person, until they declare another."""

from datetime import UTC, datetime

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_notifications.db import unreachable_addresses
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.db.reports import Asking
from parvis_notifications.domain.sending import APPLICATION_MESSAGE, RETURNED
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.fingerprints import Fingerprints


class ReturnedLetters:
    """The use case, with what it needs."""

    def __init__(self, database: Database, persons: PersonKeys, fingerprints: Fingerprints) -> None:
        self._database = database
        self._persons = persons
        self._fingerprints = fingerprints

    async def note(self, asking: Asking) -> None:
        """Before the delivery says so, and twice is once; what applications send goes where they say."""
        if asking.template == APPLICATION_MESSAGE:
            return
        try:
            key = await self._persons.of(asking.person)
        except KeyDestroyedError:
            return  # of somebody who was erased nothing is kept
        fingerprint = self._fingerprints.of_home(key.open(SEALED_ADDRESS, asking.address))
        async with self._database.unit_of_work() as uow:
            await unreachable_addresses.mark(
                uow.session,
                asking.person,
                asking.collectivity,
                Channel.LETTER,
                fingerprint=fingerprint,
                status=RETURNED,
                now=datetime.now(UTC),
            )
            await uow.commit()
