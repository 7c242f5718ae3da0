# SPDX-License-Identifier: EUPL-1.2
"""Letters on their way: to whom they go, what they cost, and what is known of them."""

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from notifications_letters import Letters
from notifications_post import Post
from notifications_senders import KEYS
from pypdf import PdfReader
from starlette.exceptions import HTTPException

from parvis_local.lettersink.faults import Fault
from parvis_notifications.api.given_recipients import channel_offered
from parvis_notifications.domain.breaker import FAILURES
from parvis_notifications.domain.sending import KeyKind, Sender
from parvis_notifications.domain.topic import Channel


async def test_an_application_has_a_letter_posted_and_learns_what_it_cost(letters: Letters) -> None:
    key, sent = await letters.waiting()
    view = (await letters.office.read(key, f"/{sent}")).json()
    assert (view["status"], view["to"]) == ("created", "Mme Zoé Lefèvre\n12 BIS RUE DE L EGLISE\n75011 PARIS")
    await letters.send()
    (letter,) = letters.first.posted()
    assert letter.lines == ["Mme Zoé Lefèvre", "12 BIS RUE DE L EGLISE", "75011 PARIS"]
    assert letter.recipients[0]["country_code"] == "FR"
    assert letter.options["custom_id"] == str((await letters.row())["id"])
    said = PdfReader(io.BytesIO(letter.documents[0].content)).pages[0].extract_text()
    for words in ("Ville de Paris", "1 place de l’Hôtel de Ville", "12 BIS RUE DE L EGLISE", "Votre carte 4012"):
        assert words.replace("’", "'") in said.replace("’", "'")
    letters.first.settle()
    await letters.ask()
    view = (await letters.office.read(key, f"/{sent}")).json()
    # A page and its address sheet, and the postage that the provider told.
    assert (view["status"], view["segments"], view["cost_millicents"]) == ("sent", 2, 145_000 + 2 * 10_000)
    assert (await letters.row())["report_status"] == "posted"
    assert (await letters.row())["ask_at"] is not None, "it may come back"
    (told,) = await letters.post.pool.fetch("SELECT data FROM outbox")
    assert "EGLISE" not in told["data"]


async def test_what_the_post_brings_back_is_told(quick: Letters) -> None:
    key, sent = await quick.waiting()
    await quick.send()
    quick.first.settle()
    await quick.ask()
    (letter,) = quick.first.posted()
    letter.returned_at = letter.submitted_at
    await quick.ask()
    view = (await quick.office.read(key, f"/{sent}")).json()
    assert (view["status"], view["completed_at"] is None) == ("permanent-failure", False)
    row = await quick.row()
    assert (row["state"], row["report_status"], row["ask_at"]) == ("bounced", "returned", None)
    assert row["cost_millicents"] == 165_000, "it is paid for all the same"


async def test_a_letter_refused_once_it_was_looked_at_is_told(quick: Letters) -> None:
    await quick.waiting("Mme Illisible", "1 rue Haute", "75011 Paris")
    await quick.send()
    quick.first.settle()
    await quick.ask()
    row = await quick.row()
    assert (row["state"], row["report_status"], row["cost_millicents"]) == ("bounced", "refused", None)


async def test_an_address_that_is_refused_is_final(quick: Letters) -> None:
    key, sent = await quick.waiting("Mme Nullepart", "1 rue Haute", "75011 Paris")
    await quick.send()
    row = await quick.row()
    assert (row["state"], row["last_reply"], quick.second.letters()) == ("failed", "bad-address", [])
    assert (await quick.office.read(key, f"/{sent}")).json()["status"] == "permanent-failure"


