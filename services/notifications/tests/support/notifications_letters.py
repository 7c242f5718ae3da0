# SPDX-License-Identifier: EUPL-1.2
"""Two providers of postal letters on loopback, and what sends to them as the worker does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from notifications_post import Post
from notifications_senders import Office
from notifications_served import served

from parvis_local.lettersink.faults import Fault
from parvis_local.lettersink.provider import Account, provider_routes
from parvis_local.lettersink.store import Letter, LetterStore
from parvis_local.simulators import LETTER_TOKENS
from parvis_notifications.letter_settings import LetterProviderSettings
from parvis_notifications.outgoing.letter_pdf import Letter as LetterText
from parvis_notifications.outgoing.letter_pdf import letter_pdf
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.ask_about_letters import LetterAsker
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.letter_routes import LetterRoutes, letter_routes
from parvis_notifications.service.letter_senders import letter_senders
from parvis_notifications.service.send_deliveries import DeliverySender
from parvis_testing import Caller

NAME, SECRET = "ville", "secret-of-the-account"
ADDRESS = ["Mme Zoé Lefèvre", "12 bis, rue de l'Église", "75011 Paris"]

_PDF: list[bytes] = []


async def first_pdf(letter: LetterText) -> bytes:
    """The first letter that was set, whatever this one says."""
    if not _PDF:
        _PDF.append(await letter_pdf(letter))
    return _PDF[0]


@dataclass
class Printer:
    """The local stack's simulator; the faults come one after the other, then all goes well."""

    name: str
    store: LetterStore = field(default_factory=LetterStore)
    account: Account = field(default_factory=lambda: Account(NAME, NAME, SECRET))
    faults: list[Fault] = field(default_factory=list)
    url: str = ""

    def fault(self, letter: Letter, submitted: bool) -> Fault | None:
        early = {Fault.AWAY, Fault.BAD_ADDRESS, Fault.TOO_LARGE}
        if self.faults and (self.faults[0] in early) is not submitted:
            return self.faults.pop(0)
        return letter.fault

    def letters(self) -> list[Letter]:
        return self.store.newest(1_000)

    def posted(self) -> list[Letter]:
        return [letter for letter in self.letters() if letter.submitted_at is not None]

    def settle(self) -> None:
        """As if the time had passed in which letters are put into envelopes."""
        for letter in self.posted():
            letter.submitted_at = (letter.submitted_at or 0.0) - 10

    def settings(self, secret: str = SECRET, **changes: Any) -> LetterProviderSettings:
        given = {
            "name": self.name,
            "kind": "maileva",
            "url": self.url,
            "token_url": self.url + LETTER_TOKENS,
            "client_id": NAME,
            "client_secret": secret,
            "username": NAME,
            "password": secret,
            "page_millicents": 10_000,
            "postage_millicents": 145_000,
            "per_second": 1_000,
        }
        return LetterProviderSettings.model_validate(given | changes)


@contextmanager
def letters_provider(name: str) -> Iterator[Printer]:
    printer = Printer(name)
    with served(lambda _: provider_routes(printer.store, printer.account, printer.fault)) as printer.url:
        yield printer


class Letters:
    """The part of the worker that has letters posted, and an application that writes them."""

    def __init__(self, post: Post, first: Printer, second: Printer) -> None:
        self.post, self.first, self.second = post, first, second
        self.office = Office(post)
        post.more |= {
            "letter_providers": (first.settings(), second.settings()),
            "letter_timeout_seconds": 10.0,
            "letter_settle_seconds": 0.0,
            "letter_lanes": 1,
            "letter_sender_lines": {"paris": ("1 place de l'Hôtel de Ville", "75004 Paris")},
        }
        self._owners = Owners(post.settings())
        self._routes: list[LetterRoutes] = []

    async def template(self, **changes: Any) -> str:
        return await self.office.desk.published(channels=["letter"], **changes)

    async def write(self, template: str, key: str, lines: list[str] = ADDRESS, **changes: Any) -> httpx.Response:
        body = {"channel": "letter", "to": None, "address_lines": lines}
        return await self.office.send(key, template, **body | changes)

    async def waiting(self, *lines: str) -> tuple[str, str]:
        """A letter that waits to be posted: the key by which it is read, and its id."""
        key = await self.office.key()
        made = await self.write(await self.template(), key, list(lines) or ADDRESS)
        assert made.status_code == 201, made.text
        return key, made.json()["id"]

    def person(self, email: str | None = None, home: list[str] | None = ADDRESS) -> Caller:
        reader = self.post.person(email)
        self.post.owners.contacts[reader.subject]["postal_address"] = home
        return reader

    async def choose(self, reader: Caller, *channels: str) -> None:
        quiet = {"begins": "00:00", "ends": "23:59", "time_zone": "Europe/Paris"}
        chosen = [{"topic": "requests", "channels": list(channels)}]
        body = {"language": None, "quiet_hours": quiet, "topics": chosen}
        headers = reader.headers | {"If-Match": '"0"'}
        answer = await self.post.client.put("/v1/notification-preferences", json=body, headers=headers)
        assert answer.status_code == 200, answer.text

    async def explained(self, reader: Caller) -> tuple[str, str, str | None]:
        """What was decided of the newest message and a letter: outcome, reason, and how far it has come."""
        newest = (await self.post.get(reader, "/v1/inbox-messages?limit=1")).json()["items"][0]
        answer = await self.post.get(reader, f"/v1/inbox-messages/{newest['id']}/deliveries")
        (item,) = [item for item in answer.json()["items"] if item["channel"] == "letter"]
        return item["outcome"], item["reason"], item["state"]

    def worker(self, **changes: Any) -> tuple[DeliverySender, LetterAsker]:
        """A new one, whose breakers know nothing yet."""
        runtime, settings = self.post.service.runtime, self.post.settings(**changes)
        routes = letter_routes(settings, runtime.database, runtime.persons)
        self._routes.append(routes)
        with_settings = replace(runtime, settings=settings)
        return letter_senders(with_settings, routes, self._owners, Bell(), Bell())

    async def send(self, **changes: Any) -> None:
        sender, _ = self.worker(**changes)
        await sender.round()

    async def ask(self, **changes: Any) -> None:
        """About everything that waits for news."""
        await self.post.pool.execute("UPDATE delivery SET ask_at = now() WHERE ask_at IS NOT NULL")
        _, asker = self.worker(**changes)
        await asker.round()

    async def row(self) -> dict[str, Any]:
        (row,) = await self.post.pool.fetch("SELECT * FROM delivery WHERE channel = 'letter'")
        return dict(row)

    async def attempts(self) -> list[tuple[str, str, str]]:
        asked = "SELECT provider, outcome, reply FROM delivery_attempt ORDER BY began_at"
        return [tuple(row) for row in await self.post.pool.fetch(asked)]

    async def aclose(self) -> None:
        for routes in self._routes:
            await routes.close()
        await self._owners.__aexit__(None, None, None)
