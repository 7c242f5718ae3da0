# SPDX-License-Identifier: EUPL-1.2
"""Whom an agent filed or booked for has neither an account nor a token: no link leads them on, so the mail says how."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from notifications_appointments import Appointment
from notifications_browsers import Browsers, PushService
from notifications_fallbacks import choose, explained, fall_back, refused_mails, said
from notifications_post import Post, event
from notifications_replies import REPLIES
from notifications_sink import form
from notifications_templates import Desk
from notifications_texts import Texts

from parvis_testing import Caller

TOWN = "https://ville.example"
NBSP = "\N{NO-BREAK SPACE}"
OWN_REQUEST = ("submitted", "taken", "replied", "resolved", "status-changed")
REPLY = "01a20ddd-7f10-7c15-8d9e-0b7a54f0a6c2"
MEETING = ("offered", "booked", "moved", "cancelled")
PAGE, DESK = f"{TOWN}/contact", "Accueil, 01 42 76 40 40"
TO_THE_TOWN = {
    "fr": "Pour toute question, adressez-vous à votre collectivité (Ville de Paris).",
    "en": "If you have a question, ask your local authority (Ville de Paris).",
}
OR_BY_ANSWER = {
    "fr": f"Pour toute question, répondez à ce courriel ou contactez-nous{NBSP}: {PAGE}",
    "en": f"If you have a question, reply to this mail or contact us: {PAGE}",
}
BY_TELEPHONE = {
    "fr": f"Pour toute question, contactez-nous{NBSP}: {DESK}",
    "en": f"If you have a question, contact us: {DESK}",
}
# What only who has an account or a token can do.
ALONE = ("Vous pouvez", "acceptez-le", "annulez-le", "You can", "please accept", "please cancel", "Suivre", "Follow")


@pytest.fixture
def caller(post: Post) -> Caller:
    post.more["public_url"] = TOWN
    post.owners.replies[REPLY] = "Voilà."
    return post.person()


def alone(post: Post, person: Caller, language: str, **more: Any) -> None:
    """As an agent has taken them down."""
    contact = {"email": "lea@example.org", "language": language, "can_follow": False}
    post.owners.reporters[person.subject] = contact | more


async def mails_of(post: Post, person: Caller, *names: str) -> list[EmailMessage]:
    """What they are told about a request of theirs."""
    post.owners.contacts.pop(person.subject, None)
    for sequence, name in enumerate(names, 1):
        await post.told(person, name, sequence=sequence)
    await post.send_mails()
    return post.sink.mails()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, TO_THE_TOWN),
        ({"contacts": {"lyon": PAGE}}, TO_THE_TOWN),
        ({"reply_address": REPLIES, "contacts": {"paris": PAGE}}, OR_BY_ANSWER),
        ({"contacts": {"paris": DESK}}, BY_TELEPHONE),
    ],
)
async def test_where_no_link_leads_on_a_mail_says_how_the_town_is_reached(
    post: Post, caller: Caller, language: str, settings: dict[str, Any], said: dict[str, str]
) -> None:
    post.more |= settings
    alone(post, caller, language)
    mails = await mails_of(post, caller, *OWN_REQUEST)
    assert len(mails) == len(OWN_REQUEST)
    for mail in mails:
        text, html = form(mail, "plain"), form(mail, "html")
        assert said[language] in " ".join(text.split(" ")), text
        assert said[language].removesuffix(PAGE) in html
        assert f'href="{TOWN}"' not in html, "the front page has nobody to ask"
        assert (f'<a href="{PAGE}">{PAGE}</a>' in html) is (said is OR_BY_ANSWER)
        assert "/v1/requests/" not in text + html
        assert [words for words in ALONE if words in text] == []
    assert {row["link"] for row in await post.rows("message")} == {""}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_mail_of_an_appointment_asks_them_to_call_the_town(post: Post, caller: Caller, language: str) -> None:
    post.owners.contacts[caller.subject]["language"] = language
    alone(post, caller, language)
    meeting = Appointment(post, caller, datetime.now(UTC) + timedelta(days=90))
    meeting.tracked = {"request_id": "01a20ddd-7f10-7c15-8d9e-0b7a54f0a6c3", "tracked_reference": "R-2026-7KQ4-XM7"}
    contact = post.owners.contacts[caller.subject]
    for name in MEETING:
        post.owners.contacts[caller.subject] = contact
        meeting.state = {"offered": "offered", "cancelled": "cancelled"}.get(name, "booked")
        meeting.offer_ends_at = datetime.now(UTC) + timedelta(days=1) if name == "offered" else None
        happened = meeting.event(name)
        del post.owners.contacts[caller.subject]
        await post.hear(happened)
        await post.compose()
    await post.send_mails()
    mails = post.sink.mails()
    assert len(mails) == len(MEETING)
    for mail in mails:
        text = form(mail, "plain")
        assert TO_THE_TOWN[language] in text
        assert (str(meeting.id) in text, "XM7" in text) == (False, False)
        assert [words for words in ALONE if words in text] == []


@pytest.mark.parametrize("known", [{"can_follow": True}, {}])
async def test_who_has_a_token_is_led_to_what_it_opens(post: Post, caller: Caller, known: dict[str, bool]) -> None:
    """Also where the owner says nothing of it, as its version before."""
    alone(post, caller, "fr")
    del post.owners.reporters[caller.subject]["can_follow"]
    post.owners.reporters[caller.subject] |= known
    (mail,) = await mails_of(post, caller, "status-changed")
    text = form(mail, "plain")
    (notice,) = await post.rows("message")
    assert f"Suivre ma demande{NBSP}: {notice['link']}" in text
    assert "Vous pouvez la suivre à tout moment" in text
    assert "Pour toute question" not in text


async def test_a_mail_that_is_answered_does_not_say_that_answers_are_not_read(post: Post, caller: Caller) -> None:
    alone(post, caller, "fr")
    post.more["reply_address"] = REPLIES
    (mail,) = await mails_of(post, caller, "taken")
    for text in (form(mail, "plain"), form(mail, "html")):
        assert f"automatique{NBSP}; votre réponse, si vous en faites une, est lue." in text
        assert "ne sont pas lues" not in text


async def test_the_towns_own_words_know_nothing_of_it_and_go_with_the_same_end(post: Post, caller: Caller) -> None:
    words = {"fr": {"subject": "Du neuf : ((reference))", "body": "((asked)) : ((status))\n\n((remedies))"}}
    desk = Desk(post, post.service.agent())
    await desk.published(name="Étape", occasion="request-moved", variables=[], texts=words)
    alone(post, caller, "fr")
    (mail,) = await mails_of(post, caller, "status-changed")
    assert mail["Subject"].startswith("Du neuf")
    assert TO_THE_TOWN["fr"] in form(mail, "plain")
    assert TO_THE_TOWN["fr"] in form(mail, "html")


@pytest.mark.parametrize("can_follow", [True, False])
async def test_the_towns_own_words_say_to_those_who_follow_it_alone_that_they_can(
    post: Post, caller: Caller, can_follow: bool
) -> None:
    occasions = (await post.get(post.service.agent(), "/v1/message-occasions")).json()["items"]
    (moved,) = [each for each in occasions if each["occasion"] == "request-moved"]
    assert moved["defaults"]["fr"]["body"].endswith(
        "\n\n((follows??Vous pouvez la suivre à tout moment, et nous y écrire.))"
    )
    own = {"fr": moved["defaults"]["fr"] | {"subject": "Du neuf"}}
    await Desk(post, post.service.agent()).published(name="Étape", occasion="request-moved", variables=[], texts=own)
    alone(post, caller, "fr", can_follow=can_follow)
    (mail,) = await mails_of(post, caller, "status-changed")
    assert mail["Subject"] == "Du neuf"
    assert ("Vous pouvez la suivre" in form(mail, "plain"), "Vous pouvez la suivre" in form(mail, "html")) == (
        can_follow,
        can_follow,
    )


async def test_what_leads_nowhere_is_not_taken_for_being_about_the_same(texts: Texts) -> None:
    reader = texts.person()
    texts.post.owners.contacts[reader.subject]["can_follow"] = False
    await choose(texts.post, reader, "email", "sms", topic="appointments")
    meetings = [Appointment(texts.post, reader, datetime.now(UTC) + timedelta(days=300)) for _ in range(2)]
    for meeting, name in zip(meetings, ("booked", "cancelled"), strict=True):
        meeting.state = name
        await texts.post.hear(meeting.event(name))
        await texts.post.compose()
    await refused_mails(texts.post)
    await fall_back(texts.post)
    assert said((await explained(texts.post, reader, at=1))["items"]["sms"]) == ("sent", "next-in-order", "pending")


async def test_a_notification_that_leads_nowhere_opens_the_town(post: Post, pushes: PushService) -> None:
    pushes.store.__init__()  # type: ignore[misc]
    browsers = Browsers(post, pushes)
    browser = browsers.browser()
    reader = await browsers.reader(browser)
    post.owners.contacts[reader.subject]["can_follow"] = False
    await post.hear(event("taken", author=reader.subject))
    await post.compose()
    await browsers.send()
    (told,) = browsers.told(browser)
    assert told["said"]["notification"]["navigate"] == "http://localhost:8080"
