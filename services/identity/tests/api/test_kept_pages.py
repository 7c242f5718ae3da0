# SPDX-License-Identifier: EUPL-1.2
"""The pages that few people meet: looked at with a real browser, in both languages, on the smallest screen."""

import io
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from back_office import administrator, call
from counter import at_the_desk
from erased_people import kept_erasure
from fake_provider import agent, citizen
from identity_town import Attempt, Browser, Town, query_of
from kept_pages import Album, Looker, pressed, through
from local_people import EMAIL, OTHER_PASSWORD, PASSWORD, Mailbox, hold
from PIL import Image

from parvis_identity.accounts import letters_of
from parvis_identity.assembly import assemble
from parvis_identity.domain.totp import STEP_SECONDS, code_of
from parvis_identity.main import public_app
from parvis_identity.service.work_off_imports import WorkOffImports

pytestmark = pytest.mark.browser
LANGUAGES = ["fr", "en"]
OFFICE = Attempt(client_id="demo-backoffice")
ERRORS = {
    "session lost": (400, "login_required", ""),
    "misconfigured": (502, "invalid_scope", ""),
    "failed": (502, "server_error", ""),
    "account failed": (502, "server_error", "Y020021"),
    "account blocked": (403, "server_error", "Y100011"),
    "access closed": (403, "access_denied", "Y180001"),
    "civil status not found": (403, "server_error", "Y010004"),
    "civil status closed": (403, "server_error", "Y010015"),
    "level too low": (403, "server_error", "Y100001"),
}


async def login(browser: Browser, attempt: Attempt | None = None) -> str:
    """The address of the sign-in page."""
    answer = await browser.authorize(attempt or Attempt())
    return str(answer.headers["location"])


async def by_franceconnect(album: Album, **person: str) -> Browser:
    """The browser of a citizen who has signed in."""
    browser = album.browser()
    album.town.citizens.person = citizen(**person)
    page = await through(browser, await browser.get(await login(browser)), "/login/franceconnect/start")
    await browser.submit(page, decision="allow")
    return browser


async def with_an_account(album: Album) -> Browser:
    """The browser of somebody who has just opened an account in it."""
    browser, box = album.browser(), Mailbox(album.town)
    await register(browser, box)
    form = await browser.get(await box.link())
    await browser.follow(await browser.submit(form, given_names="Zoé", family_name="MARTIN", password=PASSWORD))
    return browser


async def register(browser: Browser, box: Mailbox) -> None:
    page = await through(browser, await browser.get(await login(browser)), "/login/local?")
    await box.emptied()
    await browser.submit(await through(browser, page, "/account/registration?"), email=EMAIL)


async def accounts(album: Album) -> None:
    """An account of our own: opened elsewhere, its password changed and forgotten, its second factor removed."""
    town, box = album.town, Mailbox(album.town)
    await register(album.browser(), box)
    elsewhere = album.browser()
    form = await elsewhere.get(await box.link())
    done = await elsewhere.submit(form, given_names="Zoé", family_name="MARTIN", password=PASSWORD)
    await album.keep("account opened in another browser", done)
    browser = album.browser()
    page = await through(browser, await browser.get(await login(browser)), "/login/local?")
    await browser.follow(await browser.submit(page, email=EMAIL, password=PASSWORD))
    page = await browser.get("/account/second-factor")
    secret = bytes.fromhex(page.text.split('name="secret" value="')[1].split('"')[0])
    step = int(time.time()) // STEP_SECONDS
    shown = await browser.submit(page, password=PASSWORD, code=code_of(secret, step))
    paper = shown.text.split("<code>")[1].split("</code>")[0]
    await box.emptied()
    desk, (account,) = await at_the_desk(town), await town.rows("SELECT person FROM totp")
    await desk.post(f"/v1/people/{account['person']}/second-factor-resets", {"document": "passport", "reason": "lost"})
    reader = album.browser()
    announced = await album.keep("second factor that will go", await reader.get(await box.link()))
    await album.keep("second factor that stays", await reader.submit(announced))
    page = await browser.get("/account/second-factor")
    await album.keep("second factor removed", await browser.submit(page, password=PASSWORD, code=paper))
    await kept_erasure(album, browser)
    page = await browser.get("/account/password")
    refused = await browser.submit(page, present="not the one", password=OTHER_PASSWORD)
    await album.keep("password refused", refused, 422)
    await album.keep("weak password", await browser.submit(page, present=PASSWORD, password="password1234"), 422)
    await album.keep("password changed", await browser.submit(page, present=PASSWORD, password=OTHER_PASSWORD))
    page = await through(browser, await browser.get(await login(browser)), "/login/local?")
    page = await through(browser, page, "/account/recovery?")
    await box.emptied()
    await browser.submit(page, email=EMAIL)
    link = await box.link()
    form = await album.keep("recovery", await browser.get(link))
    await album.keep("recovery, weak password", await browser.submit(form, password="password1234"), 422)
    await album.keep("recovered", await browser.submit(form, password=PASSWORD))
    await album.keep("link used", await browser.get(link), 400)
    page = await through(browser, await browser.get(await login(browser)), "/login/passkey?")
    await album.keep("passkey refused", await browser.submit(page, credential="{}"), 422)
    stranger = album.browser()
    page = await through(stranger, await stranger.get(await login(stranger)), "/login/local?")
    wrong = {"email": EMAIL, "password": "certainly not this one"}
    await stranger.submit(page, **wrong)
    await town.rows("UPDATE login_attempt SET attempts = 40")
    await stranger.submit(page, **wrong)
    await hold(town)
    await album.keep("too many attempts", await stranger.submit(page, **wrong), 429)


