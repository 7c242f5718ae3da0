# SPDX-License-Identifier: EUPL-1.2
"""The pages that people meet, looked at with a real browser: in both languages, on a small screen, by keyboard."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from inviting import invitation_path
from looking import faults, follow, opened_page
from payment_calls import payment_of
from playwright.sync_api import Browser, Page, Route, expect
from running_stack import RunningStack
from signing_in import address, sign_in_address
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_local.demo.expecting import eventually
from parvis_local.demo.expecting import expect as answered
from parvis_local.demo.steps.report import REPORT
from parvis_requests.api.survey_page import Sent, asked_page, done_page
from parvis_requests.service.answer_survey import Asked

pytestmark = pytest.mark.browser
LANGUAGES = ["fr", "en"]


def tour(page: Page, stack: RunningStack) -> Iterator[str]:
    """From signing in to signed out, and what goes wrong; each page's name once it is shown."""
    page.goto(sign_in_address(stack))
    yield "sign-in"
    follow(page.locator("a.button").first)
    yield "people of FranceConnect"
    follow(page.locator("button[value=amelie]"))
    page.locator("button[value=allow]").wait_for()
    yield "consent"
    follow(page.locator("button[value=allow]"))
    page.wait_for_url("**/developers/callback?code=*")
    yield "code"
    page.goto(f"{address(stack)}/account/identities")
    yield "identities"
    page.goto(f"{address(stack)}/account/profile")
    yield "profile"
    page.goto(f"{address(stack)}{invitation_path(stack)}")
    yield "invitation of an association"
    follow(page.locator("button[type=submit]"))
    yield "joined"
    page.goto(f"{address(stack)}/logout")
    yield "sign-out"
    follow(page.locator("button[type=submit]"))
    yield "signed out"
    page.goto(sign_in_address(stack, "nobody"))
    yield "unknown service"
    page.goto(f"{address(stack)}/login?continue=made-up")
    yield "expired"
    page.goto(sign_in_address(stack))
    follow(page.locator("a.button").first)
    follow(page.locator("button[name=cancel]"))
    page.wait_for_url("**/login?**")
    yield "cancelled"
    page.goto(sign_in_address(stack, "demo-backoffice", "openid requests.requests.read"))
    yield "sign-in of agents"
    follow(page.locator("a.button").first)
    yield "people of ProConnect"
    page.goto(f"{address(stack)}/simulators/franceconnect/api/v2/authorize?client_id=nobody")
    yield "refused by FranceConnect"


def _looks_again(page: Page) -> bool:
    links = page.locator("a.button")
    if links.count():
        follow(links.first)
    return links.count() == 0


