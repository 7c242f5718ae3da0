# SPDX-License-Identifier: EUPL-1.2
"""Mails are read by a process apart: it says what a mail says, and what holds it up holds up nothing else."""

import asyncio
import base64
import signal
import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from parvis_files.apart import MODULE, run_apart
from parvis_notifications.incoming import mail_process
from parvis_notifications.incoming.mail_bounds import UnreadableMailError
from parvis_notifications.incoming.mail_process import ReaderDownError, mail_apart
from parvis_notifications.incoming.mail_reading import read_mail

CHARSETS = ("windows-1252", "iso-8859-15", "koi8-r", "gb18030", "iso-2022-jp", "utf-7", "utf-16", "cp437")


def _with_everything() -> bytes:
    mail = EmailMessage(SMTP)
    mail["From"], mail["Subject"], mail["Message-ID"] = "Éléonore <e@mairie.example>", "Re: Été à l'œuvre", "<1@x>"
    mail["Authentication-Results"] = "mx.example; dmarc=pass header.from=mairie.example"
    mail.set_content("Voilà : 12 €", charset="windows-1252", cte="quoted-printable")
    for charset in CHARSETS:
        mail.add_attachment(f"x {charset}".encode(), maintype="text", subtype="plain", filename=f"é {charset}.txt")
    mail.add_attachment(b"x", maintype="application", subtype="x", filename="=?x-none?q?a?=")
    attached = EmailMessage(SMTP)
    attached["From"] = "=?big5?b?p0E=?= <autre@example.org>"
    attached.set_content("Bonjour")
    mail.add_attachment(attached)
    return mail.as_bytes()


async def test_it_says_what_the_mail_says() -> None:
    content = _with_everything()
    read = await mail_apart(content, own={"mairie@ville.example"}, authserv_id="mx.example")
    assert read == read_mail(content, own=frozenset({"mairie@ville.example"}), authserv_id="mx.example")
    assert (len(read.files), read.verified, read.text) == (len(CHARSETS) + 2, True, "Voilà : 12 €")


@pytest.mark.parametrize("charset", CHARSETS)
async def test_charsets_are_known_where_no_file_is(charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n".encode()
    content = head + base64.b64encode("Oui a 9 h".encode(charset))
    assert (await mail_apart(content)).text == "Oui a 9 h"


async def test_a_reader_that_goes_on_is_ended_and_says_why() -> None:
    """Whatever way of the library is quadratic next."""
    confine = "from parvis_files.confined import confined; confined(2**30, 1)"
    status, _ = await run_apart((*MODULE, "timeit", "-n1", "-r1", "-s", confine, "while True: pass"), b"", 60)
    assert status == -signal.SIGXCPU


@pytest.mark.parametrize(
    ("status", "error"),
    [(-signal.SIGXCPU, UnreadableMailError), (3, UnreadableMailError), (-signal.SIGKILL, ReaderDownError)],
)
async def test_only_a_mail_that_was_at_fault_is_refused_for_good(
    monkeypatch: pytest.MonkeyPatch, status: int, error: type[Exception]
) -> None:
    async def ended(*_: object) -> tuple[int, bytes]:
        return status, b""

    monkeypatch.setattr(mail_process, "run_apart", ended)
    with pytest.raises(error):
        await mail_apart(b"From: a@b.example\n\nx")


async def test_no_mail_stops_what_else_the_process_does() -> None:
    """A pattern that holds the interpreter, or a parser that takes long: both are elsewhere."""
    content = b"Content-Type: text/plain\n\n" + b"\xff" * 20_000_000
    # Of its own work, whichever thread does it: how long it waits for its turn is the machine's affair.
    longest, last, done = 0.0, time.process_time(), asyncio.Event()

    async def tick() -> None:
        nonlocal longest, last
        while not done.is_set():
            await asyncio.sleep(0.01)
            longest, last = max(longest, time.process_time() - last), time.process_time()

    ticking = asyncio.create_task(tick())
    await mail_apart(content)
    done.set()
    await ticking
    assert longest < 0.5