IDENTITIES = "/account/identities"


async def linking(browser: Browser) -> httpx.Response:
    page = await browser.get(IDENTITIES)
    form = re.findall(r"<form.*?</form>", page.text, re.DOTALL)[-1]
    csrf = form.split('name="csrf" value="')[1].split('"')[0]
    return await browser.follow(await browser.http.post(IDENTITIES, data={"csrf": csrf}))


async def ways(album: Album) -> None:
    """The ways into an account, as they are linked and unlinked, and what stands in the way; and its profile."""
    town, browser, box = album.town, await with_an_account(album), Mailbox(album.town)
    town.citizens.person = citizen()
    town.citizens.callback = lambda back: {"error": "access_denied", "state": back["state"], "iss": back["iss"]}
    await album.keep("linking cancelled", await linking(browser))
    town.citizens.callback = lambda back: {"error": "server_error", "state": back["state"], "iss": back["iss"]}
    await album.keep("linking failed", await linking(browser), 502)
    town.citizens.callback = lambda back: back
    await album.keep("linked", await linking(browser))
    town.citizens.person = citizen(family_name="MARTIN")
    town.citizens.person["sub"] = "b" * 64 + "v1"
    await album.keep("identity differs", await linking(browser), 409)
    await album.keep("unlinked", await pressed(browser, await browser.get(IDENTITIES), 'name="link"'))
    other = await by_franceconnect(album, sub="c" * 64 + "v1", family_name="AUTRE")
    alone = await other.get(IDENTITIES)
    await album.keep("last way in", await pressed(other, alone, 'name="link"'), 409)
    await album.keep("no password", await other.get("/account/second-factor"), 403)
    own = {"act": "profile", "language": album.language, "phone": "06 12 34 56 78"}
    page = await pressed(other, await other.get("/account/profile"), 'value="profile"', **own)
    await album.keep("telephone to verify", page)
    await album.keep("telephone, code sent", await pressed(other, page, 'value="phone"', act="phone"))
    town.citizens.person = citizen(sub="c" * 64 + "v1", family_name="AUTRE")
    await album.keep("identity taken", await linking(browser), 409)
    await box.emptied()
    page = await browser.get("/account/profile")
    await pressed(browser, page, 'value="email"', act="email", email="zoe@neuf.example")
    code = next(word for word in (await box.emptied())[0].text.split() if re.fullmatch(r"[0-9]{6}", word.strip(".")))
    page = await browser.get("/account/profile")
    await album.keep("profile, right code", await pressed(browser, page, 'value="code"', act="code", code=code))
    await town.rows("UPDATE session SET auth_time = now() - interval '11 minutes'")
    await album.keep("not recent", await linking(browser), 401)
    for path in ("/account/passkeys", "/account/profile"):
        await album.keep(f"{path} after ten minutes", await browser.get(path))
    whose = {"fr": "Ville de Paris", "en": "City of Paris"}[album.language]
    assert [kept.name for kept in album.pages if f'<p class="whose">{whose}</p>' not in kept.answer.text] == []


async def refusals(album: Album) -> None:
    """What a provider answers that lets nobody in, and who may not come in."""
    town, browser = album.town, album.browser()
    town.citizens.person = citizen()
    start = await browser.get(await login(browser))
    for name, (status, error, code) in ERRORS.items():
        town.citizens.callback = lambda back, told=(error, code): {  # type: ignore[misc]
            "error": told[0], "error_description": told[1], "state": back["state"], "iss": back["iss"],
        }  # fmt: skip
        await album.keep(name, await through(browser, start, "/login/franceconnect/start"), status)
    town.citizens.callback = lambda back: back | {"iss": "https://evil.example"}
    await album.keep("untrusted", await through(browser, start, "/login/franceconnect/start"), 502)
    town.citizens.callback = lambda back: back
    town.citizens.down.add("/token")
    await album.keep("unreachable", await through(browser, start, "/login/franceconnect/start"), 503)
    town.citizens.down.clear()
    await by_franceconnect(album)
    await town.runtime.persons.destroy((await town.rows("SELECT person FROM session"))[0]["person"])
    town.citizens.person = citizen()
    await album.keep("erased", await through(browser, start, "/login/franceconnect/start"), 403)
    office = await browser.get(await login(browser, OFFICE))
    for name, person in (("foreign", agent(siret="99990000000017")), ("no membership", agent(email="no@one.example"))):
        town.agents.person = person
        await album.keep(name, await through(browser, office, "/login/proconnect/start"), 403)
    wrong = Attempt(redirect_uri="https://evil.example/")
    await album.keep("unregistered redirect", await browser.authorize(wrong), 400)


