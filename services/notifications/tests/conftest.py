# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator, Iterator

import pytest
from notifications_alerts import Alerts
from notifications_browsers import PRIVATE, PushService, push_service
from notifications_calls import Calls, Provider, calls_provider
from notifications_chats import Chats, Homeserver, homeserver
from notifications_letters import Letters, Printer, first_pdf, letters_provider
from notifications_notify import Counter, open_counter
from notifications_post import Post
from notifications_rings import Rings
from notifications_servers import Door, Owners, Receiver, owners_door, owners_server, receiver_server
from notifications_sink import Sink, smtp_sink
from notifications_social import SocialServer
from notifications_social import social_server as serving
from notifications_texts import Provider as TextsProvider
from notifications_texts import Texts, texts_provider
from notifications_town import Town
from produced_events import misfits, produced

from parvis_notifications.main import SCOPES, internal_app, public_app
from parvis_notifications.service import send_letters
from parvis_notifications.settings import MIGRATIONS, Settings
from parvis_testing import Harness, migrated_settings, open_harness


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    with owners_door() as opened:
        yield opened


@pytest.fixture(scope="session")
async def notifications_settings(door: Door) -> Settings:
    return await migrated_settings(
        "notifications",
        Settings,
        MIGRATIONS,
        webhook_allowed_networks="127.0.0.0/8",
        push_private_keys=(PRIVATE,),
        push_allowed_networks="127.0.0.0/8",
        letters_offered=True,
        PARVIS_IDENTITY_INTERNAL_URL=door.url,
        PARVIS_REQUESTS_INTERNAL_URL=door.url,
        machine_client_secret="secret-of-this-service",
        mail_from="ne-pas-repondre@ville.example",
        sender_names={"paris": "Ville de Paris"},
        # Whatever they bring is checked by the api; where they are is what each test knows.
        voice_providers=tuple(Provider(name, url="http://127.0.0.1:9").settings() for name in ("first", "second")),
        chat_providers=tuple(Homeserver(name, url="http://127.0.0.1:9").settings() for name in ("first", "second")),
    )


@pytest.fixture(scope="session")
async def service(notifications_settings: Settings) -> AsyncIterator[Harness]:
    async with open_harness(
        "notifications",
        notifications_settings,
        MIGRATIONS,
        public_app=public_app,
        internal_app=internal_app,
        scopes=" ".join(code for code, _ in SCOPES) + " notifications.inbound.write",
    ) as harness:
        yield harness


@pytest.fixture
def owners(door: Door) -> Iterator[Owners]:
    with owners_server() as server:
        door.owners = server
        yield server
        door.owners = Owners()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiver_server() as server:
        yield server


@pytest.fixture
async def post(service: Harness, owners: Owners, sink: Sink) -> AsyncIterator[Post]:
    office = Post(service, owners, sink)
    yield office
    await office.aclose()
    events = await produced(service)
    await service.clean()
    assert misfits(events) == []


@pytest.fixture(scope="module")
def providers() -> Iterator[tuple[TextsProvider, TextsProvider]]:
    with texts_provider("first") as first, texts_provider("second") as second:
        yield first, second


@pytest.fixture
async def texts(post: Post, providers: tuple[TextsProvider, TextsProvider]) -> AsyncIterator[Texts]:
    for provider in providers:
        provider.faults, provider.asked = [], 0
        provider.store.__init__()  # type: ignore[misc]
    office = Texts(post, *providers)
    yield office
    await office.aclose()


@pytest.fixture(scope="module")
def printers() -> Iterator[tuple[Printer, Printer]]:
    with letters_provider("first") as first, letters_provider("second") as second:
        yield first, second


@pytest.fixture
async def letters(post: Post, printers: tuple[Printer, Printer]) -> AsyncIterator[Letters]:
    for printer in printers:
        printer.faults = []
        printer.store.__init__()  # type: ignore[misc]
    office = Letters(post, *printers)
    yield office
    await office.aclose()


@pytest.fixture
async def counter(post: Post) -> AsyncIterator[Counter]:
    async with open_counter(post) as opened:
        yield opened


@pytest.fixture
async def quick(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> Letters:
    """Setting a letter takes a process; where its words do not matter all letters are the first."""
    monkeypatch.setattr(send_letters, "letter_pdf", first_pdf)
    return letters


@pytest.fixture(scope="module")
def pushes() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture(scope="module")
def social_server() -> Iterator[SocialServer]:
    with serving() as service:
        yield service


@pytest.fixture
async def town(post: Post) -> AsyncIterator[Town]:
    made = Town(post)
    assert (await made.topic()).status_code == 200
    yield made
    await made.aclose()


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    yield Alerts(town)
    await town.aclose()


@pytest.fixture(scope="module")
def voices() -> Iterator[tuple[Provider, Provider]]:
    with calls_provider("first") as first, calls_provider("second") as second:
        yield first, second


@pytest.fixture
async def rings(post: Post, voices: tuple[Provider, Provider]) -> AsyncIterator[Rings]:
    for provider in voices:
        provider.faults, provider.asked = [], 0
        provider.store.__init__()  # type: ignore[misc]
    made = Rings(post, *voices)
    yield made
    await made.aclose()


@pytest.fixture
def calls(alerts: Alerts, voices: tuple[Provider, Provider]) -> Calls:
    for provider in voices:
        provider.faults, provider.asked = [], 0
        provider.store.__init__()  # type: ignore[misc]
    return Calls(alerts, *voices)


@pytest.fixture(scope="module")
def homeservers() -> Iterator[tuple[Homeserver, Homeserver]]:
    with homeserver("first") as first, homeserver("second") as second:
        yield first, second


@pytest.fixture
async def chats(post: Post, homeservers: tuple[Homeserver, Homeserver]) -> AsyncIterator[Chats]:
    for each in homeservers:
        each.store.__init__()  # type: ignore[misc]
    office = Chats(post, *homeservers)
    yield office
    await office.aclose()
