# SPDX-License-Identifier: EUPL-1.2
"""Files by mail: sent by the official client of GOV.UK Notify, fetched by whoever has the link, gone in time."""

import base64
import io
import re
import zipfile
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from notifications_notify import Counter
from notifications_pdfs import pdf
from notifications_post import Post
from notifications_python_client.utils import prepare_upload as prepared
from notifications_templates import Desk

from parvis_files.clamd import AntivirusDownError, Clamd
from parvis_files.content import XLSX
from parvis_notifications.db.purge import purge

CONTENT = pdf()
prepare_upload: Any = prepared  # it has no types
WORDS = {
    "subject": "Votre attestation",
    "body": "Bonjour,\n\n[Télécharger l'attestation](((lien)))\n\nOu : ((lien))",
}
LINK = {"name": "lien", "type": "url", "required": True, "sample": "https://ville.example/attestation.pdf"}


NAMES = (f"Attestation {number}" for number in count(1))


async def template(desk: Desk) -> str:
    return await desk.published(name=next(NAMES), channels=["email"], variables=[LINK], texts={"fr": WORDS})


class Reader:
    """Somebody who has had the mail."""

    def __init__(self, counter: Counter, url: str) -> None:
        parts = urlsplit(url)
        self.client, self.path = counter.office.post.client, f"{parts.path}?{parts.query}"
        self.token = parse_qs(parts.query)["token"][0]

    async def look(self, **headers: str) -> httpx.Response:
        return await self.client.get(self.path, headers=headers)

    async def fetch(self, **fields: str) -> httpx.Response:
        return await self.client.post(self.path, data={"act": "download"} | fields)


async def sent(counter: Counter, content: bytes = CONTENT, *, to: str = "zoe@example.org", **options: Any) -> Any:
    upload = prepare_upload(io.BytesIO(content), **options)
    return await counter.call("send_email_notification", to, await template(counter.office.desk), {"lien": upload})


async def reader_of(counter: Counter, mail: Any) -> Reader:
    (url,) = set(re.findall(r"https?://\S+/sent-file\?token=[\w%-]+", mail["content"]["body"]))
    return Reader(counter, url)


async def refused(counter: Counter, content: bytes = CONTENT, **options: Any) -> tuple[int, str]:
    upload = prepare_upload(io.BytesIO(content), **options)
    number = await template(counter.office.desk)
    status, (error,) = await counter.refused("send_email_notification", "zoe@example.org", number, {"lien": upload})
    return status, error["message"]


async def files(post: Post) -> int:
    return int(await post.pool.fetchval("SELECT count(*) FROM sent_file"))


async def test_whoever_says_to_which_address_it_went_has_the_very_file(counter: Counter) -> None:
    await counter.with_key()
    mail = await sent(counter, filename="attestation 2026.pdf")
    reader, post = await reader_of(counter, mail), counter.office.post
    await post.send_mails()
    (written,) = post.sink.mails()
    parts = [part.get_content() for part in written.walk() if part.get_content_maintype() == "text"]
    assert [reader.token in part for part in parts] == [True, True]
    page = await reader.look()
    assert page.status_code == 200
    assert "attestation 2026.pdf" in page.text
    assert 'type="email"' in page.text
    for wrong in ("", "lea@example.org", "zoe@example.org.example"):
        answer = await reader.fetch(email=wrong)
        assert (answer.status_code, "n’a pas été envoyé à cette adresse" in answer.text) == (403, True), wrong
    file = await reader.fetch(email=" Zoe@EXAMPLE.org ")
    assert (file.status_code, file.headers["content-type"], file.content) == (200, "application/pdf", CONTENT)
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''attestation%202026.pdf"
    assert file.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert (await reader.look(**{"accept-language": "en"})).text.count("Download the file") == 1


async def test_without_that_check_the_link_alone_opens_it(counter: Counter) -> None:
    await counter.with_key()
    reader = await reader_of(counter, await sent(counter, confirm_email_before_download=False))
    assert 'type="email"' not in (await reader.look()).text
    assert (await reader.fetch()).content == CONTENT


async def test_what_is_kept_opens_with_the_link_alone(counter: Counter) -> None:
    await counter.with_key()
    reader = await reader_of(counter, await sent(counter, confirm_email_before_download=False, filename="paie.pdf"))
    (row,) = await counter.office.post.pool.fetch("SELECT * FROM sent_file")
    assert CONTENT not in row["content"]
    assert b"paie" not in row["name"]
    assert b"zoe@example" not in bytes(row["recipient_index"] or b"")
    raw = base64.urlsafe_b64decode(reader.token)
    assert raw[:16] == row["id"].bytes
    other = base64.urlsafe_b64encode(raw[:16] + bytes(32)).decode()
    reader.path = reader.path.replace(reader.token, other)
    assert ((await reader.look()).status_code, (await reader.fetch()).status_code) == (404, 404)


