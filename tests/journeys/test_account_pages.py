# SPDX-License-Identifier: EUPL-1.2
"""The pages of own accounts and of kiosks, looked at with a real browser: from opening an account to its end."""

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from looking import faults, follow, opened_page
from playwright.sync_api import Browser, Page, expect
from running_stack import RunningStack
from signing_in import address, sign_in_address

from parvis_identity.domain.totp import STEP_SECONDS, code_of
from parvis_local.demo.expecting import eventually
from parvis_local.demo.expecting import expect as answered
from parvis_local.simulators import SIMULATORS_PATH

pytestmark = pytest.mark.browser
LANGUAGES = ["fr", "en"]
PASSWORD = "quatre lampes sous la pluie"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Visitor:
    """Somebody without FranceConnect, with a telephone that keeps codes."""

    def __init__(self, page: Page, stack: RunningStack, name: str) -> None:
        self.page = page
        self.stack = stack
        self.email = f"{name}@example.org"
        self.secret = b""
        self.step = 0

    def go(self, path: str) -> None:
        self.page.goto(f"{address(self.stack)}{path}")

    def submit(self, form: str, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"form[action='{form}'] [name={name}]").fill(value)
        follow(self.page.locator(f"form[action='{form}'] button[type=submit]:visible").first)

    def to_own_account(self) -> None:
        self.page.goto(sign_in_address(self.stack, scopes="openid profile"))
        follow(self.page.locator("a[href^='/login/local?']"))

    def link(self, page: str = "") -> str:
        """That of the latest letter with a link to that page, or to any, as a path."""
        wanted = re.compile(rf"https?://\S+{page}\S*token=\S+")
        with self.stack.stage() as stage:

            def linked() -> re.Match[str] | None:
                texts = (
                    answered(stage.http.get(f"{SIMULATORS_PATH}/mail/messages/{mail['id']}"), 200).json()["text"]
                    for mail in stage.mails(self.email)
                )
                return next(filter(None, map(wanted.search, texts)), None)

            found = eventually("a letter", linked)
        parts = urlsplit(found[0])
        return f"{parts.path}?{parts.query}"

    def code(self) -> str:
        """One that was not used yet: the next time step's is taken too, and then the clock must go on."""
        present = int(time.time()) // STEP_SECONDS
        self.step = max(self.step + 1, present)
        while self.step > int(time.time()) // STEP_SECONDS + 1:
            time.sleep(0.5)
        return code_of(self.secret, self.step)

    def open_account(self) -> Iterator[str]:
        self.to_own_account()
        yield "own account"
        self.submit("/login/local", email=self.email, password="certainly not this one")
        yield "wrong password"
        follow(self.page.locator("a[href^='/account/registration?']"))
        yield "opening an account"
        self.submit("/account/registration", email=self.email)
        yield "letter sent"
        self.go(self.link())
        yield "finishing the account"
        self.submit("/account/registration/finish", given_names="Zoé", family_name="MARTIN", password="password1234")
        yield "weak password"
        self.submit("/account/registration/finish", password=PASSWORD)
        yield "consent after opening an account"

    def turn_on_second_factor(self) -> Iterator[str]:
        self.go("/account/second-factor")
        yield "second factor off"
        self.secret = bytes.fromhex(self.page.locator("[name=secret]").input_value())
        self.submit("/account/second-factor", password=PASSWORD, code="000000")
        yield "wrong code"
        self.submit("/account/second-factor", password=PASSWORD, code=self.code())
        yield "codes on paper"
        self.go("/account/second-factor")
        yield "second factor on"

    def sign_in_again(self) -> Iterator[str]:
        self.page.context.clear_cookies()
        self.to_own_account()
        self.submit("/login/local", email=self.email, password=PASSWORD)
        yield "second factor"
        self.submit("/login/local/code", code="000000")
        yield "second factor refused"
        self.submit("/login/local/code", code=self.code())
        yield "consent after the second factor"

    def see_the_account(self) -> Iterator[str]:
        yield from self.change_the_profile()
        self.go("/account/consents")
        yield "nothing allowed"
        self.page.goto(sign_in_address(self.stack, scopes="openid profile"))
        follow(self.page.locator("button[value=allow]"))
        self.go("/account/consents")
        yield "an application is allowed something"
        self.submit("/account/consents")
        yield "nothing allowed any more"
        for path in ("/account/sessions", "/account/passkeys", "/account/password", "/account/identities"):
            self.go(path)
            yield path
        yield from self.stop_a_merge()
        self.submit_first_session()
        yield "session ended"
        self.go("/account/passkeys")
        yield "not signed in"
        self.page.goto(sign_in_address(self.stack, scopes="openid profile"))
        follow(self.page.locator("a[href^='/login/passkey?']"))
        yield "sign-in by passkey"
        self.to_own_account()
        follow(self.page.locator("a[href^='/account/recovery?']"))
        yield "forgotten password"
        self.submit("/account/recovery", email=self.email)
        yield "recovery letter sent"

    def save(self, act: str, **fields: str) -> None:
        """Fill the fields of the profile's form with that button, and press it."""
        form = self.page.locator("form", has=self.page.locator(f"button[value={act}]")).last
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        follow(form.locator(f"button[value={act}]"))

    def change_the_profile(self) -> Iterator[str]:
        self.go("/account/profile")
        yield "profile"
        self.save("profile", phone="12")
        yield "profile refused"
        self.save("profile", phone="06 12 34 56 78")
        yield "profile saved"
        self.page.locator("summary").last.click()
        self.save("add-address", street="Rue Noire", postcode="75002", city="Paris")
        yield "profile with an address"
        self.page.locator("summary").first.click()
        self.save("email", email=f"new-{self.email}")
        yield "profile that waits for a code"
        self.save("code", code="000000")
        yield "profile, wrong code"

    def stop_a_merge(self) -> Iterator[str]:
        with self.stack.stage() as stage:
            camille, sophie = stage.agent("camille"), stage.agent("sophie")
            visit = {"newcomer": {"given_names": "Zoé", "family_name": "ROUX"}, "channel": "counter", "reason": "Oui."}
            other = answered(camille.post("/v1/assisted-sessions", visit), 201).json()["person"]
            found = answered(sophie.post("/v1/account-searches", {"email": self.email}), 200).json()["items"]
            body = {"kept": found[0]["id"], "absorbed": other, "reason": "civil-status-changed", "document": "passport"}
            answered(sophie.post("/v1/account-merges", body), 201)
        self.go(self.link("merge-objection"))
        yield "a merge that can be stopped"
        self.submit("/account/merge-objection")
        yield "a merge that was stopped"

    def submit_first_session(self) -> None:
        self.go("/account/sessions")
        follow(self.page.locator("form[action='/account/sessions'] button").last)

    def begin_on_a_kiosk(self) -> dict[str, Any]:
        form = {"client_id": "demo-kiosk", "scope": "openid profile"}
        with self.stack.stage() as stage:
            begun: dict[str, Any] = answered(stage.http.post("/oauth2/device_authorization", data=form), 200).json()
        return begun

    def use_a_kiosk(self) -> Iterator[str]:
        self.go("/device")
        yield "code of a kiosk"
        self.submit("/device", user_code="BCDF-GHJK")
        yield "unknown code"
        for decision in ("deny", "allow"):
            begun = self.begin_on_a_kiosk()
            self.page.goto(begun["verification_uri_complete"])
            yield "code of a kiosk, from its drawing"
            self.submit("/device")
            if self.page.locator("a.button.franceconnect").count():
                yield "sign-in for a kiosk"
                follow(self.page.locator("a.button.franceconnect"))
                follow(self.page.locator("button[value=amelie]"))
                self.page.locator("button[value=allow]").wait_for()
            assert begun["user_code"] in self.page.locator("main").inner_text()
            yield "consent for a kiosk"
            follow(self.page.locator(f"button[value={decision}]"))
            yield f"kiosk: {decision}"

    def tour(self) -> Iterator[str]:
        yield from self.open_account()
        yield from self.turn_on_second_factor()
        yield from self.sign_in_again()
        yield from self.see_the_account()
        yield from self.use_a_kiosk()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_account_is_accessible_in_both_languages(browser: Browser, stack: RunningStack, language: str) -> None:
    found = []
    with opened_page(browser, language) as page:
        for name in Visitor(page, stack, f"scripted-{language}").tour():
            found += [f"{name}: {fault}" for fault in faults(page, language)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_script_is_needed(browser: Browser, stack: RunningStack, language: str) -> None:
    with opened_page(browser, language, scripts=False) as page:
        visitor = Visitor(page, stack, f"plain-{language}")
        wide = [
            name
            for name in visitor.tour()
            if page.evaluate("document.documentElement.scrollWidth") > page.evaluate("window.innerWidth")
        ]
        assert wide == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_with_passkeys_are_accessible(browser: Browser, stack: RunningStack, language: str) -> None:
    found = []
    with opened_page(browser, language) as page:
        cdp = page.context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        visitor = Visitor(page, stack, f"keys-{language}")
        for _ in visitor.open_account():
            pass
        visitor.go("/account/passkeys")
        page.locator("#label").fill("Téléphone")
        follow(page.locator("form[data-passkey] button"))
        expect(page.locator("h2").first).to_have_text("Téléphone")
        found += faults(page, language)
        page.context.clear_cookies()
        page.goto(sign_in_address(stack, scopes="openid profile"))
        follow(page.locator("a[href^='/login/passkey?']"))
        follow(page.locator("form[data-passkey] button"))
        page.locator("button[value=allow]").wait_for()
        visitor.go("/account/sessions")
        found += faults(page, language)
        visitor.go("/account/passkeys")
        follow(page.locator("button[value=remove]"))
        found += faults(page, language)
    assert found == []
