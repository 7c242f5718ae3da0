# SPDX-License-Identifier: EUPL-1.2
"""Relays and operators are spoken to over TLS alone where that is set, and only where they show who they are."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from notifications_sink import Sink
from notifications_tls import Authority

from parvis_local.smssink.smsc import Smsc
from parvis_local.smssink.store import TextStore
from parvis_notifications.domain.mail import Stage, Verdict
from parvis_notifications.mail_settings import MailRelaySettings, Security
from parvis_notifications.outgoing.mail_format import Written
from parvis_notifications.outgoing.smpp_pdu import Status
from parvis_notifications.outgoing.smpp_session import Heard, NotSentError, SmppSession
from parvis_notifications.outgoing.smtp import MailRelay, RefusedError
from parvis_notifications.settings import Settings

MAIL = Written("de@ville.example", "zoe@example.org", b"Subject: x\r\n\r\nVotre carte.\r\n")
ELSEWHERE = "other.example"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an operator has the authority of their own among those of the system."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))


@asynccontextmanager
async def relay(shown: ssl.SSLContext | None, *, at_once: bool = False) -> AsyncIterator[Sink]:
    """A mail relay that shows that certificate, from the first byte or after STARTTLS; None: it knows no TLS."""
    sink, loop = Sink(), asyncio.get_running_loop()
    later: dict[str, Any] = {} if at_once or shown is None else {"tls_context": shown, "require_starttls": True}
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="relay", loop=loop, **later), "127.0.0.1", 0, ssl=shown if at_once else None
    )
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()


async def sent(sink: Sink, security: Security) -> str:
    settings = Settings.model_construct(smtp_timeout_seconds=20, smtp_acceptance_seconds=20)
    which = MailRelaySettings(name="relay", host="localhost", port=sink.port, security=security)
    client = MailRelay(which, settings)

    async def hand_over() -> bool:
        return True

    try:
        return await client.send(MAIL, hand_over)
    finally:
        await client.quit()


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_relay_that_shows_a_good_certificate_gets_the_mail(authority: Authority, security: Security) -> None:
    async with relay(authority.server("localhost"), at_once=security == "tls") as sink:
        assert await sent(sink, security) == "250 2.0.0"
    assert len(sink.taken) == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_relay_of_another_name_gets_nothing(authority: Authority, security: Security) -> None:
    async with relay(authority.server(ELSEWHERE), at_once=security == "tls") as sink:
        await refused(sink, security)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_relay_whose_authority_nobody_trusts_gets_nothing(authority: Authority, security: Security) -> None:
    async with relay(authority.server("localhost"), at_once=security == "tls") as sink:
        await refused(sink, security)


@pytest.mark.usefixtures("trusted")
async def test_a_relay_that_offers_no_tls_where_it_is_asked_for_gets_nothing() -> None:
    async with relay(None) as sink:
        await refused(sink, "starttls")


async def refused(sink: Sink, security: Security) -> None:
    with pytest.raises(RefusedError) as told:
        await sent(sink, security)
    assert (told.value.refusal.stage, told.value.doubtful) == (Stage.CONNECTION, False)
    assert told.value.refusal.verdict is Verdict.PAUSE
    assert (sink.taken, sink.envelopes) == ([], [])


@asynccontextmanager
async def operator(shown: ssl.SSLContext) -> AsyncIterator[tuple[Smsc, SmppSession]]:
    smsc = Smsc(TextStore(), "ville", "s3cret")
    server = await smsc.serve("127.0.0.1", 0, shown)
    port = server.sockets[0].getsockname()[1]

    async def hear(_: Any, __: Any) -> Heard:
        return Heard(Status.OK)

    session = SmppSession(f"smpps://localhost:{port}", "ville", "s3cret", timeout=20, window=1, hear=hear)
    try:
        yield smsc, session
    finally:
        await session.close()
        server.close()
        smsc.cut()


@pytest.mark.usefixtures("trusted")
async def test_an_operator_that_shows_a_good_certificate_is_bound_to(authority: Authority) -> None:
    async with operator(authority.server("localhost")) as (smsc, session):
        await session.bind()
        assert smsc.binds == 1


@pytest.mark.usefixtures("trusted")
async def test_an_operator_of_another_name_is_told_no_password(authority: Authority) -> None:
    async with operator(authority.server(ELSEWHERE)) as (smsc, session):
        with pytest.raises(NotSentError):
            await session.bind()
        assert smsc.binds == 0


async def test_an_operator_whose_authority_nobody_trusts_is_told_no_password(authority: Authority) -> None:
    async with operator(authority.server("localhost")) as (smsc, session):
        with pytest.raises(NotSentError):
            await session.bind()
        assert smsc.binds == 0