def workbook(kind: str) -> bytes:
    """A spreadsheet, or what only has its shape."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{kind}.main+xml"/></Types>')
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (workbook(XLSX), "tableau.xlsx", XLSX),
        (b"nom;age\nZo\xc3\xa9;41\n", "liste.csv", "text/csv"),
        (b"Bonjour", None, "text/plain"),
        (b"{\\rtf1 Bonjour}", "lettre.rtf", "text/rtf"),
        (b'{"a": 1}', "a.json", "application/octet-stream"),
    ],
)
async def test_a_file_is_what_it_has_and_a_text_what_its_name_says(
    counter: Counter, content: bytes, name: str | None, media_type: str
) -> None:
    await counter.with_key()
    reader = await reader_of(counter, await sent(counter, content, filename=name, confirm_email_before_download=False))
    file = await reader.fetch()
    assert (file.headers["content-type"].partition(";")[0], file.content) == (media_type, content)


async def test_what_may_not_be_sent_is_refused_in_their_words_and_leaves_nothing(counter: Counter) -> None:
    await counter.with_key()
    post = counter.office.post
    before = await post.pool.fetchval("SELECT count(*) FROM message")
    faults = [
        await refused(counter, b"MZ\x00\x01", filename="virus.exe"),
        await refused(counter, workbook("application/vnd.ms-excel.sheet.macroEnabled"), filename="macros.xlsx"),
        await refused(counter, CONTENT, filename="liste.csv"),
        await refused(counter, b"{", filename="a.json"),
        await refused(counter, filename="attestation"),
        await refused(counter, filename="a" * 97 + ".pdf"),
        await refused(counter, retention_period="79 weeks"),
        await refused(counter, b""),
    ]
    assert [status for status, _ in faults] == [400] * 8
    assert [message.partition("'")[0] for _, message in faults] == [
        "Unsupported file type ",
        "Unsupported file type ",
        "Unsupported file type ",
        "Unsupported file type ",
        "`filename` must end with a file extension. For example, filename.csv",
        "`filename` cannot be longer than 100 characters",
        "Unsupported value for retention_period ",
        "File is empty",
    ]
    number = await template(counter.office.desk)
    broken = {"lien": {"file": "not base64"}}
    broken_status, (said,) = await counter.refused("send_email_notification", "zoe@example.org", number, broken)
    assert (broken_status, said["message"]) == (400, "Could not decode base64 string")
    texts = await counter.office.desk.published()
    upload = {"prénom": prepare_upload(io.BytesIO(CONTENT)), "numéro": "4012"}
    status, (error,) = await counter.refused("send_sms_notification", "06 12 34 56 78", texts, upload)
    assert (status, error["message"]) == (400, "Can only send a file by email")
    assert (await files(post), await post.pool.fetchval("SELECT count(*) FROM message")) == (0, before)


async def test_the_antivirus_sees_each(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    async def found(_: Clamd, content: bytes) -> str | None:
        return "Eicar" if content == CONTENT else None

    async def away(_: Clamd, content: bytes) -> str | None:
        raise AntivirusDownError(len(content))

    await counter.with_key()
    settings = counter.office.post.service.runtime.settings
    monkeypatch.setitem(settings.__dict__, "clamd", "127.0.0.1:9")
    monkeypatch.setattr(Clamd, "look", found)
    assert await refused(counter) == (400, "File did not pass the virus scan")
    monkeypatch.setattr(Clamd, "look", away)
    assert (await refused(counter))[0] == 503
    assert await files(counter.office.post) == 0


async def test_a_key_sends_so_much_in_a_day(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    await counter.with_key()
    post = counter.office.post
    monkeypatch.setitem(post.service.runtime.settings.__dict__, "sent_files_mib_per_day", 1)
    await sent(counter, b"x" * 700_000)
    status, message = await refused(counter, b"x" * 700_000)
    assert (status, message.startswith("Exceeded send limits")) == (429, True)
    assert await files(post) == 1


async def test_it_goes_when_its_time_is_over(counter: Counter) -> None:
    await counter.with_key()
    short, long = await sent(counter, retention_period="1 week"), await sent(counter, retention_period="78 weeks")
    post, day = counter.office.post, timedelta(days=1)
    readers = [await reader_of(counter, mail) for mail in (short, long)]
    await post.pool.execute("UPDATE sent_file SET expires_at = expires_at - interval '8 days'")
    assert [(await reader.look()).status_code for reader in readers] == [404, 200]
    assert [(await reader.fetch(email="zoe@example.org")).status_code for reader in readers] == [404, 200]
    assert (await purge(post.pool, messages=day, sent=day, webhooks=day)).rows >= 1
    assert await files(post) == 1


async def test_its_sender_takes_it_back(counter: Counter) -> None:
    key = await counter.with_key()
    mail, post = await sent(counter), counter.office.post
    reader = await reader_of(counter, mail)
    path, bearer = f"/v1/sent-messages/{mail['id']}/file-withdrawal", {"Authorization": f"Bearer {key}"}
    other = {"Authorization": f"Bearer {await counter.office.key(application='musee')}"}
    assert (await post.client.post(path, headers=other)).json() == {"withdrawn": 0}
    assert (await reader.look()).status_code == 200
    assert [(await post.client.post(path, headers=bearer)).json()["withdrawn"] for _ in range(2)] == [1, 0]
    assert (await reader.fetch(email="zoe@example.org")).status_code == 404


async def test_nobody_guesses_the_address(counter: Counter) -> None:
    await counter.with_key()
    reader = await reader_of(counter, await sent(counter))
    statuses = [(await reader.fetch(email=f"a{number}@example.org")).status_code for number in range(21)]
    assert statuses == [403] * 20 + [429]
    late = await reader.fetch(email="zoe@example.org")
    assert (late.status_code, int(late.headers["retry-after"]) > 0) == (429, True)


async def test_a_link_that_is_none(counter: Counter) -> None:
    client = counter.office.post.client
    for token in ("", "x", "é" * 20, "A" * 64, "-" * 63 + "="):
        answer = await client.get("/sent-file", params={"token": token})
        assert (answer.status_code, "plus disponible" in answer.text) == (404, True)
    nothing = await client.post("/sent-file", params={"token": "A" * 64}, data={"act": "open"})
    assert nothing.status_code == 400
