# SPDX-License-Identifier: EUPL-1.2
"""Wishes to write to somebody, and the links of what was written; both sealed, because they name an address.

What a letter says depends on whether its address has an account. That is looked up when it is written, by the worker,
and not when it is asked for: so no page tells by its words, nor by its time, who has one.
"""

import json
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import letters
from parvis_identity.db.letters import Claimed
from parvis_identity.db.people import People
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.imported import ACTIVATION_LIFE
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_kit.crypto.keys import BlindIndex, MasterKey
from parvis_kit.ids import uuid7


class Letters:
    """Keeps them, within the caller's transaction."""

    def __init__(self, master: MasterKey, index: BlindIndex, life: timedelta) -> None:
        self._key = master.sealing("letter")
        self._index = index
        self.life = life

    async def wish(self, session: AsyncSession, letter: Letter, now: datetime, life: timedelta | None = None) -> None:
        """Have it written soon, once the caller commits; not later than after its life, where it has one of its own."""
        id_ = uuid7()
        await letters.add(session, id_, self._sealed(letter, str(id_)), now, life or self.life)

    def claimed(self, claimed: Claimed) -> Letter:
        """The wish behind a letter that is to be written."""
        return self._opened(claimed.details, str(claimed.id))

    async def make_link(self, session: AsyncSession, letter: Letter, now: datetime) -> str:
        """The secret of a new link: it shows that its bearer reads the letters to the address."""
        secret = new_opaque()
        token_hash = fingerprint(secret)
        index = People(session, self._index).email_index(letter.recipient)
        life = ACTIVATION_LIFE if letter.purpose is Purpose.ACTIVATION else self.life
        await letters.add_link(session, token_hash, index, self._sealed(letter, token_hash.hex()), now, life)
        return secret

    async def behind(self, session: AsyncSession, secret: str | None, now: datetime, *purposes: Purpose) -> Letter:
        """What a link was written for; raises RefusedError where it is used, too old, or another sort of link."""
        token_hash = fingerprint(secret or "")
        sealed = await letters.link(session, token_hash, now)
        letter = self._opened(sealed, token_hash.hex()) if sealed else None
        if letter is None or letter.purpose not in purposes:
            raise RefusedError(Refusal.LINK_USED)
        return letter

    async def spend(self, session: AsyncSession, secret: str | None, now: datetime) -> None:
        """Use a link, once; raises RefusedError where somebody was faster."""
        if not await letters.spend_link(session, fingerprint(secret or ""), now):
            raise RefusedError(Refusal.LINK_USED)

    def _sealed(self, letter: Letter, context: str) -> bytes:
        return self._key.seal(json.dumps(asdict(letter)).encode(), context)

    def _opened(self, sealed: bytes, context: str) -> Letter:
        members = json.loads(self._key.open(sealed, context))
        return Letter(**members | {"purpose": Purpose(members["purpose"])})
