# SPDX-License-Identifier: EUPL-1.2
"""Writing the letters that were wished for, and handing them to the mail relay; run by the worker."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from parvis_identity.db import collectivities, letters, local_accounts
from parvis_identity.db.letters import Claimed
from parvis_identity.db.people import People
from parvis_identity.domain.email_change import LIFE
from parvis_identity.domain.letter import Letter, Purpose, retry_after
from parvis_identity.outgoing.smtp import Post, PostUnavailableError, UndeliverableError, Written
from parvis_identity.service.letter_texts import PATHS, Subject, text_of
from parvis_identity.service.letters import Letters
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.db.database import Database, UnitOfWork
from parvis_kit.logs import logger

_POLL_SECONDS: Final = 1.0
# The lease is longer than the mail relay is waited for: no other process writes the same letter meanwhile.
_RELAY_SECONDS: Final = 45
_LEASE: Final = timedelta(minutes=1)
_log = logger(__name__)


class LetterWriter:
    """The loop, with what it needs."""

    def __init__(self, database: Database, index: BlindIndex, kept: Letters, post: Post, public_url: str) -> None:
        self._database = database
        self._index = index
        self._letters = kept
        self._post = post
        self._public_url = public_url

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            try:
                busy = await self.round()
            except Exception as error:  # noqa: BLE001 - the database is away; the wishes wait in it
                _log.warning("letter_writer_failed", error=type(error).__name__)
                busy = False
            if not busy:
                await asyncio.sleep(_POLL_SECONDS)

    async def round(self) -> bool:
        """Write one letter; False where none is due.

        A kill after the relay has taken the letter sends it twice: two links, of which using one ends the other.
        """
        now = datetime.now(UTC)
        async with self._database.unit_of_work() as uow:
            claimed = await letters.claim(uow.session, now, _LEASE)
            written = await self._written(uow, self._letters.claimed(claimed), now) if claimed else None
            await uow.commit()
        if claimed is None:
            return False
        if written:
            try:
                async with asyncio.timeout(_RELAY_SECONDS):
                    await self._post.send(written)
            except (PostUnavailableError, TimeoutError) as error:
                await self._postpone(claimed, now, str(error) or "timeout")
                return False
            except UndeliverableError as error:
                _log.info("letter_undeliverable", reply=str(error))
        async with self._database.unit_of_work() as uow:
            await letters.remove(uow.session, claimed.id)
            await uow.commit()
        return True

    async def _written(self, uow: UnitOfWork, letter: Letter, now: datetime) -> Written | None:
        """What to send; None for who asks for another password of an account that does not exist."""
        index = People(uow.session, self._index).email_index(letter.recipient)
        account = await local_accounts.by_email(uow.session, index)
        subject = _subject(letter.purpose, known=account is not None)
        if subject is None:
            return None
        collectivity = await collectivities.find(uow.session, letter.collectivity)
        name = collectivity.name(letter.language) if collectivity else "Parvis"
        link = ""
        if subject in PATHS:
            secret = letter.code or await self._letters.make_link(uow.session, letter, now)
            link = f"{self._public_url}{PATHS[subject]}?token={secret}"
        title, text = text_of(subject, letter.language)
        life = LIFE if letter.code else self._letters.life
        minutes = str(int(life.total_seconds() // 60))
        return Written(
            recipient=letter.recipient,
            sender_name=name,
            subject=title.format(collectivity=name),
            text=text.format(
                collectivity=name,
                link=link,
                minutes=minutes,
                organisation=letter.organisation,
                code=letter.code,
                day=_day(letter),
            ),
            language=letter.language,
        )

    async def _postpone(self, claimed: Claimed, now: datetime, error: str) -> None:
        _log.warning("mail_relay_unavailable", error=error, attempt=claimed.attempt)
        async with self._database.unit_of_work() as uow:
            await letters.postpone(uow.session, claimed.id, now + retry_after(claimed.attempt))
            await uow.commit()


def _day(letter: Letter) -> str:
    if letter.day is None or letter.language == "en":
        return letter.day or ""
    return "/".join(reversed(letter.day.split("-")))


def _subject(purpose: Purpose, *, known: bool) -> Subject | None:
    match purpose:
        case Purpose.REGISTRATION:
            return Subject.ALREADY_REGISTERED if known else Subject.REGISTRATION
        case Purpose.ACTIVATION:
            # Who has an account meanwhile has shown already that they read the letters to this address.
            return None if known else Subject.ACTIVATION
        case Purpose.RECOVERY:
            return Subject.RECOVERY if known else None
        case _:
            return Subject[purpose.name]
