# SPDX-License-Identifier: EUPL-1.2
"""Letters over SMTP, against a relay that listens."""

from collections.abc import Iterator

import pytest
from notifications_sink import Sink, smtp_sink

from parvis_identity.outgoing.smtp import Post, PostUnavailableError, UndeliverableError, Written
from parvis_identity.settings import Settings


@pytest.fixture
def relay() -> Iterator[Sink]:
    with smtp_sink() as sink:
        yield sink


def post(settings: Settings, port: int) -> Post:
    return Post(settings.model_copy(update={"smtp_port": port, "smtp_timeout_seconds": 20.0}))


def letter(recipient: str = "zoe@example.fr") -> Written:
    return Written(
        recipient=recipient,
        sender_name="Ville d'Évry",
        subject="Ouvrez votre compte – Évry",
        text="Bonjour,\n\nSuivez ce lien : https://evry.example/account/registration/finish?token=" + "x" * 43 + "\n",
        language="fr",
    )


async def test_a_letter_arrives_as_it_was_written(identity_settings: Settings, relay: Sink) -> None:
    await post(identity_settings, relay.port).send(letter())
    (mail,) = relay.mails()
    assert relay.envelopes == [("ne-pas-repondre@localhost.localdomain", "zoe@example.fr")]
    assert mail["subject"] == "Ouvrez votre compte – Évry"
    assert mail["from"].addresses[0].display_name == "Ville d'Évry"
    assert mail["auto-submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == letter().text


async def test_a_refusal_for_good_and_one_for_now_are_told_apart(identity_settings: Settings, relay: Sink) -> None:
    sender = post(identity_settings, relay.port)
    for reply, expected in (
        ("550 5.1.1 no such user", UndeliverableError),
        ("451 4.7.1 greylisted", PostUnavailableError),
    ):
        relay.recipient_replies.append(reply)
        with pytest.raises(expected, match=reply[:3]):
            await sender.send(letter())
    for reply, expected in (("554 5.7.1 no", UndeliverableError), ("452 4.3.1 full", PostUnavailableError)):
        relay.content_replies.append(reply)
        with pytest.raises(expected, match=reply[:3]):
            await sender.send(letter())
    assert relay.taken == []


async def test_a_relay_that_is_away_is_tried_later(identity_settings: Settings) -> None:
    with pytest.raises(PostUnavailableError):
        await post(identity_settings, 1).send(letter())


async def test_an_address_beyond_ascii_is_written_to(identity_settings: Settings, relay: Sink) -> None:
    await post(identity_settings, relay.port).send(letter("zoé@example.fr"))
    assert relay.envelopes[0][1] == "zoé@example.fr"
