# SPDX-License-Identifier: EUPL-1.2
"""What has letters printed and posted, and what asks about them."""

from parvis_kit.runtime import Runtime
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.db.reports import Reports
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.ask_about_letters import LetterAsker
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.fingerprints import Fingerprints
from parvis_notifications.service.letter_routes import LetterRoutes
from parvis_notifications.service.present_home import PresentHome
from parvis_notifications.service.returned_letters import ReturnedLetters
from parvis_notifications.service.send_deliveries import DeliverySender, Pace
from parvis_notifications.service.send_letters import SendLetter, claim_seconds
from parvis_notifications.settings import Settings


def letter_senders(
    runtime: Runtime[Settings], routes: LetterRoutes, owners: Owners, sending: Bell, asking: Bell
) -> tuple[DeliverySender, LetterAsker]:
    """The two loops; the routes are whoever's made them."""
    settings, database = runtime.settings, runtime.database
    deliveries = Deliveries(database, Channel.LETTER)
    fingerprints = Fingerprints(runtime.blind_index)
    send = SendLetter(database, deliveries, routes, PresentHome(owners, deliveries, fingerprints), settings)
    returns = ReturnedLetters(database, runtime.persons, fingerprints)
    pace = Pace(settings.letter_lanes, claim_seconds(settings, routes), settings.poll_seconds)
    return (
        DeliverySender("letter", deliveries, runtime.persons, [send] * settings.letter_lanes, pace, sending),
        LetterAsker(Reports(database, Channel.LETTER), deliveries, routes, returns, settings, asking),
    )
