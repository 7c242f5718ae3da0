# SPDX-License-Identifier: EUPL-1.2
"""Letters that come as a PDF, by the official client of GOV.UK Notify: posted as they came, or refused at once."""

import base64
import io
from datetime import timedelta
from typing import Any

import httpx
import pytest
from notifications_letters import Letters
from notifications_notify import Counter
from notifications_pdfs import A4, HOME, locked, pdf
from notifications_python_client.authentication import create_jwt_token

from parvis_files import pdf as reading
from parvis_files.clamd import AntivirusDownError, Clamd
from parvis_notifications.db.purge import purge
from parvis_notifications.domain.precompiled_letter import LONGEST_BASE64, MOST_BYTES

pytestmark = pytest.mark.usefixtures("letters")
SEND = "send_precompiled_letter_notification"
PRINTED = "Mme Zoé Lefèvre\n12 BIS RUE DE L EGLISE\n75011 PARIS"


async def post(counter: Counter, content: bytes, postage: str | None = None) -> Any:
    return await counter.call(SEND, "dossier 12", io.BytesIO(content), postage)


async def refused(counter: Counter, content: bytes, postage: str | None = None) -> tuple[int, str]:
    status, (error,) = await counter.refused(SEND, "dossier 12", io.BytesIO(content), postage)
    return status, error["message"]


async def counted(counter: Counter) -> list[int]:
    tables = ("message", "delivery", "sent_message", "letter_document")
    return [await counter.office.post.pool.fetchval(f"SELECT count(*) FROM {table}") for table in tables]


async def test_it_is_posted_as_it_came_to_the_address_in_its_window(counter: Counter, letters: Letters) -> None:
    key, content = await counter.with_key(), pdf(sizes=[A4, A4])
    sent = await post(counter, content, "economy")
    assert (sent["reference"], sent["postage"]) == ("dossier 12", "economy")
    read = await counter.call("get_notification_by_id", sent["id"])
    assert (read["type"], read["status"], read["postage"]) == ("letter", "accepted", "economy")
    assert [read[f"line_{number}"] for number in (1, 2, 3, 4)] == [*PRINTED.split("\n"), None]
    assert (read["subject"], read["body"], read["reference"]) == ("Pre-compiled PDF", "", "dossier 12")
    assert (await counter.call("get_pdf_for_letter", sent["id"])).read() == content
    await letters.send()
    (posted,) = letters.first.posted()
    assert posted.documents[0].content == content
    assert posted.options["postage_type"] == "ECONOMIC"
    assert "\n".join(posted.lines) == PRINTED
    letters.first.settle()
    await letters.ask()
    assert (await counter.call("get_notification_by_id", sent["id"]))["status"] == "received"
    listed = await counter.call("get_all_notifications", template_type="letter", reference="dossier 12")
    assert [each["id"] for each in listed["notifications"]] == [sent["id"]]
    view = (await letters.office.read(key, f"/{sent['id']}")).json()
    assert (view["to"], view["template_id"], view["template_version"]) == (PRINTED, None, None)


async def test_without_a_wish_it_goes_as_the_provider_s_settings_say(counter: Counter, letters: Letters) -> None:
    await counter.with_key()
    assert (await post(counter, pdf()))["postage"] is None
    await letters.send()
    assert letters.first.posted()[0].options["postage_type"] == "FAST"
    status, message = await refused(counter, pdf(), "europe")
    assert (status, message.startswith("postage")) == (400, True)


async def test_test_keys_post_nothing_and_team_keys_have_no_letters(counter: Counter, letters: Letters) -> None:
    await counter.with_key("test")
    sent = await post(counter, pdf())
    await letters.send()
    assert (await counter.call("get_notification_by_id", sent["id"]))["status"] == "received"
    assert letters.first.letters() == []
    await counter.with_key("team")
    assert await refused(counter, pdf()) == (403, "Cannot send letters with a team api key")


WINDOW = "Read in the window of the first page (110 mm from the left, 55 mm from the top, 85 by 33 mm): "
SHORT = WINDOW + "Address must be between 2 and 6 lines long"
UPRIGHT = "Letter pages must all be A4, upright"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no letter", "Letter content is not a valid PDF"),
        (b"%PDF-1.7 no letter either %%EOF", "Letter content is not a valid PDF"),
        (locked(pdf(), ""), "Letter content is an encrypted PDF"),
        (locked(pdf(), "secret"), "Letter content is an encrypted PDF"),
        (pdf(sizes=[A4] * 11), "Letter must be at most 10 pages long"),
        (pdf(sizes=[A4, (216, 279)]), UPRIGHT),
        (pdf(sizes=[A4, (297, 210)]), UPRIGHT),
        (pdf(rotation=90), UPRIGHT),
        (pdf(rotation=180), UPRIGHT),
        (pdf(at=(25, 62)), SHORT),
        (pdf(at=(115, 40)), SHORT),
        (pdf(at=(115, 95)), SHORT),
        (
            pdf((*HOME[:2], "Quelque part")),
            WINDOW + "Last line of address must be a postcode with a town or another country",
        ),
        (pdf(("x" * 39, *HOME[1:])), WINDOW + "Address lines must be between 1 and 38 characters long"),
    ],
)
async def test_what_cannot_be_posted_is_refused_at_once_and_leaves_nothing(
    counter: Counter, content: bytes, message: str
) -> None:
    await counter.with_key()
    assert await refused(counter, content) == (400, message)
    assert await counted(counter) == [0, 0, 0, 0]


def headers(counter: Counter) -> dict[str, str]:
    create: Any = create_jwt_token  # it has no types
    token = create(counter.client.api_key, counter.client.service_id)
    return {"Authorization": f"Bearer {token if isinstance(token, str) else token.decode()}"}


