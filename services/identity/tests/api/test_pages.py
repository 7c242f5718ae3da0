# SPDX-License-Identifier: EUPL-1.2
"""The pages themselves: headers, forged forms, hostile names, both languages."""

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import httpx
import pytest
from fake_provider import citizen
from identity_town import Attempt, Browser, Town, answered, location

from parvis_identity.domain.opaque import fingerprint


async def consent_page(town: Town, browser: Browser, attempt: Attempt | None = None) -> httpx.Response:
    town.citizens.person = citizen()
    page = await browser.to_consent(attempt or Attempt())
    assert page.status_code == 200
    return page


def fields(page: httpx.Response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found}


async def every_page(town: Town) -> list[httpx.Response]:
    browser = town.browser()
    login = await browser.follow(await browser.authorize(Attempt()))
    consent = await consent_page(town, browser)
    return [
        login,
        consent,
        await browser.get("/logout"),
        await town.browser().get("/logout/callback"),
        await browser.get("/oauth2/authorize"),
        await browser.get("/login/unknown/start"),
    ]


async def test_no_page_can_be_framed_cached_or_leak_its_address(town: Town) -> None:
    for page in await every_page(town):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert policy.count("script-src") == page.text.count("<script")
        assert set(re.findall(r"script-src ([^;]+);", policy)) <= {"'self'"}
        assert set(re.findall(r"<script[^>]*>", page.text)) <= {'<script src="/login/passkeys.js" defer>'}
        assert "unsafe" not in policy
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["content-language"] == "fr"


