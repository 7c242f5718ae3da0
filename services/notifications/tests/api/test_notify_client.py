# SPDX-License-Identifier: EUPL-1.2
"""The official client of GOV.UK Notify, unchanged, against this service over HTTP."""

import asyncio
import io
from base64 import urlsafe_b64encode
from typing import Any
from uuid import uuid4

import pytest
from notifications_letters import Letters
from notifications_notify import Counter
from notifications_post import Post
from notifications_senders import KEYS, VALUES, early_in_a_minute
from notifications_sending_files import Files
from pypdf import PdfReader

from parvis_notifications.domain.sending import read_token


async def test_it_sends_follows_and_lists(counter: Counter) -> None:
    template = await counter.office.desk.published()
    await counter.with_key()
    mail = await counter.call("send_email_notification", "zoe@example.org", template, VALUES, reference="dossier 12")
    assert mail["content"]["subject"] == "Votre carte 4012"
    assert (mail["template"]["id"], mail["template"]["version"], mail["reference"]) == (template, 1, "dossier 12")
    text = await counter.call("send_sms_notification", "06 12 34 56 78", template, VALUES | {"numéro": 4012})
    assert "Votre carte 4012 est prête." in text["content"]["body"]
    await counter.office.post.send_mails()
    read = await counter.call("get_notification_by_id", mail["id"])
    assert (read["status"], read["type"], read["email_address"]) == ("sent", "email", "zoe@example.org")
    assert read["created_at"].endswith("Z")
    assert len(counter.office.post.sink.mails()) == 1
    listed = await counter.call("get_all_notifications")
    assert [each["id"] for each in listed["notifications"]] == [text["id"], mail["id"]]
    named = await counter.call("get_all_notifications", reference="dossier 12", template_type="email", status="sent")
    assert [each["id"] for each in named["notifications"]] == [mail["id"]]
    assert (await counter.call("get_all_notifications", template_type="letter"))["notifications"] == []


async def test_what_files_had_sent_is_listed_where_it_is_asked_for(counter: Counter) -> None:
    files = Files(counter.office.post)
    await files.begin()
    counter.show(files.key)
    single = await counter.call("send_email_notification", "zoe@example.org", files.template, VALUES, reference="a")
    answer = await files.hand_in("to;Prénom;numéro;reference\nleo@example.org;Léo;1;a\n")
    assert answer.status_code == 202, answer.text
    await files.work()

    async def listed(**asked: Any) -> list[tuple[str, str]]:
        page = await counter.call("get_all_notifications", **asked)
        links = page["links"]
        assert ("include_jobs=true" in links["current"], "include_jobs=true" in links["next"]) == (bool(asked),) * 2
        return [(each["email_address"], each["reference"]) for each in page["notifications"]]

    assert await listed() == [("zoe@example.org", "a")]
    assert await listed(include_jobs=True) == [("leo@example.org", "a"), ("zoe@example.org", "a")]
    by_reference = await counter.call("get_all_notifications", reference="a")
    assert [each["id"] for each in by_reference["notifications"]] == [single["id"]]


LINES = {
    "address_line_1": "Mme Zoé Lefèvre",
    "Address Line 2": "12 bis, rue de l'Église",
    "address_line_7": "75011 Paris",
}


