# SPDX-License-Identifier: EUPL-1.2
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
from aiosmtpd.controller import Controller

from parvis_local.mailsink.__main__ import Sink
from parvis_local.mailsink.pages import application
from parvis_local.mailsink.store import MailStore
from parvis_local.ports import free_port


def mail(to: str = "amelie@example.org", subject: str = "Votre demande") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ville@example.org", to, subject
    made.set_content("Bonjour <b>vous</b>")
    made.add_alternative("<p>Bonjour</p><script>alert(1)</script>", subtype="html")
    return made


def web(store: MailStore) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(application(store)), base_url="http://sink.example")


async def test_a_mail_sent_over_smtp_is_kept_and_shown(tmp_path: Path) -> None:
    store, port = MailStore(tmp_path), free_port()
    controller = Controller(Sink(store), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        await aiosmtplib.send(mail(), hostname="127.0.0.1", port=port)
    finally:
        controller.stop()
    async with web(MailStore(tmp_path)) as client:
        found = (await client.get("/simulators/mail/messages", params={"to": "AMELIE@example.org"})).json()["items"]
        assert [item["subject"] for item in found] == ["Votre demande"]
        one = (await client.get(f"/simulators/mail/messages/{found[0]['id']}")).json()
        assert one["text"].strip() == "Bonjour <b>vous</b>"
        assert (await client.get("/simulators/mail/messages", params={"to": "bruno"})).json() == {"items": []}


async def test_what_a_mail_says_is_shown_never_run(tmp_path: Path) -> None:
    store = MailStore(tmp_path)
    id_ = store.add(mail(subject="<script>alert(1)</script>").as_bytes())
    async with web(store) as client:
        for path in ("/simulators/mail", f"/simulators/mail/{id_}"):
            answer = await client.get(path)
            assert "<script" not in answer.text
            assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "iframe sandbox" in (await client.get(f"/simulators/mail/{id_}")).text
        inner = await client.get(f"/simulators/mail/{id_}/html")
        assert inner.headers["content-security-policy"].startswith("sandbox;")


async def test_without_mail_the_page_says_what_to_do(tmp_path: Path) -> None:
    async with web(MailStore(tmp_path)) as client:
        assert "Aucun courriel" in (await client.get("/simulators/mail")).text


async def test_an_id_is_no_path(tmp_path: Path) -> None:
    (tmp_path / "secret.eml").write_text("secret")
    store = MailStore(tmp_path / "mails")
    assert store.get("../secret") is None
    assert store.get("secret") is None


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path, monkeypatch: object) -> None:
    from parvis_local.mailsink import store as module  # noqa: PLC0415

    monkeypatch.setattr(module, "_MOST", 3)  # type: ignore[attr-defined]
    store = MailStore(tmp_path)
    ids = [store.add(mail().as_bytes()) for _ in range(5)]
    assert [kept.id for kept in store.newest(None, 10)] == ids[:1:-1]
