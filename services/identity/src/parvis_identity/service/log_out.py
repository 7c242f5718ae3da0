# SPDX-License-Identifier: EUPL-1.2
"""Signing out: here, and at the provider that signed the person in (OpenID Connect RP-Initiated Logout 1.0)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from parvis_identity.db import clients, sessions
from parvis_identity.domain.answer import with_parameters
from parvis_identity.domain.authorization import Parameters, returned_state
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.domain.session import Session
from parvis_identity.providers.relying_party import RelyingParty
from parvis_identity.service.continuation import open_json, seal_json
from parvis_identity.service.end_sessions import end_sessions
from parvis_identity.service.token_reader import TokenReader
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_log = logger(__name__)
_AFTER = "after-logout"
KINDS = (Audience.CITIZEN.value, Audience.AGENT.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Where a browser goes after it has signed out; nowhere but to a registered address of the client that asked.

    ``look`` is the collectivity whose page says that it is done, where the browser stays here.
    """

    redirect_uri: str | None = None
    state: str | None = None
    look: str | None = None

    @property
    def url(self) -> str | None:
        """The address, with the client's ``state``."""
        if self.redirect_uri is None:
            return None
        return with_parameters(self.redirect_uri, {"state": self.state})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A wish to sign out: which sessions of this browser it concerns, and whether the person must confirm it."""

    leaving: Leaving
    sessions: tuple[Session, ...]
    confirmed: bool


class LogOut:
    """The use case, with what it needs."""

    def __init__(
        self,
        database: Database,
        master: MasterKey,
        persons: PersonKeys,
        reader: TokenReader,
        providers: Mapping[str, RelyingParty],
    ) -> None:
        self._database = database
        self._key = master.sealing("logout")
        self._persons = persons
        self._reader = reader
        self._providers = providers

    async def wish(self, parameters: Parameters, cookies: Mapping[str, str]) -> Wish:
        """What a client, or a person, asks for; raises RefusedError for a return address that is not registered.

        Args:
            parameters: those of the logout request.
            cookies: the secrets of this browser's sessions, by kind of person.
        """
        hint = await self._reader.id_token(parameters.get("id_token_hint"))
        client_id = parameters.get("client_id") or (hint.client_id if hint else None)
        if hint and client_id != hint.client_id:
            raise RefusedError(Refusal.UNKNOWN_CLIENT)
        leaving = await self._leaving(parameters, client_id)
        found = await self._sessions(cookies)
        if hint:
            named = tuple(session for session in found if session.id == hint.session)
            if named or not found:
                return Wish(leaving=leaving, sessions=named, confirmed=True)
        return Wish(leaving=leaving, sessions=found, confirmed=not found)

    async def end(self, wish: Wish, now: datetime) -> str | None:
        """End the sessions with all their tokens; returns where to send the browser, None where to nobody."""
        departures: list[str] = []
        for session in wish.sessions:
            id_token = await self._end(session, now)
            party = self._providers.get(session.provider)
            if id_token and party:
                url = await party.end_session_url(id_token, self._after(wish.leaving))
                departures += [url] if url else []
        # A browser can be sent to one provider only: citizens' sessions come first.
        return departures[0] if departures else wish.leaving.url

    def returned(self, state: str | None) -> Leaving:
        """Where a browser goes that comes back from the provider; raises RefusedError where we did not send it."""
        return Leaving(**open_json(self._key, state, _AFTER))

    def seal(self, leaving: Leaving, browser: str) -> str:
        """The wish as a field of the form that asks for confirmation."""
        return seal_json(self._key, asdict(leaving), browser)

    def open(self, text: str | None, browser: str) -> Leaving:
        """The wish of a form; raises RefusedError where the form is not ours."""
        return Leaving(**open_json(self._key, text, browser))

    async def of_browser(self, leaving: Leaving, cookies: Mapping[str, str]) -> Wish:
        """A confirmed wish: every session of this browser."""
        return Wish(leaving=leaving, sessions=await self._sessions(cookies), confirmed=True)

    def _after(self, leaving: Leaving) -> str:
        return seal_json(self._key, asdict(leaving), _AFTER)

    async def _leaving(self, parameters: Parameters, client_id: str | None) -> Leaving:
        uri = parameters.get("post_logout_redirect_uri")
        if uri is None:
            return Leaving()
        async with self._database.reading() as session:
            client = await clients.find_client(session, client_id) if client_id and client_id.isprintable() else None
        if client is None or not client.registered_post_logout_redirect(uri):
            raise RefusedError(Refusal.UNREGISTERED_REDIRECT)
        return Leaving(redirect_uri=uri, state=returned_state(parameters))

    async def _sessions(self, cookies: Mapping[str, str]) -> tuple[Session, ...]:
        async with self._database.reading() as session:
            found = [await sessions.find(session, fingerprint(cookies[kind])) for kind in KINDS if kind in cookies]
        return tuple(one for one in found if one and one.ended_at is None)

    async def _end(self, session: Session, now: datetime) -> str | None:
        async with self._database.unit_of_work() as uow:
            sealed = await sessions.id_token(uow.session, session.id)
            await end_sessions(uow.session, session.person, "signed out", now, only=session.id)
            await uow.commit()
        _log.info("signed_out", provider=session.provider, kind=session.kind)
        if sealed is None:
            return None
        try:
            return (await self._persons.of(session.person)).open("id_token", sealed)
        except KeyDestroyedError:
            return None