class Structure(HTMLParser):
    """What assistive software relies on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


async def test_each_page_has_language_title_main_part_and_one_heading(town: Town) -> None:
    for page in await every_page(town):
        parsed = Structure()
        parsed.feed(page.text)
        assert parsed.all("html") == [{"lang": "fr"}]
        assert len(parsed.all("main")) == len(parsed.all("h1")) == len(parsed.all("title")) == 1
        assert parsed.all("script") == []
        assert not any(name.startswith("on") or name == "style" for _, attrs in parsed.tags for name in attrs)
        labelled = {label.get("for") for label in parsed.all("label")}
        assert {i.get("id") for i in parsed.all("input") if i.get("type") != "hidden"} <= labelled
        assert all(i.get("type") in {"hidden", "checkbox"} for i in parsed.all("input"))


async def test_the_style_sheet_is_served_from_here(town: Town) -> None:
    answer = await town.browser().get("/login/style.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "url(" not in answer.text


async def test_a_form_leads_only_where_the_client_is(town: Town) -> None:
    page = await consent_page(town, town.browser(), Attempt(redirect_uri="http://127.0.0.1:4711/callback"))
    assert page.headers["content-security-policy"].endswith("form-action 'self' https: http://127.0.0.1:4711")


@pytest.mark.parametrize("csrf", [None, "", "0" * 64, "é"])
async def test_a_consent_form_that_is_not_ours_gives_no_code(town: Town, csrf: str | None) -> None:
    browser = town.browser()
    form = fields(await consent_page(town, browser)) | {"decision": "allow"}
    forged = {name: value for name, value in (form | {"csrf": csrf}).items() if value is not None}
    answer = await browser.http.post("/consent", data=forged)
    assert answer.status_code == 400
    assert await town.rows("SELECT 1 FROM token_grant") == []


async def test_a_token_of_another_browser_s_form_does_not_do(town: Town) -> None:
    mine, other = town.browser(), town.browser()
    theirs = fields(await consent_page(town, other))["csrf"]
    form = fields(await consent_page(town, mine)) | {"csrf": theirs, "decision": "allow"}
    assert (await mine.http.post("/consent", data=form)).status_code == 400


async def test_a_token_for_fewer_scopes_does_not_allow_more(town: Town) -> None:
    browser = town.browser()
    attempt = Attempt(scope="openid")
    narrow = fields(await consent_page(town, browser, attempt))["csrf"]
    attempt.scope = "openid profile email"
    wide = fields(await browser.follow(await browser.authorize(attempt)))
    answer = await browser.http.post("/consent", data=wide | {"csrf": narrow, "decision": "allow"})
    assert answer.status_code == 400


async def test_without_a_decision_nothing_is_allowed(town: Town) -> None:
    browser = town.browser()
    answer = await browser.http.post("/consent", data=fields(await consent_page(town, browser)))
    assert answered(answer)["error"] == "access_denied"


async def test_a_form_without_its_session_leads_to_signing_in(town: Town) -> None:
    browser = town.browser()
    form = fields(await consent_page(town, browser)) | {"decision": "allow"}
    browser.http.cookies.delete("parvis-citizen")
    answer = await browser.http.post("/consent", data=form)
    assert answer.headers["location"].startswith("/login?continue=")


async def test_an_ended_session_is_none(town: Town) -> None:
    browser = town.browser()
    form = fields(await consent_page(town, browser)) | {"decision": "allow"}
    await town.rows("UPDATE session SET ended_at = now()")
    answer = await browser.http.post("/consent", data=form)
    assert answer.headers["location"].startswith("/login?continue=")


async def test_a_session_that_nobody_uses_ends(town: Town) -> None:
    browser = town.browser()
    await consent_page(town, browser)
    await town.rows("UPDATE session SET last_seen_at = now() - interval '2 hours'")
    silent = await browser.authorize(Attempt(extra={"prompt": "none"}))
    assert answered(silent)["error"] == "login_required"


async def test_each_sign_in_gives_the_browser_another_secret(town: Town) -> None:
    browser = town.browser()
    await consent_page(town, browser)
    before = browser.http.cookies["parvis-citizen"]
    page = await browser.follow(await browser.authorize(Attempt(extra={"prompt": "login"})))
    await browser.click(page, "S’identifier avec FranceConnect")
    assert browser.http.cookies["parvis-citizen"] != before
    rows = await town.rows("SELECT ended_at IS NULL AS alive, secret_hash FROM session")
    assert [(row["alive"], row["secret_hash"] == fingerprint(before)) for row in rows] == [(True, False)]


async def test_cookies_are_out_of_reach(town: Town) -> None:
    browser = town.browser()
    answer = await browser.authorize(Attempt())
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie
    assert "max-age" not in cookie


async def test_a_hostile_name_stays_text(town: Town) -> None:
    town.citizens.person = citizen(given_name="<script>alert(1)</script>", family_name='"><img src=x>')
    page = await town.browser().to_consent(Attempt())
    assert "<script>" not in page.text
    assert "<img" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_a_person_sees_who_asks_and_as_whom_they_are_signed_in(town: Town) -> None:
    page = await consent_page(town, town.browser())
    assert "«\u00a0Portail de démonstration\u00a0» (Ville de Paris)" in page.text
    assert "Angela DUBOIS" in page.text
    assert "connaître votre adresse électronique" in page.text


async def test_the_way_back_leads_to_the_client_only(town: Town) -> None:
    browser = town.browser()
    login = await browser.follow(await browser.authorize(Attempt()))
    link = re.search(r'<a href="([^"]+)">Revenir à', login.text)
    assert link
    assert location(httpx.Response(303, headers={"location": unescape(link[1])})) == (
        "http://localhost:8080/developers/callback"
    )


async def test_no_personal_datum_is_in_an_address_or_a_log(town: Town, logged: Callable[[], str]) -> None:
    browser = town.browser()
    seen: list[str] = []
    get = browser.http.get

    async def watched(url: str) -> httpx.Response:
        answer = await get(url)
        seen.extend([url, answer.headers.get("location", "")])
        return answer

    browser.http.get = watched  # type: ignore[method-assign, assignment]
    town.citizens.person = citizen()
    attempt = Attempt()
    await town.exchange(attempt, await browser.code(attempt))
    said = logged()
    assert "signed_in" in said
    for secret in ("DUBOIS", "Angela", "angela.dubois", "1962-08-24", citizen()["sub"]):
        assert not any(secret in address for address in seen)
        assert secret not in said
    assert browser.http.cookies["parvis-citizen"] not in said