async def ask(counter: Counter, **body: Any) -> httpx.Response:
    where = f"{counter.base}/v2/notifications/letter"
    async with httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=0)) as client:
        return await client.post(where, json=body, headers=headers(counter))


async def test_what_is_no_pdf_s_letter_is_refused(counter: Counter, letters: Letters) -> None:
    await counter.with_key()
    good = base64.b64encode(pdf()).decode()
    template = await letters.template()
    for body, message in (
        ({"reference": "a", "content": good[:-1]}, "Cannot decode letter content (invalid base64 encoding)"),
        ({"reference": "a", "content": "é" * 40}, "Cannot decode letter content (invalid base64 encoding)"),
        ({"content": good}, "reference is a required property"),
        ({"reference": "a"}, "content is a required property"),
        (
            {"reference": "a", "content": good, "personalisation": {}},
            "personalisation is of letters with a template alone",
        ),
        (
            {"template_id": template, "personalisation": {}, "content": good},
            "content and postage are of letters without a template_id alone",
        ),
    ):
        answer = await ask(counter, **body)
        assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, message)
    assert await counted(counter) == [0, 0, 0, 0]


async def test_too_much_is_refused_before_it_is_decoded(counter: Counter) -> None:
    await counter.with_key()
    assert len(base64.b64encode(bytes(MOST_BYTES))) == LONGEST_BASE64
    status, (error,) = await counter.refused(SEND, "dossier 12", io.BytesIO(bytes(MOST_BYTES + 3)))
    assert (status, error["error"]) == (400, "ValidationError")
    assert error["message"].startswith("content")
    body = {"reference": "a", "content": "A" * (LONGEST_BASE64 + 100_000)}
    asked = counter.office.post.client.post("/v2/notifications/letter", json=body, headers=headers(counter))
    answer = await asked
    assert answer.status_code == 413


async def test_who_is_not_known_sends_no_pdf(counter: Counter) -> None:
    read = 0

    async def slow() -> Any:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b'{"content": "' + b"A" * 60_000

    post = counter.office.post
    answer = await post.client.post("/v2/notifications/letter", content=slow(), headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["errors"][0]["error"]) == (403, "AuthError")
    assert read <= 1


async def test_an_antivirus_sees_it_first(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(counter.office.post.service.runtime.settings.__dict__, "clamd", "127.0.0.1:9")
    seen: list[bytes] = []
    verdict: list[Any] = ["Eicar", AntivirusDownError(), None]

    async def look(_self: Clamd, content: bytes) -> str | None:
        seen.append(content)
        said = verdict.pop(0)
        if isinstance(said, Exception):
            raise said
        return said  # type: ignore[no-any-return]

    monkeypatch.setattr(Clamd, "look", look)
    await counter.with_key()
    assert await refused(counter, pdf()) == (400, "Letter did not pass the virus scan")
    answer = await ask(counter, reference="a", content=base64.b64encode(pdf()).decode())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert await counted(counter) == [0, 0, 0, 0]
    assert (await post(counter, pdf()))["id"]
    assert seen == [pdf()] * 3


async def test_where_the_reader_cannot_be_confined_none_is_taken(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_PROGRAM", ("-c", "import sys; sys.stdin.buffer.read(); sys.exit(7)"))
    await counter.with_key()
    answer = await ask(counter, reference="a", content=base64.b64encode(pdf()).decode())
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


@pytest.mark.parametrize("limit", ["per_day", "letters_per_day"])
async def test_a_letter_over_its_key_s_limit_leaves_nothing(counter: Counter, limit: str) -> None:
    changes: dict[str, Any] = {limit: 1}
    await counter.with_key(**changes)
    await post(counter, pdf())
    assert (await refused(counter, pdf()))[0] == 429
    assert await counted(counter) == [1, 1, 1, 1]


async def test_a_key_that_has_no_letters_has_none_of_its_own_posted(counter: Counter) -> None:
    await counter.with_key(letters_per_day=0)
    assert await refused(counter, pdf()) == (400, "Letters are not offered by this service")
    assert await counted(counter) == [0, 0, 0, 0]


async def test_it_is_sealed_with_its_recipient_s_key_and_goes_with_its_message(
    counter: Counter, letters: Letters
) -> None:
    key, content = await counter.with_key(), pdf()
    sent = await post(counter, content)
    pool = counter.office.post.pool
    row = await pool.fetchrow(
        "SELECT d.content, d.size, d.pages, s.recipient FROM letter_document d"
        " JOIN sent_message s ON s.id = d.message_id"
    )
    assert (row["size"], row["pages"]) == (len(content), 1)
    assert content[100:200] not in row["content"]
    other = await counter.office.key(application="cantine")
    counter.show(other)
    assert (await counter.refused("get_pdf_for_letter", sent["id"]))[0] == 404
    counter.show(key)
    await letters.send()
    week = timedelta(days=7)
    await pool.execute("UPDATE sent_message SET created_at = now() - interval '8 days'")
    await purge(pool, messages=timedelta(days=1_095), sent=week, webhooks=week)
    assert await counted(counter) == [0, 0, 0, 0]


async def test_when_its_recipient_s_key_is_gone_nobody_reads_it(counter: Counter, letters: Letters) -> None:
    await counter.with_key()
    sent = await post(counter, pdf(("M. Parti", "1 rue Haute", "75011 Paris")))
    pool = counter.office.post.pool
    await counter.office.post.service.runtime.persons.destroy(await pool.fetchval("SELECT recipient FROM sent_message"))
    assert (await counter.refused("get_pdf_for_letter", sent["id"]))[0] == 404
    await letters.send()
    assert letters.first.letters() == []
    assert (await letters.row())["last_reply"] == "person-erased"
