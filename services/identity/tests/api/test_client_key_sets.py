# SPDX-License-Identifier: EUPL-1.2
"""Clients that publish their keys at an address of their own (jwks_uri): when it is read, and what stops us."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import respx
import time_machine
from client_keys import SigningClient
from identity_town import SYSTEM_SECRET, Town
from joserfc import jwt
from joserfc.jwk import ECKey
from key_site import KeySite, certificate, key_site

from parvis_identity.outgoing.key_sets import KeySetReader, UnreadableKeysError
from parvis_outside.client import Outside
from parvis_outside.destination import networks

GRANT = {"grant_type": "client_credentials"}
SYSTEM = {
    "audience": "system",
    "grant_types": ["client_credentials"],
    "redirect_uris": [],
    "scopes": ["notifications.webhooks.read", "requests.requests.read"],
}
HERE = networks("127.0.0.0/8, ::1/128")


@pytest.fixture(autouse=True)
def reached(providers: respx.MockRouter) -> None:
    providers.route(host="127.0.0.1").pass_through()


@pytest.fixture
def desk() -> SigningClient:
    return SigningClient("far-desk")


@pytest.fixture
def site(desk: SigningClient) -> Iterator[KeySite]:
    with key_site(KeySite(keys=desk.jwks)) as opened:
        opened.url = opened.url.replace("localhost", "127.0.0.1")
        yield opened


async def status(town: Town, desk: SigningClient, **form: str) -> int:
    return (await town.token(GRANT | desk.proof() | form)).status_code


async def test_keys_are_read_once_and_believed(town: Town, desk: SigningClient, site: KeySite) -> None:
    await town.register("far-desk", jwks_uri=site.url, **SYSTEM)
    answers = await asyncio.gather(*(status(town, desk) for _ in range(20)))
    assert answers == [200] * 20
    assert site.calls == 1
    assert site.hosts == [site.url.split("/")[2]]


async def test_another_key_is_found_when_it_signs_and_a_withdrawn_one_is_forgotten(
    town: Town, desk: SigningClient, site: KeySite
) -> None:
    await town.register("far-desk", jwks_uri=site.url, **SYSTEM)
    assert await status(town, desk) == 200
    newer = SigningClient("far-desk", ECKey.generate_key("P-256", {"kid": "newer", "use": "sig"}))
    site.keys = newer.jwks
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=31)):
        assert await status(town, newer, client_assertion=signed_by(newer)) == 200
        assert await status(town, desk) == 401
    assert site.calls == 2


def signed_by(client: SigningClient, **header: str) -> str:
    return jwt.encode({"alg": "ES256", "kid": client.key.kid or "", **header}, client.claims(), client.key)


async def test_made_up_names_of_keys_do_not_make_us_call_without_end(
    town: Town, desk: SigningClient, site: KeySite
) -> None:
    await town.register("far-desk", jwks_uri=site.url, **SYSTEM)
    for number in range(10):
        forged = signed_by(desk, kid=f"made-up-{number}")
        assert await status(town, desk, client_assertion=forged) == 401
    assert site.calls == 1


async def test_an_outage_of_its_site_does_not_stop_a_client_for_an_hour(
    town: Town, desk: SigningClient, site: KeySite
) -> None:
    await town.register("far-desk", jwks_uri=site.url, **SYSTEM)
    assert await status(town, desk) == 200
    site.status = 500
    now = datetime.now(UTC)
    for minutes, expected in ((11, 200), (59, 200), (61, 401)):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            assert await status(town, desk) == expected
    assert site.calls == 4
    site.status = 200
    with time_machine.travel(now + timedelta(minutes=62)):
        assert await status(town, desk) == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": 404},
        {"status": 302, "headers": {"Location": "/elsewhere"}},
        {"body": b"not json"},
        {"body": b"[" * 50_000},
        {"body": b"[]"},
        {"body": b'{"keys": []}'},
        {"body": b'{"keys": [7, null, {"kty": "oct", "k": "c2VjcmV0", "kid": "own"}]}'},
        {"body": b" " * 70_000 + b"{}"},
        {"body": b"", "headers": {"Content-Encoding": "gzip"}},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
async def test_what_is_no_set_of_keys_lets_nobody_in(
    town: Town, desk: SigningClient, site: KeySite, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(site, name, value)
    await town.register("far-desk", jwks_uri=site.url, **SYSTEM)
    assert await status(town, desk) == 401
    assert await status(town, desk) == 401
    assert site.calls == 1


async def test_a_private_key_among_the_published_ones_is_never_used(
    town: Town, desk: SigningClient, site: KeySite
) -> None:
    site.keys = {"keys": [desk.key.as_dict(private=True)]}
    await town.register("far-desk", jwks_uri=site.url, **SYSTEM)
    assert await status(town, desk) == 401


async def test_who_signs_cannot_come_with_a_secret_nor_with_nothing(
    town: Town, desk: SigningClient, site: KeySite
) -> None:
    await town.register("far-desk", jwks_uri=site.url, **SYSTEM)
    for form in ({"client_id": "far-desk"}, {"client_id": "far-desk", "client_secret": SYSTEM_SECRET}):
        assert (await town.token(GRANT | form)).status_code == 401
    assert desk.client_id == "far-desk"
    assert site.calls == 0


@pytest.mark.parametrize(
    "url", ["https://169.254.169.254/keys", "https://10.0.0.1/keys", "https://[::1]:1/keys", "https://[fd00::1]/keys"]
)
async def test_nobody_has_us_knock_at_our_own_doors(town: Town, desk: SigningClient, url: str) -> None:
    await town.register("far-desk", jwks_uri=url, **SYSTEM)
    assert await status(town, desk) == 401
    with pytest.raises(UnreadableKeysError, match="address-refused"):
        await KeySetReader(Outside(5, ())).read(url)


async def test_a_name_that_leads_inside_is_refused_however_it_looks(
    site: KeySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url in (site.url, site.url.replace("127.0.0.1", "localhost")):
        with pytest.raises(UnreadableKeysError, match="address-refused"):
            await KeySetReader(Outside(5, ())).read(url)
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("9.9.9.9", "192.168.1.1")]

    async def resolved(*_: Any, **__: Any) -> list[Any]:
        return both

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
    with pytest.raises(UnreadableKeysError, match="address-refused"):
        await KeySetReader(Outside(5, ())).read("https://keys.example/keys")
    assert site.calls == 0


async def test_a_slow_site_is_not_waited_for(site: KeySite) -> None:
    site.delay = 10
    with pytest.raises(UnreadableKeysError, match="Timeout"):
        await KeySetReader(Outside(0.2, HERE)).read(site.url)


async def test_the_certificate_must_be_for_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, readable in (("localhost", True), ("keys.example", False)):
        made = certificate(tmp_path, name)
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
        with key_site(KeySite(keys={"keys": []}), made) as opened:
            reader = KeySetReader(Outside(5, HERE))
            if readable:
                assert await reader.read(opened.url) == b'{"keys": []}'
                assert opened.hosts == [opened.url.split("/")[2]]
            else:
                with pytest.raises(UnreadableKeysError, match="unreachable"):
                    await reader.read(opened.url)
            await reader.aclose()
