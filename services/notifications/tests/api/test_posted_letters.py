# SPDX-License-Identifier: EUPL-1.2
"""Letters on their way: who posts them, what is known of them; none is lost and none is posted twice."""

import io
from typing import Any
from uuid import uuid4

import pytest
from notifications_letters import Letters
from notifications_post import Post
from pypdf import PdfReader
from starlette.exceptions import HTTPException

from parvis_local.lettersink.faults import Fault
from parvis_notifications.api.given_recipients import letters_offered
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.domain.breaker import FAILURES
from parvis_notifications.domain.sending import KeyKind, Sender
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing.letter_pdf import letter_pdf
from parvis_notifications.outgoing.maileva import Maileva
from parvis_notifications.service import send_letters
from parvis_notifications.service.ask_about_letters import WITHDRAWING

_PDF: list[bytes] = []


@pytest.fixture
async def quick(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> Letters:
    """Setting a letter takes a process; where its words do not matter all letters are the first."""

    async def once(letter: Any) -> bytes:
        if not _PDF:
            _PDF.append(await letter_pdf(letter))
        return _PDF[0]

    monkeypatch.setattr(send_letters, "letter_pdf", once)
    return letters


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


async def test_while_a_provider_is_in_trouble_the_next_one_steps_in_and_the_first_is_left_alone(quick: Letters) -> None:
    template, key = await quick.template(), await quick.office.key()
    for _ in range(FAILURES + 2):
        assert (await quick.write(template, key)).status_code == 201
    quick.first.faults = [Fault.AWAY] * 100
    sender, _ = quick.worker()
    while await sender.round():
        pass
    assert len(quick.second.posted()) == FAILURES + 2
    assert len(quick.first.faults) == 100 - FAILURES, "the breaker is open by then"
    assert quick.first.letters() == [], "nothing of a letter stays where it does not go from"
    assert (await quick.attempts())[:2] == [
        ("first", "deferred", "503 UNAVAILABLE"),
        ("second", "accepted", "accepted"),
    ]


async def test_when_no_provider_takes_it_a_letter_waits_and_then_goes(quick: Letters) -> None:
    await quick.waiting()
    quick.first.faults, quick.second.faults = [Fault.AWAY], [Fault.AWAY]
    await quick.send()
    row = await quick.row()
    assert (row["state"], row["handed_over_at"], row["last_reply"]) == ("retry", None, "503 UNAVAILABLE")
    await quick.post.due_now("delivery")
    await quick.send(letter_providers=(quick.first.settings("wrong"), quick.second.settings()))
    assert (quick.first.posted(), len(quick.second.posted())) == ([], 1)
    assert (await quick.attempts())[-2:] == [("first", "deferred", "token 401"), ("second", "accepted", "accepted")]


async def test_an_address_that_is_refused_is_final(quick: Letters) -> None:
    key, sent = await quick.waiting("Mme Nullepart", "1 rue Haute", "75011 Paris")
    await quick.send()
    row = await quick.row()
    assert (row["state"], row["last_reply"], quick.second.letters()) == ("failed", "bad-address", [])
    assert (await quick.office.read(key, f"/{sent}")).json()["status"] == "permanent-failure"


async def test_a_letter_whose_answer_was_lost_is_asked_after_and_not_submitted_again(quick: Letters) -> None:
    await quick.waiting()
    quick.first.faults = [Fault.UNANSWERED]
    await quick.send()
    row = await quick.row()
    assert (row["state"], row["last_reply"]) == ("unknown", "HTTP 502")
    await quick.post.due_now("delivery")
    await quick.send()
    assert (len(quick.first.letters()), quick.second.letters()) == (1, [])
    await quick.ask()
    assert (await quick.row())["state"] == "sent"
    assert len(quick.first.letters()) == 1


async def test_what_was_never_submitted_is_taken_back_and_goes_again(quick: Letters) -> None:
    await quick.waiting()
    quick.first.faults = [Fault.LOST]
    await quick.send()
    (draft,) = quick.first.letters()
    await quick.ask(letter_settle_seconds=300.0)
    assert (await quick.row())["state"] == "unknown", "the submission may still be under way"
    await quick.ask()
    assert quick.first.letters() == []
    assert (await quick.row())["state"] == "retry"
    await quick.send()
    (letter,) = quick.first.posted()
    assert letter.id != draft.id
    assert (await quick.row())["state"] == "sent"


async def test_a_submission_that_comes_to_pass_while_it_is_asked_about_is_not_taken_back(
    quick: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quick.waiting()
    quick.first.faults = [Fault.LOST]
    await quick.send()
    (draft,) = quick.first.letters()
    whole = Maileva.withdraw

    async def late(self: Maileva, reference: str) -> bool:
        draft.submitted_at = draft.created_at
        return await whole(self, reference)

    monkeypatch.setattr(Maileva, "withdraw", late)
    await quick.ask()
    assert (await quick.row())["state"] == "sent"
    assert quick.first.letters() == [draft]


async def test_a_provider_that_does_not_know_it_any_more_has_it_all_the_same(quick: Letters) -> None:
    await quick.waiting()
    quick.first.faults = [Fault.UNANSWERED]
    await quick.send()
    quick.first.store.__init__()  # type: ignore[misc]
    await quick.ask()
    assert (await quick.row())["state"] == "unknown", "as with another account: nobody says that it was not posted"
    await quick.post.pool.execute("UPDATE delivery SET report_status = $1", WITHDRAWING)
    await quick.ask()
    assert (await quick.row())["state"] == "retry", "it was taken back, and whoever did so died"


class Died(BaseException):
    """The worker was killed here."""


STEPS: dict[str, tuple[type, str, bool]] = {
    "before-prepare": (Maileva, "prepare", False),
    "after-prepare": (Maileva, "prepare", True),
    "after-hand-over": (Deliveries, "hand_over", True),
    "before-submit": (Maileva, "submit", False),
    "after-submit": (Maileva, "submit", True),
    "after-sent": (Deliveries, "sent", True),
}


@pytest.mark.parametrize("step", STEPS)
async def test_whenever_the_worker_dies_a_letter_is_posted_once(
    quick: Letters, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quick.waiting()
    class_, name, done = STEPS[step]
    whole = getattr(class_, name)

    async def dying(*args: Any, **more: Any) -> None:
        if done:
            await whole(*args, **more)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(class_, name, dying)
        with pytest.raises(Died):
            await quick.send()
    for _ in range(4):
        await quick.post.due_now("delivery")
        await quick.send()
        await quick.ask()
    assert len(quick.first.posted() + quick.second.posted()) == 1
    assert (await quick.row())["state"] == "sent"
    assert await quick.post.pool.fetchval("SELECT count(*) FROM outbox") == 1


async def test_a_token_that_holds_no_longer_is_asked_for_anew(quick: Letters) -> None:
    await quick.waiting()
    sender, _ = quick.worker()
    await sender.round()
    quick.first.account.forget()
    await quick.write(await quick.template(name="autre"), await quick.office.key())
    await sender.round()
    await quick.post.due_now("delivery")
    await sender.round()
    assert len(quick.first.posted() + quick.second.posted()) == 2


async def test_what_the_law_has_sent_goes_by_letter_where_nothing_else_reaches(letters: Letters) -> None:
    alone, reached, nowhere = letters.person(), letters.person("camille@example.org"), letters.person(home=None)
    for reader in (alone, reached, nowhere):
        await letters.post.told(reader, "submitted", reference="R-2026-7KQ4-XM7")
    assert await letters.explained(alone) == ("sent", "legal-notice", "pending")
    assert await letters.explained(reached) == ("withheld", "reached-otherwise", None)
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
            letters_offered(settings, _sender(kind), Channel.LETTER)
        assert refused.value.status_code == 422
    letters_offered(settings, _sender(KeyKind.LIVE), Channel.EMAIL)
    letters_offered(settings, _sender(KeyKind.TEST), Channel.LETTER)


def _sender(kind: KeyKind) -> Sender:
    return Sender(uuid4(), "paris", "bibliotheque", kind, 10, 10)


async def test_nothing_of_an_address_is_readable_at_rest(letters: Letters) -> None:
    await letters.waiting()
    (row,) = await letters.post.rows("delivery")
    assert b"EGLISE" not in row["address"]
