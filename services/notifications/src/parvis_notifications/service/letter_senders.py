# SPDX-License-Identifier: EUPL-1.2
"""What has letters printed and posted, and what asks about them."""

from typing import Final

from parvis_kit.runtime import Runtime
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.db.reports import Reports
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.ask_about_letters import LetterAsker
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.fingerprints import Fingerprints
from parvis_notifications.service.letter_routes import LetterRoutes
from parvis_notifications.service.returned_letters import ReturnedLetters
from parvis_notifications.service.send_deliveries import DeliverySender, Pace
from parvis_notifications.service.send_letters import SendLetter
from parvis_notifications.settings import Settings

# To be set, and to have a turn.
_MARGIN_SECONDS: Final = 120.0
# A token, a draft, its document, its recipient, its end, and that it is taken back.
_ANSWERS: Final = 6


def letter_senders(
    runtime: Runtime[Settings], routes: LetterRoutes, sending: Bell, asking: Bell
) -> tuple[DeliverySender, LetterAsker]:
    """The two loops; the routes are whoever's made them."""
    settings, database = runtime.settings, runtime.database
    deliveries = Deliveries(database, Channel.LETTER)
    send = SendLetter(deliveries, routes, settings)
    returns = ReturnedLetters(database, runtime.persons, Fingerprints(runtime.blind_index))
    # Each lane has one letter at a time: a claim lasts while every provider in turn does not answer.
    claim_seconds = _MARGIN_SECONDS + _ANSWERS * settings.letter_timeout_seconds * max(1, len(routes))
    pace = Pace(settings.letter_lanes, claim_seconds, settings.poll_seconds)
    return (
        DeliverySender("letter", deliveries, runtime.persons, [send] * settings.letter_lanes, pace, sending),
        LetterAsker(Reports(database, Channel.LETTER), deliveries, routes, returns, settings, asking),
    )
