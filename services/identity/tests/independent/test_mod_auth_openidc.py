# SPDX-License-Identifier: EUPL-1.2
"""Our provider against mod_auth_openidc in an Apache: a certified relying party, and a resource server."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from apache import running_apache
from identity_town import SYSTEM_SECRET
from real_sign_in import Browser, Place
from running_service import running_service

from parvis_identity.service import seed
from parvis_identity.settings import Settings
from parvis_local.ports import free_port
from parvis_testing import Harness

pytestmark = pytest.mark.independent
SECRET = "of-an-apache-in-this-test-and-of-nothing-else"
TOLD_SECONDS = 20


@dataclass(frozen=True)
class Door:
    """The Apache before an application, and a folder with its log."""

    url: str
    folder: Path


@pytest.fixture
async def port(service: Harness, _seeded: None) -> int:
    number = free_port()
    client: dict[str, Any] = {
        "client_id": "old-application",
        "collectivity": "paris",
        "name": {"fr": "Ancienne application", "en": "Old application"},
        "audience": "citizen",
        "type": "confidential",
        "secret": SECRET,
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": ["http://127.0.0.1/back"],
        "post_logout_redirect_uris": ["http://127.0.0.1/signed-out"],
        "backchannel_logout_uri": f"http://127.0.0.1:{number}/back?logout=backchannel",
        "scopes": ["openid", "profile", "identity.profile.read"],
    }
    entry = seed.Seed.model_validate({"clients": [client]})
    await seed.apply(entry, service.runtime.database, service.runtime.blind_index)
    return number


@pytest.fixture
def door(place: Place, port: int, tmp_path: Path) -> Iterator[Door]:
    with running_apache(tmp_path, place.identity, "old-application", SECRET, port) as url:
        yield Door(url, tmp_path)


def enter(door: Door, browser: Browser) -> httpx.Response:
    """The application's page, after a citizen has signed in and allowed all that is asked."""
    login = browser.http.get(f"{door.url}/")
    picking = browser.click(login, "S’identifier avec FranceConnect")
    return browser.submit(browser.submit(picking, person="amelie"), decision="allow")


def access_token(door: Door, browser: Browser) -> str:
    shown = browser.http.get(f"{door.url}/back", params={"info": "json"})
    assert shown.status_code == 200, shown.text
    return str(json.loads(shown.text)["access_token"])


def test_a_citizen_comes_to_the_application_behind_it(place: Place, door: Door) -> None:
    with place.browser() as browser:
        page = enter(door, browser)
        assert page.status_code == 200, page.text
        assert str(page.url) == f"{door.url}/"
        assert page.headers["x-family-name"] == "DURAND"
        info = json.loads(browser.http.get(f"{door.url}/back", params={"info": "json"}).text)
        assert info["userinfo"]["sub"] == page.headers["x-subject"]


def test_it_renews_the_access_token(place: Place, door: Door) -> None:
    with place.browser() as browser:
        enter(door, browser)
        before = access_token(door, browser)
        renewed = browser.http.get(f"{door.url}/back", params={"refresh": f"{door.url}/", "access_token": before})
        assert str(renewed.url) == f"{door.url}/", renewed.text
        assert access_token(door, browser) != before


def test_it_takes_our_access_tokens_at_an_interface_and_no_other(place: Place, door: Door) -> None:
    with place.browser() as browser:
        enter(door, browser)
        token = access_token(door, browser)
    head, claims, signature = token.split(".")
    forged = f"{head}.{claims}.{signature[:-8]}{'A' * 8}"

    def status(bearer: str) -> int:
        return httpx.get(f"{door.url}/api/", headers={"Authorization": f"Bearer {bearer}"}, timeout=10).status_code

    assert (status(token), status(forged)) == (200, 401)
    system = httpx.post(
        f"{place.identity}/oauth2/token",
        data={"grant_type": "client_credentials", "resource": "urn:parvis:notifications"},
        auth=("demo-roadworks", SYSTEM_SECRET),
        timeout=10,
    )
    assert system.status_code == 200, system.text
    assert status(system.json()["access_token"]) in {401, 403}


def test_signing_out_at_identity_closes_the_door(place: Place, door: Door, identity_settings: Settings) -> None:
    addresses = {"PARVIS_PUBLIC_URL": place.identity, "PARVIS_IDENTITY_ISSUER_URL": place.identity}
    providers = json.dumps(place.look_alike.settings())
    with (
        running_service("identity", identity_settings, "worker", PARVIS_IDENTITY_PROVIDERS=providers, **addresses),
        place.browser() as browser,
    ):
        enter(door, browser)
        page = browser.http.get(f"{place.identity}/logout")
        browser.submit(page)
        deadline = time.monotonic() + TOLD_SECONDS
        while (again := browser.http.get(f"{door.url}/", follow_redirects=False)).status_code == 200:
            assert time.monotonic() < deadline, (door.folder / "error.log").read_text("utf-8")
            time.sleep(0.2)
        assert again.headers["location"].startswith(f"{place.identity}/oauth2/authorize")
