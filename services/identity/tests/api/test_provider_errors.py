# SPDX-License-Identifier: EUPL-1.2
"""Each error of FranceConnect's list is a page that says what happened and what to do, at sign-ins and at linkings."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import httpx
import pytest
from fake_provider import agent, citizen
from identity_town import Attempt, Browser, Town
from local_people import registered

Logged = Callable[[], str]
SECRET_WORDS = "<b>Jeanne Tartempion</b>"


class Page(NamedTuple):
    status: int
    fr: str
    en: str
    does: str = "Réessayer"
    helps: bool = False


FAILED = Page(502, "La connexion n’a pas abouti", "Signing in did not work")
UNREACHABLE = Page(503, "Le fournisseur d’identité ne répond pas", "The identity provider does not answer")
OURS = Page(502, "La connexion est mal réglée", "Signing in is misconfigured", "Se connecter autrement")
EXPIRED = Page(400, "Cette page n’est plus valable", "This page is no longer valid")
LOST = Page(400, "Votre passage s’est interrompu", "Your visit there was interrupted")
TOO_LOW = Page(403, "Niveau de garantie insuffisant", "Level of assurance too low")
ACCOUNT = Page(502, "Le compte choisi n’a pas répondu", "The chosen account did not answer")
BLOCKED = Page(403, "Vous avez bloqué ce compte", "You have blocked this account", helps=True)
CLOSED = Page(
    403,
    "Votre accès FranceConnect est désactivé",
    "Your FranceConnect access is disabled",
    "Se connecter autrement",
    helps=True,
)
NOT_FOUND = Page(
    403,
    "Votre état civil n’a pas été retrouvé",
    "Your civil status was not found",
    "Se connecter autrement",
    helps=True,
)
DECEASED = Page(
    403,
    "FranceConnect ne peut pas vous identifier",
    "FranceConnect cannot identify you",
    "Se connecter autrement",
    helps=True,
)

CALLBACK: list[tuple[str, str | None, Page]] = [
    *((error, None, OURS) for error in ("invalid_request", "unauthorized_client", "unsupported_response_type")),
    *((error, None, OURS) for error in ("invalid_scope", "invalid_client", "request_not_supported")),
    *((error, None, LOST) for error in ("login_required", "interaction_required", "consent_required")),
    ("server_error", None, FAILED),
    ("temporarily_unavailable", None, UNREACHABLE),
    ("<script>alert(1)</script>", None, FAILED),
    # A code that we do not know is quoted all the same.
    ("server_error", "Y999999", FAILED),
    *(("invalid_request", code, OURS) for code in ("Y030007", "Y030028", "Y030032", "Y100009", "Y100019")),
    *(("server_error", code, OURS) for code in ("Y04EA6EF", "Y04C013C", "Y0434A7B", "Y048017B", "Y04146A2")),
    *(("server_error", code, EXPIRED) for code in ("Y049E20B", "Y0416228")),
    *(("server_error", code, NOT_FOUND) for code in ("Y010004", "Y010006", "Y010007", "Y010008")),
    *(("server_error", code, UNREACHABLE) for code in ("Y010009", "Y010013")),
    ("server_error", "Y010015", DECEASED),
    *(("server_error", code, ACCOUNT) for code in ("Y020021", "Y020030")),
    *(("server_error", code, TOO_LOW) for code in ("Y100001", "Y100002", "Y100018")),
    ("server_error", "Y100011", BLOCKED),
    # It says that access is denied where the person did not want it, too.
    ("access_denied", "Y180001", CLOSED),
    *(("server_error", code, LOST) for code in ("Y190001", "Y190014", "Y420001", "Y420002", "Y520001")),
]
ANSWERS: list[tuple[str, int, Any, Page]] = [
    ("/token", 401, {"error": "invalid_client", "error_description": f"{SECRET_WORDS} Y0434A7B"}, OURS),
    ("/token", 400, {"error": "invalid_grant", "error_uri": "https://fc.example/?code=Y0416228&id=7"}, EXPIRED),
    ("/token", 400, {"error": "invalid_grant"}, EXPIRED),
    ("/token", 400, {"error": "invalid_scope"}, OURS),
    ("/token", 500, {"error": "server_error"}, FAILED),
    ("/token", 400, {"error": "access_denied"}, FAILED),
    ("/token", 503, {}, UNREACHABLE),
    ("/token", 502, "<html>", UNREACHABLE),
    ("/token", 500, "<html>", FAILED),
    ("/token", 429, {}, UNREACHABLE),
    ("/token", 404, {}, OURS),
    ("/userinfo", 401, {"error": "invalid_token"}, EXPIRED),
    ("/userinfo", 403, {"error": "insufficient_scope"}, OURS),
    ("/userinfo", 500, {"error": "server_error", "error_description": "Y020030"}, ACCOUNT),
    ("/userinfo", 504, "", UNREACHABLE),
    ("/userinfo", 200, {"sub": "not signed"}, FAILED),
]


def of_both_ways(town: Town, browser: Browser, way: str) -> Callable[[], Awaitable[httpx.Response]]:
    """What leads through FranceConnect, again and again: a sign-in, or the linking of an identity."""

    async def sign_in() -> httpx.Response:
        login = await browser.follow(await browser.authorize(Attempt()))
        return await browser.click(login, "S’identifier avec FranceConnect")

    async def link() -> httpx.Response:
        page = await browser.get("/account/identities")
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf, page.text
        return await browser.follow(await browser.http.post("/account/identities", data={"csrf": csrf[1]}))

    town.citizens.person = citizen()
    return sign_in if way == "sign in" else link


async def somebody(town: Town, way: str) -> Browser:
    if way == "sign in":
        return town.browser()
    browser = await registered(town)
    browser.http.headers["accept-language"] = "en"
    return browser


def check(answer: httpx.Response, page: Page, code: str | None, way: str) -> None:
    told = f"{page} {code}: {answer.text}"
    assert answer.status_code == page.status, told
    assert f"<h1>{page.fr if way == 'sign in' else page.en}</h1>" in answer.text, told
    if way == "sign in":
        assert re.search(rf'href="/login\?continue=[^"]+">{page.does}</a>', answer.text), told
        assert "Revenir au service" in answer.text, told
    else:
        assert 'href="/account/identities">Back to my identities</a>' in answer.text, told
    assert ("https://aide.franceconnect.gouv.fr/" in answer.text) is page.helps, told
    reference = re.search(r'class="reference">[^<]*?: ([^<]+)</p>', answer.text)
    assert reference, told
    assert reference[1].partition(" · ")[2] == (code or ""), told
    assert ("retry-after" in answer.headers) is (page.status == 503), told
    assert "Tartempion" not in answer.text, told
    assert "<script>" not in answer.text, told


@pytest.mark.parametrize("way", ["sign in", "link"])
async def test_each_error_at_the_return_is_a_page(town: Town, logged: Logged, way: str) -> None:
    browser = await somebody(town, way)
    go = of_both_ways(town, browser, way)
    for error, code, page in CALLBACK:
        told = {"error": error, "error_description": f"{SECRET_WORDS} ({code})"}
        town.citizens.callback = lambda back, told=told: told | {"state": back["state"], "iss": back["iss"]}  # type: ignore[misc]
        logged()
        check(await go(), page, code, way)
        lines = [json.loads(line) for line in logged().splitlines() if line.startswith('{"service"')]
        (noted,) = [line for line in lines if line["event"] == "provider_error"]
        assert (noted["error"], noted["code"]) == ("other" if "<" in error else error, code)
        assert "Tartempion" not in json.dumps(lines)
    assert await town.rows("SELECT 1 FROM identity_link") == []
    assert len(await town.rows("SELECT 1 FROM session")) == (0 if way == "sign in" else 1)
    assert town.citizens.sent == []


@pytest.mark.parametrize("way", ["sign in", "link"])
async def test_each_error_of_the_calls_behind_it_is_a_page(town: Town, way: str) -> None:
    browser = await somebody(town, way)
    go = of_both_ways(town, browser, way)
    for path, status, body, page in ANSWERS:
        town.citizens.answers[path] = httpx.Response(
            status, json=body if isinstance(body, dict) else None, text=body if isinstance(body, str) else None
        )
        found = re.search(r"Y\d\w+", json.dumps(body))
        check(await go(), page, found[0] if found else None, way)
        town.citizens.answers.clear()
    for path in ("/token", "/userinfo"):
        town.citizens.down.add(path)
        check(await go(), UNREACHABLE, None, way)
        town.citizens.down.clear()
    assert await town.rows("SELECT 1 FROM identity_link") == []
    assert (await go()).status_code == 200, "nothing stands in the way of another try"
    assert len(await town.rows("SELECT 1 FROM identity_link")) == 1


@pytest.mark.parametrize("told", [None, "User auth aborted", "User auth aborted (Y030030)"])
async def test_who_cancels_is_told_so_at_both_ways(town: Town, told: str | None) -> None:
    town.citizens.callback = lambda back: {
        "error": "access_denied", "state": back["state"], "iss": back["iss"],
        **({"error_description": told} if told else {}),
    }  # fmt: skip
    for way, words in (("sign in", "Vous avez interrompu la connexion"), ("link", "<h1>My identities</h1>")):
        answer = await of_both_ways(town, await somebody(town, way), way)()
        assert answer.status_code == 200, answer.text
        assert words in answer.text


async def test_the_numbers_of_proconnect_mean_something_else(town: Town) -> None:
    town.agents.person = agent()
    town.agents.callback = lambda back: {
        "error": "server_error", "error_description": "Y180001", "state": back["state"],
    }  # fmt: skip
    page = await town.browser().to_consent(Attempt(client_id="demo-backoffice"), "ProConnect")
    assert page.status_code == 502
    assert "La connexion n’a pas abouti" in page.text
    assert "provider-failed · Y180001" in page.text