async def test_it_sends_letters_follows_them_and_reads_their_pdf(counter: Counter, letters: Letters) -> None:
    template = await letters.template()
    await counter.with_key()
    sent = await counter.call("send_letter_notification", template, VALUES | LINES, reference="dossier 12")
    assert (sent["content"]["subject"], sent["reference"]) == ("Votre carte 4012", "dossier 12")
    read = await counter.call("get_notification_by_id", sent["id"])
    assert (read["type"], read["status"], read["line_1"]) == ("letter", "accepted", "Mme Zoé Lefèvre")
    assert (read["line_2"], read["line_3"], read["line_4"]) == ("12 BIS RUE DE L EGLISE", "75011 PARIS", None)
    assert (read["postcode"], read["subject"]) == ("75011", "Votre carte 4012")
    pdf = (await counter.call("get_pdf_for_letter", sent["id"])).read()
    await letters.send()
    (posted,) = letters.first.posted()
    shown, printed = (
        PdfReader(io.BytesIO(file)).pages[0].extract_text() for file in (pdf, posted.documents[0].content)
    )
    assert "12 BIS RUE DE L EGLISE" in shown
    assert shown.splitlines()[-5:] == printed.splitlines()[-5:]

    async def found(status: str) -> list[str]:
        asked = await counter.call("get_all_notifications", template_type="letter", status=status)
        return [each["id"] for each in asked["notifications"]]

    assert (await found("accepted"), await found("received")) == ([sent["id"]], [])
    letters.first.settle()
    await letters.ask()
    assert (await found("accepted"), await found("received")) == ([], [sent["id"]])
    assert (await counter.call("get_notification_by_id", sent["id"]))["status"] == "received"
    posted.returned_at = posted.submitted_at
    await letters.ask()
    assert (await found("received"), await found("returned-letter")) == ([], [sent["id"]])
    assert (await counter.call("get_notification_by_id", sent["id"]))["status"] == "returned-letter"


async def test_a_letter_by_a_test_key_is_received_and_posted_nowhere(counter: Counter, letters: Letters) -> None:
    template = await letters.template()
    await counter.with_key("test")
    sent = await counter.call("send_letter_notification", template, VALUES | LINES)
    await letters.send()
    assert (await counter.call("get_notification_by_id", sent["id"]))["status"] == "received"
    assert letters.first.letters() == []
    shown = await counter.call("get_template", template)
    assert (shown["type"], shown["subject"]) == ("letter", "Votre carte ((numéro))")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"address_line_7": ""}, "Last line of address must be a postcode with a town or another country"),
        ({"address_line_1": "x" * 39}, "Address lines must be between 1 and 38 characters long"),
    ],
)
async def test_a_letter_that_goes_nowhere_is_refused(
    counter: Counter, letters: Letters, changes: dict[str, str], message: str
) -> None:
    template = await letters.template()
    await counter.with_key()
    refused = await counter.refused("send_letter_notification", template, VALUES | LINES | changes)
    assert refused == (400, [{"error": "ValidationError", "message": message}])


async def test_only_a_letter_is_a_pdf(counter: Counter) -> None:
    template = await counter.office.desk.published()
    await counter.with_key()
    mail = await counter.call("send_email_notification", "zoe@example.org", template, VALUES)
    status, (error,) = await counter.refused("get_pdf_for_letter", mail["id"])
    assert (status, error["message"]) == (400, "Notification is not a letter")
    assert (await counter.refused("get_pdf_for_letter", str(uuid4())))[0] == 404


