# SPDX-License-Identifier: EUPL-1.2
"""The life of a request at another body, told where it is read: to its author in public words, to agents in notes."""

from contextlib import suppress
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.locale import Text
from parvis_requests.db import open311_bodies, requests
from parvis_requests.db.tables import Forwarding
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.service.write_message import store_words

_WHY: Final = {
    "unknown-whether-received": Text(
        fr="L'envoi n'a pas reçu de réponse et la demande ne s'y retrouve pas : vérifiez auprès de l'organisme, puis"
        " décidez de renvoyer, d'inscrire le numéro donné ou de renoncer.",
        en="The call was not answered, and the request is not found there: ask the body, then decide to send it again,"
        " to note the number that it got, or to give up.",
    ),
    "forwarded-no-longer": Text(
        fr="Les demandes de ce type ne lui sont plus transmises.", en="Requests of this type go there no longer."
    ),
    "person-erased": Text(fr="Les données de la personne sont effacées.", en="The person's data were erased."),
    "number-taken": Text(
        fr="Le numéro donné est celui d'une autre demande.", en="The number given is that of another request."
    ),
}


async def tell_forwarded(
    session: AsyncSession, forwarding: Forwarding, number: str, persons: PersonKeys, now: datetime
) -> None:
    """The author is told who handles their request, under which number."""
    name = await name_of(session, forwarding)
    words = Text(
        fr=f"Votre demande a été transmise à {name.fr}, qui la suit sous le numéro {number}.",
        en=f"Your request was forwarded to {name.en}, which follows it up under number {number}.",
    )
    await say(session, forwarding, Visibility.PUBLIC, words, persons, now)


async def tell_failed(
    session: AsyncSession, forwarding: Forwarding, code: str, said: str, persons: PersonKeys, now: datetime
) -> None:
    """The agents are told that the request did not go there, why, and that they decide."""
    name, why = await name_of(session, forwarding), _WHY.get(code, Text(fr=said or code, en=said or code))
    words = Text(
        fr=f"La transmission à {name.fr} n'a pas abouti ({code}). {why.fr}",
        en=f"Forwarding to {name.en} did not succeed ({code}). {why.en}",
    )
    await say(session, forwarding, Visibility.INTERNAL, words, persons, now)


async def hold(session: AsyncSession, forwarding: Forwarding) -> Row:
    """The request, locked before its forwarding, as whoever acts on it does."""
    return await requests.one(session, Actor.service(forwarding.collectivity), forwarding.request_id, lock=True)


async def name_of(session: AsyncSession, forwarding: Forwarding) -> Text:
    """What the body is called."""
    body = await open311_bodies.one(session, forwarding.collectivity, forwarding.body_id)
    return Text.model_validate(body.name)


async def say(
    session: AsyncSession,
    forwarding: Forwarding,
    visibility: Visibility,
    words: Text,
    persons: PersonKeys,
    now: datetime,
) -> None:
    """Write it into the request, in the caller's transaction; nobody is left to be told once the author was erased."""
    service, row = Actor.service(forwarding.collectivity), await hold(session, forwarding)
    with suppress(KeyDestroyedError):
        after = requests.entity(row).after_word()
        await store_words(session, after, service, visibility, words, persons=persons, now=now)
