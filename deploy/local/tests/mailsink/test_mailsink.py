# SPDX-License-Identifier: EUPL-1.2
import asyncio
import threading
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from parvis_local.mailsink.__main__ import Sink
from parvis_local.mailsink.bounces import Returns, notification
from parvis_local.mailsink.handing import Handing
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
    sink = Sink(store, Returns(None), Handing(None, ""))
    controller = Controller(sink, hostname="127.0.0.1", port=port, ready_timeout=60)
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


class Office:
    """Where bounces are taken."""

    def __init__(self) -> None:
        self.taken: list[tuple[Any, list[str], Any]] = []
        self.brought = threading.Event()

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        self.brought.set()
        return "250 Kept"


async def test_a_mail_to_nobody_comes_back_and_another_does_not(tmp_path: Path) -> None:
    port, bounces, office = free_port(), free_port(), Office()
    sink = Sink(MailStore(tmp_path), Returns(bounces), Handing(None, ""))
    controllers = [
        Controller(office, hostname="127.0.0.1", port=bounces, ready_timeout=60),
        Controller(sink, hostname="127.0.0.1", port=port, ready_timeout=60),
    ]
    for controller in controllers:
        controller.start()
    try:
        for sender, to in (
            ("", "inconnu@x.example"),
            ("a+1@x.example", "b@x.example"),
            ("a+2@x.example", "Inconnu@x.example"),
        ):
            await aiosmtplib.send(mail(to), sender=sender, recipients=[to], hostname="127.0.0.1", port=port)
        assert await asyncio.to_thread(office.brought.wait, 60)
    finally:
        for controller in reversed(controllers):
            controller.stop()
    ((sender, recipients, content),) = office.taken
    assert (sender, recipients) == ("<>", ["a+2@x.example"])
    report = message_from_bytes(content)
    assert (report.get_content_type(), report.get_param("report-type")) == ("multipart/report", "delivery-status")
    assert [part["Action"] for part in report.walk() if part["Final-Recipient"]] == ["failed"]
    assert notification("a@x.example", "b@x.example")["Auto-Submitted"] == "auto-replied"


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


async def test_a_mail_is_listed_in_its_own_language(tmp_path: Path) -> None:
    store = MailStore(tmp_path)
    for subject, languages in (("Your request", "en"), ("Votre abonnement", "fr, en"), ("?", None)):
        made = mail(subject=subject)
        if languages:
            made["Content-Language"] = languages
        store.add(made.as_bytes())
    async with web(store) as client:
        page = (await client.get("/simulators/mail", headers={"Accept-Language": "fr"})).text
    assert '<span lang="en">Your request</span>' in page
    assert '<span lang="fr">Votre abonnement</span>' in page
    assert ">?</a>" in page


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
