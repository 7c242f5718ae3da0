# SPDX-License-Identifier: EUPL-1.2
"""Signing in by a passkey, to whichever account it is of: no address is typed, so none can be tried."""

from datetime import datetime
from uuid import UUID

from parvis_identity.db import audit, passkeys
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.passkey import Passkey, WrongPasskeyError
from parvis_identity.domain.throttle import Door
from parvis_identity.service.local_session import Cookies, Kept, LocalSessions
from parvis_identity.service.passkey_ceremony import Ceremonies, Question, credential_id, parsed, user_handle
from parvis_identity.service.refused import note_refused
from parvis_identity.service.throttle import Throttle
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database, UnitOfWork
from parvis_kit.logs import logger

_log = logger(__name__)


class PasskeySignIn:
    """The use case, with what it needs."""

    def __init__(
        self,
        database: Database,
        persons: PersonKeys,
        throttle: Throttle,
        sessions: LocalSessions,
        ceremonies: Ceremonies,
    ) -> None:
        self._database = database
        self._persons = persons
        self._throttle = throttle
        self._sessions = sessions
        self._ceremonies = ceremonies

    def ask(self, browser: str, now: datetime) -> Question:
        """The question that this browser has a key sign."""
        return self._ceremonies.ask_for_signature(_place(browser), now)

    async def sign_in(self, sealed: str | None, answer: str | None, kept: Kept, source: str, now: datetime) -> Cookies:
        """A new session for the owner of the key.

        Raises WrongPasskeyError, TooManyAttemptsError, or RefusedError for an erased account.
        """
        passkey = None
        try:
            challenge = await self._ceremonies.challenge(sealed, _place(kept.browser), now)
            given = parsed(answer)
            passkey = await self._passkey(credential_id(given), user_handle(given))
            signed = self._ceremonies.signature(challenge, given, passkey)
        except WrongPasskeyError:
            # Nobody guesses a signature: a right one waits for nothing that others do, and who makes wrong ones does.
            await self._throttle.take(self._throttle.source(source, Door.PASSKEY), now=now)
            whose = passkey.person if passkey else None
            await note_refused(self._database, Action.PASSKEY_REFUSED, whose, now)
            raise
        try:
            await self._persons.of(passkey.person)
        except KeyDestroyedError as error:
            raise RefusedError(Refusal.ERASED) from error
        async with self._database.unit_of_work() as uow:
            backed_up = signed.credential_backed_up
            if not await passkeys.use(uow.session, passkey.id, signed.new_sign_count, now, backed_up=backed_up):
                await self._copied(uow, passkey, now)
                raise WrongPasskeyError
            cookies = await self._sessions.open(uow.session, passkey.person, passkey.methods, kept, now)
            await uow.commit()
        return cookies

    async def _copied(self, uow: UnitOfWork, passkey: Passkey, now: datetime) -> None:
        _log.warning("passkey_counter_stale", passkey=str(passkey.id))
        on = Thing("person", str(passkey.person))
        act = Act(Action.PASSKEY_COPIED, Actor("service", "identity"), on, now, details={"passkey": [str(passkey.id)]})
        await audit.record(uow.session, act)
        await uow.commit()

    async def _passkey(self, credential: bytes, owner: UUID) -> Passkey:
        async with self._database.reading() as session:
            found = await passkeys.by_credential(session, credential)
        # The device names the owner too (section 7.2, step 6): both must be of one account.
        if found is None or found.person != owner:
            raise WrongPasskeyError
        return found


def _place(browser: str) -> str:
    return f"sign-in/{browser}"