async def brought(album: Album) -> None:
    """The town has an account from elsewhere, and has written to whose it is."""
    town, runtime = album.town, album.town.runtime
    token = await administrator(town, "openid identity.imports.read identity.imports.write")
    lines = f"external_id;email;given_names;family_name;language\r\nA-17;{EMAIL};Zoé;MARTIN;{album.language}"
    headers = {"authorization": f"Bearer {token}", "content-type": "text/csv", "idempotency-key": "one"}
    async with town.client() as http:
        sent = await http.post("/v1/account-imports?dry_run=false", content=lines.encode(), headers=headers)
    assert sent.status_code == 202, sent.text
    letters = letters_of(runtime)
    worker = WorkOffImports(runtime.database, runtime.master, runtime.persons, runtime.blind_index, letters)
    while await worker.round(datetime.now(UTC)):
        pass


async def sign_ins(album: Album) -> None:
    """Sign-in pages that depend on the settings, on the level that is wanted, and on what a town has brought."""
    town = album.town
    browser = await by_franceconnect(album)
    plus = Attempt(extra={"acr_values": "eidas2"})
    await album.keep("step-up", await browser.get(await login(browser, plus)))
    stranger = album.browser()
    await album.keep("FranceConnect+", await stranger.get(await login(stranger, plus)))
    settings = town.runtime.settings.model_copy(update={"providers": ()})
    runtime = replace(town.runtime, settings=settings)
    parts = assemble(runtime)
    bare = Album(replace(town, app=public_app(runtime, parts)), album.language, album.pages, album.parts)
    for name, attempt in (("no provider for citizens", Attempt()), ("no provider for agents", OFFICE)):
        visitor = bare.browser()
        await bare.keep(name, await visitor.get(await login(visitor, attempt)))
    await parts.aclose()
    await brought(album)
    link = await Mailbox(town).link()
    await album.keep("imported account", await album.browser().get(link))
    other = await by_franceconnect(album, sub="d" * 64 + "v1")
    offered = await album.keep("imported account, signed in", await other.get(link))
    await album.keep("imported account of another", await pressed(other, offered, "/account/claim"), 409)
    rightful = await by_franceconnect(album, sub="e" * 64 + "v1", given_name="Zoé", family_name="MARTIN")
    taken = await pressed(rightful, await rightful.get(link), "/account/claim")
    await album.keep("imported account, taken over", taken)


async def dressed(album: Album) -> None:
    """Pages in a town's colour, with its logo, from signing in to signed out."""
    town = album.town
    token = await administrator(town, "openid identity.collectivity.read identity.collectivity.write")
    chosen = {"name": {"fr": "Mairie de Paris", "en": "City of Paris"}, "colour": "#00703c"}
    assert (await call(town, "PUT", "/v1/collectivity", token, chosen, **{"if-match": '"0"'})).is_success
    drawn = io.BytesIO()
    Image.new("RGB", (1200, 300), "#00703c").save(drawn, "PNG")
    headers = {"authorization": f"Bearer {token}", "if-match": '"1"', "content-type": "image/png"}
    async with town.client() as http:
        assert (await http.put("/v1/collectivity/logo", content=drawn.getvalue(), headers=headers)).is_success
    browser = album.browser()
    await album.keep("sign-in", await browser.get(await login(browser)))
    town.citizens.person = citizen()
    consent = await through(browser, album.pages[-1].answer, "/login/franceconnect/start")
    await album.keep("consent", consent)
    await browser.submit(consent, decision="allow")
    await album.keep("identities", await browser.get(IDENTITIES))
    await album.keep("sign-out", await browser.get("/logout"))
    away = await browser.submit(album.pages[-1].answer)
    await album.keep(
        "signed out", await browser.get(f"/logout/callback?state={query_of(away.headers['location'])['state'][0]}")
    )
    town.citizens.down.add("/token")
    start = await browser.get(await login(browser))
    await album.keep("refused", await through(browser, start, "/login/franceconnect/start"), 503)
    for kept in album.pages:
        assert '<img src="/login/looks/paris/logo?v=' in kept.answer.text, kept.name
        assert "/login/looks/paris/style.css?v=" in kept.answer.text, kept.name


@pytest.fixture(scope="module")
def looker() -> Iterator[Looker]:
    opened = Looker()
    yield opened
    opened.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("walk", [accounts, ways, refusals, sign_ins], ids=lambda walk: walk.__name__)
async def test_the_pages_are_accessible(
    town: Town, looker: Looker, walk: Callable[[Album], Awaitable[None]], language: str
) -> None:
    album = Album(town, language)
    await walk(album)
    assert await looker.look(album) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_pages_that_wear_a_town_s_colour_are_accessible_by_day_and_by_night(
    town: Town, looker: Looker, language: str
) -> None:
    album = Album(town, language)
    await dressed(album)
    for dark in (False, True):
        assert await looker.look(album, dark=dark) == []