async def test_its_iterator_ends_at_the_last_message(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parvis_notifications.api.notify.messages._PAGE", 2)
    template = await counter.office.desk.published()
    await counter.with_key("test")
    sent = [(await counter.call("send_email_notification", "z@example.org", template, VALUES))["id"] for _ in range(5)]
    found = await asyncio.to_thread(lambda: [each["id"] for each in counter.client.get_all_notifications_iterator()])
    assert found == sent[::-1]


async def test_it_reads_and_previews_templates(counter: Counter) -> None:
    template = await counter.office.desk.published()
    text = await counter.office.desk.published(name="SMS", channels=["sms"])
    await counter.with_key()
    read = await counter.call("get_template", template)
    assert (read["name"], read["type"], read["version"]) == ("Carte de bibliothèque", "email", 1)
    assert read["personalisation"] == {"prénom": {"required": True}, "numéro": {"required": True}}
    assert "((prénom))" in read["body"]
    assert (await counter.call("get_template_version", template, 1))["id"] == template
    assert [each["version"] for each in (await counter.call("get_all_template_versions", template))["data"]] == [1]
    every = (await counter.call("get_all_templates"))["templates"]
    assert [each["id"] for each in every] == [text, template]
    assert [each["id"] for each in (await counter.call("get_all_templates", "email"))["templates"]] == [template]
    shown = await counter.call("post_template_preview", template, VALUES)
    assert (shown["subject"], shown["type"]) == ("Votre carte 4012", "email")
    assert "<strong>4012</strong>" in shown["html"]
    assert await counter.refused("post_template_preview", template, {}) == (
        400,
        [{"error": "BadRequestError", "message": "Missing personalisation: prénom, numéro"}],
    )


async def test_what_is_refused_is_said_as_there(counter: Counter) -> None:
    template = await counter.office.desk.published()
    await counter.with_key("team", guests=["zoe@example.org"], per_minute=1)
    client: Any = counter

    async def told(*values: Any, name: str = "send_email_notification", **named: Any) -> tuple[int, str, str]:
        status, (error,) = await client.refused(name, *values, **named)
        return status, error["error"], error["message"]

    everybody = "Can’t send to this recipient using a team-only API key"
    assert await told("x@example.org", template, VALUES) == (400, "BadRequestError", everybody)
    assert await told("nobody", template, VALUES) == (400, "ValidationError", "email_address Not a valid email address")
    unknown = str(uuid4())
    assert await told("zoe@example.org", unknown, VALUES) == (400, "BadRequestError", "Template not found")
    assert (await told("zoe@example.org", "12", VALUES))[:2] == (400, "ValidationError")
    assert await told(unknown, name="get_notification_by_id") == (404, "NoResultFound", "No result found")
    letters = await told(template, {"address_line_1": "x"}, name="send_letter_notification")
    assert letters == (403, "BadRequestError", "Cannot send letters with a team api key")
    await early_in_a_minute()
    assert (await counter.call("send_email_notification", "zoe@example.org", template, VALUES))["id"]
    assert (await told("zoe@example.org", template, VALUES))[:2] == (429, "RateLimitError")


async def test_only_a_key_that_works_signs(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await counter.office.make()
    key = made.json()["key"]
    counter.show(key[:-36] + str(uuid4()))
    assert (await counter.refused("get_all_templates"))[0] == 403
    counter.show(key)
    assert await counter.call("get_all_templates") == {"templates": []}
    monkeypatch.setattr("notifications_python_client.authentication.epoch_seconds", lambda: 1_700_000_000)
    status, (error,) = await counter.refused("get_all_templates")
    assert (status, error["message"]) == (403, "Error: Your system clock must be accurate to within 30 seconds")
    monkeypatch.undo()
    path, headers = f"{KEYS}/{made.json()['id']}", counter.office.desk.agent.headers | {"If-Match": '"1"'}
    assert (await counter.office.post.client.delete(path, headers=headers)).status_code == 204
    status, (error,) = await counter.refused("get_all_templates")
    assert (status, error["message"]) == (403, "Invalid token: API key revoked")


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


DEEP, HEADER = encoded("[" * 3_000), encoded('{"alg": "HS256"}')
LATE = encoded(f'{{"iss": "{uuid4()}", "iat": 1{"0" * 400}}}')


@pytest.mark.parametrize("token", [f"{DEEP}.e30.e30", f"{HEADER}.{LATE}.e30"], ids=["deep", "late"])
async def test_what_no_parser_takes_opens_nothing(post: Post, token: str) -> None:
    answer = await post.client.get("/v2/templates", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in {401, 403}


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b", "a.b.c", "e30.e30.e30", "eyJhbGciOiJub25lIn0.e30.e30", "eyJhbGciOiJub25lIn0.e30.", "W10.W10.W10"],
)
async def test_what_is_no_token_opens_nothing(post: Post, token: str) -> None:
    assert not hasattr(read_token(token), "signed")
    answer = await post.client.get("/v2/templates", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in {401, 403}
    assert answer.json()["errors"][0]["error"] == "AuthError"