def portal_pages(stack: RunningStack) -> list[str]:
    paths = ["/", "/developers", "/problems", "/problems/validation-failed", "/developers/apis/none", "/nowhere"]
    paths += [f"/developers/apis/{name}" for name in ("gateway", "identity", "requests", "notifications")]
    paths += [
        "/unsubscription?token=x",
        "/confirm-address?token=x",
        f"/survey?token={'A' * 43}",
        f"/followed-request?token={'A' * 43}",
        f"/payment-return?payment={uuid4()}",
        "/simulators/payfip",
        "/developers/apis/participation",
        "/developers/events/fr.parvis.requests.request-resolved.v1",
    ]
    return [f"{address(stack)}{path}" for path in paths]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_citizens_way_is_accessible_in_both_languages(browser: Browser, stack: RunningStack, language: str) -> None:
    found, headings = [], set()
    with opened_page(browser, language) as page:
        for name in tour(page, stack):
            found += [f"{name}: {fault}" for fault in faults(page, language)]
            headings.add(page.locator("h1").inner_text())
    assert found == []
    expected = {
        "fr": {
            "Se connecter",
            "Autoriser l’accès",
            "Rejoindre une organisation",
            "Vous êtes déconnecté",
            "Cette page n’est plus valable",
        }
    }
    expected["en"] = {
        "Sign in",
        "Allow access",
        "Join an organisation",
        "You are signed out",
        "This page is no longer valid",
    }
    assert headings >= expected[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_portal_is_accessible_in_both_languages(browser: Browser, stack: RunningStack, language: str) -> None:
    found = []
    with opened_page(browser, language) as page:
        for url in portal_pages(stack):
            page.goto(url)
            found += faults(page, language)
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mails_are_accessible(browser: Browser, stack: RunningStack, language: str) -> None:
    with stack.stage() as stage:
        answer = answered(stage.citizen("chloe").post("/v1/requests", REPORT), 201).json()
        mails = eventually(
            "a mail", lambda: [m for m in stage.mails("chloe@example.org") if answer["reference"] in m["subject"]]
        )
        path = f"/v1/requests/{answer['id']}/transitions"
        answered(stage.agent("camille").post(path, {"action": "take"}, **{"If-Match": '"1"'}), 201)
        optional = eventually(
            "a mail that may be left off",
            lambda: [
                m
                for m in stage.mails("chloe@example.org")
                if answer["reference"] in m["subject"] and "list-unsubscribe" in m["headers"]
            ],
        )[0]
    with opened_page(browser, language) as page:
        found = []
        for path in ("mail", f"mail/{mails[0]['id']}", "sms", "voice", "push", "social"):
            page.goto(f"{address(stack)}/simulators/{path}")
            found += faults(page, language)
        page.goto(optional["headers"]["list-unsubscribe"].strip("<>"))
        for _ in range(2):  # no more, and again: who plays after this gets their mails
            found += faults(page, language)
            follow(page.locator("button[type=submit]"))
        found += faults(page, language)
        expect(page.locator("button[value=stop], input[value=stop]")).to_have_count(1)
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_permit_is_paid_for_on_pages_that_everybody_can_use(
    browser: Browser, stack: RunningStack, language: str
) -> None:
    with stack.stage() as stage:
        begun = payment_of(stage.agent("sophie"), stage.citizen("bruno"), f"permit-{uuid4().hex[:8]}")
    found, headings = [], []
    with opened_page(browser, language) as page:
        page.goto(begun["redirect_url"])
        # Who gives up comes back to a page from which they can think again; then they pay, and come back once more.
        for button in ("cancel", "card"):
            found += faults(page, language)
            follow(page.locator(f"button[value={button}]"))
            found += faults(page, language)
            follow(page.locator("main button"))
            if button == "card":
                # The provider is asked again after two seconds at the soonest.
                eventually("the result", lambda: _looks_again(page))
            headings.append(page.locator("h1").inner_text())
            found += faults(page, language)
            if button == "cancel":
                follow(page.locator("a.button").last)
        page.goto(begun["redirect_url"])
        found += faults(page, language)
        headings.append(page.locator("main code").inner_text())
    assert found == []
    expected = {
        "fr": ["Votre paiement n’est pas encore confirmé", "Votre paiement est reçu", "P3"],
        "en": ["Your payment is not confirmed yet", "Your payment is received", "P3"],
    }
    assert headings == expected[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_is_confirmed_by_the_link_of_its_mail(browser: Browser, stack: RunningStack, language: str) -> None:
    email = f"{uuid4().hex}@example.org"
    with stack.stage() as stage:
        body = {**REPORT, "email": email}
        headers = {"Idempotency-Key": str(uuid4()), "Accept-Language": language}
        filed = stage.http.post("/v1/collectivities/paris/requests", json=body, headers=headers)
        reference = answered(filed, 201).json()["reference"]
        mail = eventually("a mail", lambda: stage.mails(email))[0]
        text = answered(stage.http.get(f"/simulators/mail/messages/{mail['id']}"), 200).json()["text"]
    (link,) = set(re.findall(r"http\S+/confirm-address\?token=[\w-]+", text))
    with opened_page(browser, language) as page:
        page.goto(link)
        found = faults(page, language)
        follow(page.locator("button[type=submit]"))
        found += faults(page, language)
        expect(page.locator("#lead")).to_contain_text(reference)
    assert found == []


def _showing(answer: Response) -> Callable[[Route], None]:
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    body = bytes(answer.body).decode()
    return lambda route: route.fulfill(body=body, headers=headers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_survey_is_answered_on_a_page_that_everybody_can_use(
    browser: Browser, stack: RunningStack, language: str
) -> None:
    """It is asked on the next morning: what the service renders then is shown in the stack's place and style."""
    spoken: Language = "fr" if language == "fr" else "en"
    found = []
    form = SimpleNamespace(name={"fr": "Salle des fêtes", "en": "Village hall"})
    closes = datetime(2027, 1, 31, 23, tzinfo=UTC)
    asked = Asked("paris", "R-2026-7K3M-Q2X", form, closes, answered=False, stopped=False)  # type: ignore[arg-type]
    shown = {
        "asked": asked_page(asked, "A" * 43, "Paris", spoken, None),
        "wrong": asked_page(asked, "A" * 43, "Paris", spoken, Sent("answer", None, "Vite")),
        "stopped": done_page(replace(asked, answered=True, stopped=True), "A" * 43, "Paris", spoken),
    }
    with opened_page(browser, language) as page:
        for name, answer in shown.items():
            page.route(f"**/shown-{name}", _showing(answer))
            page.goto(f"{address(stack)}/shown-{name}")
            found += [f"{name}: {fault}" for fault in faults(page, language)]
            if name == "asked":
                page.get_by_label("4").check()
                expect(page.locator("input:checked")).to_have_value("4")
    assert found == []


def test_the_pages_can_be_read_in_the_dark(browser: Browser, stack: RunningStack) -> None:
    with opened_page(browser, "fr", dark=True) as page:
        page.goto(sign_in_address(stack))
        found = faults(page, "fr")
        page.goto(f"{address(stack)}/developers/apis/requests")
        found += faults(page, "fr")
    assert found == []


@pytest.mark.parametrize(("language", "title"), [("fr", "Pour les développeurs"), ("en", "For developers")])
def test_no_script_is_needed(browser: Browser, stack: RunningStack, language: str, title: str) -> None:
    with opened_page(browser, language, scripts=False) as page:
        names = list(tour(page, stack))
        page.goto(f"{address(stack)}/developers")
        expect(page.locator("h1")).to_have_text(title)
    assert names[-1] == "refused by FranceConnect"


def focused(page: Page) -> tuple[str, bool]:
    """The name of what has the focus, and whether one sees that it has it."""
    text: str = page.evaluate("document.activeElement.innerText || document.activeElement.name || ''")
    style: dict[str, str] = page.evaluate(
        "(({outlineStyle, outlineWidth}) => ({outlineStyle, outlineWidth}))(getComputedStyle(document.activeElement))"
    )
    return text, style["outlineStyle"] != "none" and style["outlineWidth"] != "0px"


def press(page: Page, words: str) -> None:
    """Go to the control that has these words with the Tab key, and press Enter on it."""
    for _ in range(40):
        page.keyboard.press("Tab")
        text, seen = focused(page)
        assert seen, f"{page.url}: no focus is seen on {text!r}"
        if words in text:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{page.url}: the keyboard does not reach {words!r}")


def test_the_keyboard_alone_leads_from_signing_in_to_signed_out(browser: Browser, stack: RunningStack) -> None:
    with opened_page(browser, "en") as page:
        page.goto(sign_in_address(stack, scopes="openid profile"))
        press(page, "Sign in with FranceConnect")
        page.wait_for_url("**/simulators/franceconnect/**")
        press(page, "Bruno")
        page.wait_for_url("**/consent?**")
        press(page, "Allow")
        page.wait_for_url("**/developers/callback?code=*")
        page.goto(f"{address(stack)}/logout")
        press(page, "Sign me out")
        expect(page.locator("h1")).to_have_text("You are signed out")
