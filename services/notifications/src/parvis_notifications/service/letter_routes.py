# SPDX-License-Identifier: EUPL-1.2
"""Who prints and posts letters, as the settings have it."""

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_notifications.db.paces import Paces
from parvis_notifications.letter_settings import LetterPost, MailRoomSettings
from parvis_notifications.outgoing.letters import LetterProvider
from parvis_notifications.outgoing.maileva import Maileva
from parvis_notifications.service.mail_room import MailRoom
from parvis_notifications.service.provider_routes import ProviderRoute, ProviderRoutes
from parvis_notifications.service.turns import Turns
from parvis_notifications.settings import Settings

LetterRoute = ProviderRoute[LetterProvider]
LetterRoutes = ProviderRoutes[LetterProvider]


def letter_routes(settings: Settings, database: Database, persons: PersonKeys) -> LetterRoutes:
    """In their order; they hold connections from now on. A unit of theirs is a page."""

    def provider(each: LetterPost) -> LetterProvider:
        if isinstance(each, MailRoomSettings):
            return MailRoom(each, database, persons)
        return Maileva(each, timeout=settings.letter_timeout_seconds)

    paces = Paces(database.pool)
    made: list[LetterRoute] = [
        ProviderRoute(provider(each), each.page_millicents, Turns(paces, f"letter/{each.name}", each.per_second))
        for each in settings.letter_providers
    ]
    return ProviderRoutes(made)
