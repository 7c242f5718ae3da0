# SPDX-License-Identifier: EUPL-1.2
"""How a collectivity presents itself: its administrators choose, and the pages and letters follow."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from back_office import administrator, call
from fake_provider import citizen
from identity_town import Attempt, Browser, Town
from local_people import Mailbox, ask
from PIL import Image, PngImagePlugin
from profile_people import trail

from parvis_identity.api.instants import shown
from parvis_identity.db import collectivities
from parvis_identity.domain.collectivity import TimeZone
from parvis_identity.service import local_day
from parvis_identity.service.local_day import warn_of_clocks
from parvis_kit import clocks

SCOPE = "openid identity.collectivity.read identity.collectivity.write"
LOOK: dict[str, Any] = {"name": {"fr": "Mairie de Paris", "en": "City of Paris"}, "colour": "#00703c"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" onload="alert(1)"><path d="M0 0h8v8z"/></svg>'


@pytest.fixture
async def sophie(town: Town) -> str:
    return await administrator(town, SCOPE)


async def look(town: Town, token: str, version: int = 0, **changed: Any) -> httpx.Response:
    return await call(town, "PUT", "/v1/collectivity", token, LOOK | changed, **{"if-match": f'"{version}"'})


async def put_logo(town: Town, token: str, content: bytes, version: int = 0) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", "if-match": f'"{version}"', "content-type": "image/png"}
    async with town.client() as http:
        return await http.put("/v1/collectivity/logo", content=content, headers=headers)


async def login_page(town: Town, **headers: str) -> tuple[Browser, httpx.Response]:
    browser = town.browser(**headers)
    return browser, await browser.follow(await browser.authorize(Attempt()))


def picture(format_: str, size: tuple[int, int] = (1200, 300), **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "#00703c").save(written, format_, **options)
    return written.getvalue()


async def test_pages_look_as_the_administrator_wants(town: Town, sophie: str) -> None:
    before = await town.get("/v1/collectivity", sophie)
    assert before.json() == {
        "collectivity": "paris", "name": {"fr": "Ville de Paris", "en": "City of Paris"}, "colour": None,
        "time_zone": "Europe/Paris", "logo": None, "version": 0,
    }  # fmt: skip
    changed = await look(town, sophie)
    assert (changed.status_code, changed.json()["version"]) == (200, 1), changed.text
    assert (await put_logo(town, sophie, SVG, 1)).status_code == 200
    browser, login = await login_page(town)
    town.citizens.person = citizen()
    consent = await browser.to_consent(Attempt())
    await browser.submit(consent, decision="allow")
    for page in (login, consent, await browser.get("/account/sessions")):
        assert '<p class="whose"><img src="/login/looks/paris/logo?v=' in page.text
        assert "Mairie de Paris</title>" in page.text
        style, logo = re.findall(r'(?:href|src)="(/login/looks/[^"]+)"', page.text)
        sheet, drawn = await browser.get(unescape(style)), await browser.get(unescape(logo))
        assert "--accent: #00703c" in sheet.text
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert "onload" not in drawn.text
        assert drawn.headers["content-security-policy"] == "default-src 'none'; sandbox"
        for answer in (sheet, drawn):
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert answer.headers["x-content-type-options"] == "nosniff"
    assert "(Mairie de Paris) demande" in consent.text
    acts = await town.rows("SELECT details FROM audit_entry WHERE action = 'collectivity-presented' ORDER BY id")
    assert [json.loads(act["details"])["changed"] for act in acts] == [["name", "colour"], ["logo"]]


async def test_what_was_not_chosen_stays_with_whoever_founded_it(town: Town, sophie: str) -> None:
    assert (await put_logo(town, sophie, picture("PNG"))).status_code == 200
    first = await town.get("/v1/collectivity", sophie)
    assert first.json()["name"]["fr"] == "Ville de Paris"
    await town.rows("UPDATE collectivity SET name_fr = 'Paris' WHERE collectivity = 'paris'")
    renamed = await town.get("/v1/collectivity", sophie, **{"if-none-match": first.headers["etag"]})
    assert (renamed.status_code, renamed.json()["name"]["fr"]) == (200, "Paris")
    assert (await look(town, sophie, 1)).status_code == 200
    await town.seed_again()
    kept = (await town.get("/v1/collectivity", sophie)).json()
    assert (kept["name"]["fr"], kept["colour"]) == ("Mairie de Paris", "#00703c")


async def test_letters_are_from_the_town_as_it_calls_itself(town: Town, sophie: str) -> None:
    await look(town, sophie)
    await ask(town.browser(), Attempt(), "Ouvrir un compte")
    box = Mailbox(town)
    (letter,) = await box.emptied()
    assert (letter.sender_name, letter.subject) == ("Mairie de Paris", "Ouvrez votre compte – Mairie de Paris")
    box.letters = [letter]
    page = await town.browser().get(await box.link())
    assert '<p class="whose">Mairie de Paris</p>' in page.text


async def test_another_town_keeps_its_own_look(town: Town, sophie: str) -> None:
    await look(town, sophie)
    stranger = town.service.agent("lutece", roles=["administrator"], scope=SCOPE).headers
    theirs = (await town.service.client.get("/v1/collectivity", headers=stranger)).json()
    assert (theirs["collectivity"], theirs["version"], theirs["colour"]) == ("lutece", 0, None)
    assert (await town.browser().get("/login/looks/lutece/style.css")).status_code == 404
    assert (await town.browser().get("/login/looks/paris/logo")).status_code == 404


async def test_a_colour_that_cannot_be_read_is_refused_with_its_contrast(town: Town, sophie: str) -> None:
    refused = await look(town, sophie, colour="#f7a600")
    assert (refused.status_code, refused.json()["code"]) == (422, "unreadable-colour")
    (error,) = refused.json()["errors"]
    assert error["pointer"] == "/colour"
    assert "Contraste de 1,8" in error["detail"]
    assert (await town.get("/v1/collectivity", sophie)).json()["version"] == 0
    for wrong in ("#FFF", "red", "#00703c;}"):
        assert (await look(town, sophie, colour=wrong)).json()["errors"][0]["pointer"] == "/colour"


@pytest.mark.parametrize("name", ["", " Paris", "Paris\r\nBcc: x@y.example", "Paris\u202e", "x" * 121])
async def test_a_name_is_one_line_that_can_be_read(town: Town, sophie: str, name: str) -> None:
    refused = await look(town, sophie, name={"fr": name, "en": "Paris"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/name/fr")


async def test_a_change_needs_the_version_that_was_seen(town: Town, sophie: str) -> None:
    assert (await call(town, "PUT", "/v1/collectivity", sophie, LOOK)).status_code == 428
    assert (await look(town, sophie)).status_code == 200
    assert [action for action, _ in await trail(town, "collectivity-presented")] == ["collectivity-presented"]
    for answer in (
        await look(town, sophie),
        await put_logo(town, sophie, SVG),
        await call(town, "DELETE", "/v1/collectivity/logo", sophie, **{"if-match": '"0"'}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (412, "precondition-failed")


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
async def test_pixels_are_encoded_anew_and_made_small(town: Town, sophie: str, format_: str) -> None:
    noted: dict[str, Any] = {}
    if format_ == "PNG":
        noted["pnginfo"] = PngImagePlugin.PngInfo()
        noted["pnginfo"].add_text("Author", "Émile <script>")
    else:
        noted["exif"] = b"Exif\0\0" + Image.Exif().tobytes() + b"Author <script>"
    sent = picture(format_, **noted) + b"<script>alert(1)</script>"
    assert b"<script>" in sent
    assert (await put_logo(town, sophie, sent)).status_code == 200
    got = await town.browser().get("/login/looks/paris/logo")
    assert got.headers["content-type"] == f"image/{format_.lower()}"
    assert got.headers["cache-control"] == "public, max-age=300"
    assert b"script" not in got.content
    with Image.open(io.BytesIO(got.content)) as image:
        assert (image.format, image.size) == (format_, (960, 240))


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<html/>", SVG.replace(b"path", b"image"), b"\x89PNG\r\n\x1a\n"])
async def test_what_is_no_logo_is_refused(town: Town, sophie: str, content: bytes) -> None:
    refused = await put_logo(town, sophie, content)
    assert (refused.status_code, refused.json()["code"]) == (422, "not-a-logo"), refused.text


async def test_pictures_without_bounds_are_refused(town: Town, sophie: str) -> None:
    huge = picture("PNG", (5_000, 5_000))
    assert len(huge) < 524_288
    assert (await put_logo(town, sophie, huge)).json()["code"] == "not-a-logo"
    assert (await put_logo(town, sophie, SVG + b" " * 524_288)).status_code == 413


async def test_a_logo_can_be_dropped(town: Town, sophie: str) -> None:
    await put_logo(town, sophie, SVG)
    dropped = await call(town, "DELETE", "/v1/collectivity/logo", sophie, **{"if-match": '"1"'})
    assert (dropped.status_code, dropped.json()["logo"]) == (200, None)
    assert (await town.browser().get("/login/looks/paris/logo")).status_code == 404
    assert "<img" not in (await login_page(town))[1].text


async def test_only_administrators_change_it(town: Town) -> None:
    for headers in (
        town.service.citizen(scope=SCOPE).headers,
        town.service.system(scope=SCOPE).headers,
    ):
        answer = await town.service.client.put("/v1/collectivity", json=LOOK, headers=headers | {"if-match": '"0"'})
        assert answer.status_code == 403
    reader = town.service.agent(roles=["reader"], scope="openid").headers
    assert (await town.service.client.get("/v1/collectivity", headers=reader)).status_code == 403


async def test_pages_tell_the_time_by_the_clocks_of_the_town(town: Town, sophie: str) -> None:
    await look(town, sophie, time_zone="Indian/Reunion")
    browser = town.browser(**{"accept-language": "fr"})
    town.citizens.person = citizen()
    await browser.submit(await browser.to_consent(Attempt()), decision="allow")
    await town.rows("UPDATE session SET created_at = '2026-01-31T21:05:00Z' WHERE kind = 'citizen'")
    page = await browser.get("/account/sessions")
    assert '<time datetime="2026-01-31T21:05Z">1er\u00a0février 2026 à 1\u00a0h\u00a005</time>' in page.text, page.text
    english = await browser.http.get("/account/sessions", headers={"accept-language": "en"})
    assert '<time datetime="2026-01-31T21:05Z">1\u00a0February 2026 at 01:05</time>' in english.text
    assert "UTC" not in page.text


def test_summer_time_is_that_of_the_zone() -> None:
    at = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)
    assert "15\u00a0juillet 2026 à 0\u00a0h\u00a030" in shown(at, "fr", TimeZone.PARIS)
    assert "14\u00a0juillet 2026 à 12\u00a0h\u00a030" in shown(at, "fr", TimeZone.TAHITI)
    assert shown(at + timedelta(days=170), "en", TimeZone.PARIS, day_only=True).count("31\u00a0December 2026") == 1


async def test_french_is_typeset_in_what_a_client_asks_for(town: Town) -> None:
    await town.register(
        "counter", type="public", scopes=["openid", "identity.sessions.read", "participation.answers.write"]
    )
    browser = town.browser()
    town.citizens.person = citizen()
    scope = "openid identity.sessions.read participation.answers.write"
    page = await browser.to_consent(Attempt(client_id="counter", scope=scope))
    assert "vous reconnaître d’une visite à l’autre" in page.text
    assert "'" not in "".join(re.findall(r"<li>(.*?)</li>", page.text))


async def test_each_time_zone_is_known_to_the_clock(town: Town) -> None:
    assert all(shown(datetime.now(UTC), "fr", zone) for zone in TimeZone)
    async with town.runtime.database.reading() as session:
        found = await collectivities.find(session, "paris")
    assert found
    assert found.look.time_zone is TimeZone.PARIS


async def test_a_town_that_other_services_have_in_another_zone_is_named_at_the_start(
    town: Town, sophie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(local_day, "_log", SimpleNamespace(warning=lambda event, **what: said.append((event, what))))
    await look(town, sophie, time_zone="Indian/Reunion")
    differ = {"collectivity": "paris", "chosen": "Indian/Reunion", "configured": "Europe/Paris"}
    await warn_of_clocks(town.runtime.database)
    assert said == [("clocks_differ", differ)]
    clocks.configure({"paris": "Indian/Reunion"})
    try:
        await warn_of_clocks(town.runtime.database)
    finally:
        clocks.configure({})
    assert said == [("clocks_differ", differ)]
