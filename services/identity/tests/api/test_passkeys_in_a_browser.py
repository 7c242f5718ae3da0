# SPDX-License-Identifier: EUPL-1.2
"""Passkeys as a browser makes and uses them: Debian's with the authenticator that it offers to tests."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
import respx
from identity_town import Attempt, Town
from local_people import EMAIL, PASSWORD, registered
from looking import opened_browser, opened_page
from playwright.sync_api import CDPSession, Page, expect
from running_service import RunningService, running_service

from parvis_identity.settings import Settings
from parvis_local.ports import free_port

pytestmark = pytest.mark.browser
MFA = {"acr_values": "urn:parvis:acr:local-mfa", "prompt": "login"}
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def reached(providers: respx.MockRouter) -> None:
    """The processes of these tests are real ones."""
    providers.route(host="127.0.0.1").pass_through()


@contextmanager
def site(settings: Settings, public_url: str | None = None) -> Iterator[str]:
    port = free_port()
    url = f"http://localhost:{port}"
    running: RunningService
    with running_service(
        "identity", settings, PARVIS_IDENTITY_PORT=str(port), PARVIS_PUBLIC_URL=public_url or url
    ) as running:
        assert running.process.poll() is None
        yield url


class Person:
    """Somebody with a device that recognises them, in front of a browser."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.device: str = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def go(self, **extra: str | None) -> None:
        self.page.goto(f"{self.url}/oauth2/authorize?{urlencode(Attempt(extra=dict(extra)).parameters())}")

    def by_password(self) -> None:
        self.go()
        self.page.get_by_text("Continuer avec mon adresse").click()
        self.page.fill("#email", EMAIL)
        self.page.fill("#password", PASSWORD)
        self.page.locator("form[action='/login/local'] button").click()
        expect(self.page.locator("h1")).to_have_text("Autoriser l’accès")

    def make_key(self) -> None:
        self.page.goto(f"{self.url}/account/passkeys")
        self.page.fill("#label", "Téléphone")
        self.page.get_by_text("Créer la clé sur cet appareil").click()

    def to_key(self) -> None:
        self.go(**MFA)
        self.page.get_by_text("Se connecter avec une clé d’accès").click()
        self.page.wait_for_url("**/login/passkey?**")

    def by_key(self) -> None:
        self.to_key()
        self.page.locator("form[data-passkey] button").click()

    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.device})[
            "credentials"
        ]
        return found

    def copied(self, sign_count: int) -> None:
        """Another device with the same key, whose counter stands elsewhere."""
        (credential,) = self.credentials()
        named = {"authenticatorId": self.device, "credentialId": credential["credentialId"]}
        self.cdp.send("WebAuthn.removeCredential", named)
        copy = credential | {"signCount": sign_count}
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.device, "credential": copy})


async def look(run: Callable[[Page], None]) -> None:
    """Playwright has a loop of its own, so it gets a thread of its own."""

    def looking() -> None:
        with opened_browser() as browser, opened_page(browser, "fr") as page:
            run(page)

    await asyncio.to_thread(looking)


def allowed(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("Autoriser l’accès")


def refused(page: Page) -> None:
    expect(page.locator("main > [role=alert]")).to_contain_text("n’a pas pu être vérifiée")


async def test_a_key_is_made_and_opens_the_account(town: Town, identity_settings: Settings) -> None:
    await registered(town)

    def run(page: Page) -> None:
        with site(identity_settings) as url:
            zoe = Person(page, url)
            zoe.by_password()
            zoe.make_key()
            expect(page.locator("h2").first).to_have_text("Téléphone")
            (credential,) = zoe.credentials()
            assert credential["isResidentCredential"]
            assert credential["rpId"] == "localhost"
            zoe.by_key()
            allowed(page)
            page.context.clear_cookies()
            zoe.by_key()
            allowed(page)

    await look(run)
    (row,) = await town.rows("SELECT sign_count > 0 AS used, transports FROM passkey")
    assert (row["used"], row["transports"]) == (True, ["internal"])
    rows = await town.rows("SELECT amr FROM session ORDER BY created_at DESC LIMIT 2")
    assert [row["amr"] for row in rows] == [["hwk", "user", "mfa"]] * 2


async def test_the_browser_proposes_it_among_the_addresses(town: Town, identity_settings: Settings) -> None:
    await registered(town)

    def run(page: Page) -> None:
        with site(identity_settings) as url:
            zoe = Person(page, url)
            zoe.by_password()
            zoe.make_key()
            expect(page.locator("h2").first).to_have_text("Téléphone")
            page.context.clear_cookies()
            zoe.go()
            page.get_by_text("Continuer avec mon adresse").click()
            # Nobody presses anything: the authenticator of tests chooses what the browser proposes.
            page.wait_for_url("**/consent?**")
            allowed(page)

    await look(run)


async def test_what_is_not_this_persons_device_here_and_now_is_refused(town: Town, identity_settings: Settings) -> None:
    await registered(town)

    def run(page: Page) -> None:
        with site(identity_settings) as url:
            zoe = Person(page, url)
            zoe.by_password()
            zoe.make_key()
            expect(page.locator("h2").first).to_have_text("Téléphone")
            sent: list[str] = []
            page.on("request", lambda request: sent.append(request.post_data or ""))
            zoe.by_key()
            allowed(page)
            again = page.context.request.post(
                f"{url}/login/passkey",
                data=next(form for form in reversed(sent) if form),
                headers={"content-type": "application/x-www-form-urlencoded"},
                max_redirects=0,
            )
            assert again.status == 422, "the answer was used before"
            zoe.copied(sign_count=0)
            zoe.by_key()
            refused(page)
            zoe.copied(sign_count=int(time.time()))
            zoe.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": zoe.device, "isUserVerified": False})
            zoe.by_key()
            expect(page.locator("[data-when=failed]")).to_be_visible()
            zoe.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": zoe.device, "isUserVerified": True})
            page.locator("form[data-passkey] button").click()
            allowed(page)
        with site(identity_settings, public_url="http://localhost:8080") as elsewhere:
            # The same domain, so the browser does sign; but not the site that the settings name.
            zoe.url = elsewhere
            zoe.by_key()
            refused(page)

    await look(run)


async def test_without_scripts_the_pages_say_what_is_needed(town: Town, identity_settings: Settings) -> None:
    await registered(town)

    def run() -> None:
        with (
            site(identity_settings) as url,
            opened_browser() as browser,
            opened_page(browser, "fr", scripts=False) as page,
        ):
            page.goto(f"{url}/oauth2/authorize?{urlencode(Attempt().parameters())}")
            page.get_by_text("Se connecter avec une clé d’accès").click()
            expect(page.locator("[data-when=unscripted]")).to_contain_text("JavaScript est permis")
            expect(page.locator("button")).to_be_hidden()
            page.get_by_text("Autres façons de se connecter").click()
            page.get_by_text("Continuer avec mon adresse").click()
            page.fill("#email", EMAIL)
            page.fill("#password", PASSWORD)
            page.locator("form[action='/login/local'] button").click()
            allowed(page)
            page.goto(f"{url}/account/passkeys")
            expect(page.locator("[data-when=unscripted]")).to_contain_text("connexion en deux étapes")
            expect(page.get_by_text("Connexion en deux étapes", exact=True)).to_be_visible()

    await asyncio.to_thread(run)