async def test_what_the_law_has_sent_goes_by_letter_where_nothing_else_reaches(letters: Letters) -> None:
    alone, reached, nowhere = letters.person(), letters.person("camille@example.org"), letters.person(home=None)
    for reader in (alone, reached, nowhere):
        await letters.post.told(reader, "submitted", reference="R-2026-7KQ4-XM7")
    assert await letters.explained(alone) == ("sent", "legal-notice", "pending")
    assert await letters.explained(reached) == ("standby", "reached-otherwise", None)
    assert await letters.explained(nowhere) == ("withheld", "no-address", None)
    await letters.send()
    (letter,) = letters.first.posted()
    assert letter.lines == ["Mme Zoé Lefèvre", "12 BIS RUE DE L EGLISE", "75011 PARIS"]
    said = PdfReader(io.BytesIO(letter.documents[0].content)).pages[0].extract_text()
    assert "R-2026-7KQ4-XM7" in said
    assert "http://localhost:8080/v1/requests/" in said.replace("\n", "")
    assert await letters.explained(alone) == ("sent", "legal-notice", "sent")


async def test_who_chose_letters_has_decisions_by_letter_and_nothing_else(quick: Letters) -> None:
    reader = quick.person("camille@example.org")
    await quick.choose(reader, "letter")
    await quick.post.told(reader, "taken")
    assert await quick.explained(reader) == ("withheld", "not-by-letter", None)
    await quick.post.told(reader, "resolved")
    # Quiet hours hold no letter up: it wakes nobody.
    assert await quick.explained(reader) == ("sent", "chosen", "pending")
    usual = quick.person("camille@example.org")
    await quick.post.told(usual, "resolved")
    assert await quick.explained(usual) == ("withheld", "not-chosen", None)


async def test_nothing_more_goes_where_the_post_found_nobody(quick: Letters) -> None:
    reader = quick.person(home=["Mme Inconnu", "1 rue Haute", "75011 Paris"])
    await quick.post.told(reader, "submitted")
    await quick.send()
    quick.first.settle()
    await quick.ask()
    assert await quick.explained(reader) == ("sent", "legal-notice", "bounced")
    await quick.post.told(reader, "submitted")
    assert await quick.explained(reader) == ("withheld", "address-unreachable", None)
    quick.post.owners.contacts[reader.subject]["postal_address"] = ["Mme Inconnu", "2 rue Haute", "75011 Paris"]
    await quick.post.told(reader, "submitted")
    assert await quick.explained(reader) == ("sent", "legal-notice", "pending")


async def test_a_letter_that_waited_goes_to_the_home_that_the_person_has_now(quick: Letters) -> None:
    moved, left, returned = [quick.person(home=["Mme Inconnu", f"{n} rue Haute", "75011 Paris"]) for n in (1, 2, 3)]
    for reader in (moved, left, returned, returned):
        await quick.post.told(reader, "submitted")
    contacts = quick.post.owners.contacts
    contacts[moved.subject]["postal_address"] = ["Mme Connue", "9 rue Basse", "75011 Paris"]
    contacts[left.subject]["postal_address"] = None
    for _ in range(3):
        await quick.send()
    quick.first.settle()
    await quick.ask()
    await quick.send()
    assert [letter.lines[1] for letter in quick.first.posted()[::-1]] == ["9 RUE BASSE", "3 RUE HAUTE"]
    assert await quick.explained(left) == ("sent", "legal-notice", "failed")
    assert await quick.explained(returned) == ("sent", "legal-notice", "failed"), "the first had come back"


async def test_while_nobody_says_where_the_person_lives_the_letter_waits(quick: Letters) -> None:
    reader = quick.person()
    await quick.post.told(reader, "submitted")
    quick.post.owners.down = True
    await quick.send()
    assert (await quick.row())["last_reply"] == "owner-unreachable"
    quick.post.owners.down = False
    await quick.post.pool.execute("UPDATE delivery SET due_at = now()")
    await quick.send()
    assert len(quick.first.posted()) == 1


async def test_while_nobody_may_post_it_nobody_asks_where_the_person_lives(quick: Letters) -> None:
    reader = quick.person()
    await quick.post.told(reader, "submitted")

    def asked() -> int:
        return sum(reader.subject in call.path for call in quick.post.owners.calls)

    before = asked()
    await quick.send(letter_providers=())
    sender, _ = quick.worker()
    quick.first.faults = quick.second.faults = [Fault.AWAY] * 4 * FAILURES
    for _ in range(FAILURES + 2):
        await quick.post.due_now("delivery")
        await sender.round()
    assert asked() == before + FAILURES, "every breaker is open then"
    row = await quick.row()
    assert (row["state"], row["last_reply"]) == ("retry", "no-provider")
    assert row["due_at"] - await quick.post.pool.fetchval("SELECT now()") > timedelta(minutes=4)


async def test_a_name_of_a_town_that_is_longer_than_a_line_stops_no_letter(quick: Letters) -> None:
    await quick.waiting()
    await quick.send(sender_names={"paris": "Communauté de communes du Pays de Saint-Gilles-Croix-de-Vie"})
    (letter,) = quick.first.posted()
    assert letter.options["sender_address_line_2"] == "Communauté de communes du Pays de Sain"


async def test_an_address_that_fits_no_envelope_is_none(quick: Letters) -> None:
    reader = quick.person(home=["x" * 39, "1 rue Haute", "75011 Paris"])
    await quick.post.told(reader, "submitted")
    assert await quick.explained(reader) == ("withheld", "no-address", None)


async def test_abroad_the_country_is_named_and_its_code_told(letters: Letters) -> None:
    await letters.waiting("Herrn Max Mustermann", "Musterstraße 1", "53113 Bonn", "Allemagne")
    await letters.send()
    (letter,) = letters.first.posted()
    assert (letter.lines[-1], letter.recipients[0]["country_code"]) == ("53113 BONN", "DE")
    said = PdfReader(io.BytesIO(letter.documents[0].content)).pages[0].extract_text()
    assert "53113 BONN\nALLEMAGNE" in said


async def test_a_test_key_has_nothing_posted(letters: Letters) -> None:
    key = await letters.office.key("test")
    sent = await letters.write(await letters.template(), key)
    await letters.send()
    assert (letters.first.letters(), letters.second.letters()) == ([], [])
    assert (await letters.office.read(key, f"/{sent.json()['id']}")).json()["status"] == "delivered"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"address_lines": ["Mme Zoé Lefèvre", "Quelque part"]}, "/address_lines", "address-town"),
        ({"address_lines": None}, "/address_lines", "recipient-of-another-channel"),
        ({"to": "zoe@example.org"}, "/address_lines", "recipient-of-another-channel"),
        ({"channel": "email", "to": "zoe@example.org"}, "/to", "recipient-of-another-channel"),
    ],
)
async def test_a_letter_goes_to_a_postal_address(
    letters: Letters, changes: dict[str, Any], pointer: str, code: str
) -> None:
    refused = await letters.write(await letters.template(), await letters.office.key(), **changes)
    assert refused.status_code == 422
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [(pointer, code)]


def test_where_nobody_posts_letters_none_is_taken(post: Post) -> None:
    settings = post.settings(letters_offered=False)
    for kind in (KeyKind.LIVE, KeyKind.TEAM):
        with pytest.raises(HTTPException) as refused:
            channel_offered(settings, _sender(kind), Channel.LETTER)
        assert refused.value.status_code == 422
    channel_offered(settings, _sender(KeyKind.LIVE), Channel.EMAIL)
    channel_offered(settings, _sender(KeyKind.TEST), Channel.LETTER)


async def test_a_key_has_as_many_letters_posted_as_it_may_and_none_unless_somebody_says_so(letters: Letters) -> None:
    template = await letters.template()
    none, one = await letters.office.key(letters_per_day=0), await letters.office.key(letters_per_day=1)
    refused = await letters.write(template, none)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "channel-not-offered")
    assert [(await letters.write(template, one)).status_code for _ in range(2)] == [201, 429]
    body = {"application": "bibliotheque", "kind": "live"}
    headers = letters.office.desk.agent.headers | {"Idempotency-Key": letters.post.key()}
    made = await letters.post.client.post(KEYS, json=body, headers=headers)
    assert made.json()["letters_per_day"] == 0


def _sender(kind: KeyKind) -> Sender:
    return Sender(uuid4(), "paris", "bibliotheque", kind, 10, 10, letters_per_day=10)


async def test_nothing_of_an_address_is_readable_at_rest(letters: Letters) -> None:
    await letters.waiting()
    (row,) = await letters.post.rows("delivery")
    assert b"EGLISE" not in row["address"]
