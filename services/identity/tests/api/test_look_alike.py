# SPDX-License-Identifier: EUPL-1.2
"""The whole way against the local stack's look-alikes, a program of its own that shares no code with us."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fake_provider import FakeProvider
from identity_town import ISSUER, Attempt, Browser, Town, answered, location, query_of
from joserfc import jwt
from look_alike import LookAlike, form_of, running_look_alike
from town_seed import demo_seed

from parvis_identity.assembly import assemble
from parvis_identity.main import internal_app, public_app
from parvis_identity.settings import ProviderSettings
from parvis_testing import Harness


@pytest.fixture(scope="module")
def look_alike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LookAlike]:
    with running_look_alike(ISSUER, tmp_path_factory.mktemp("look-alike")) as running:
        yield running


async def pick(url: str, **choice: str) -> str:
    """Pick a person on the page of the look-alike; returns where it sends the browser."""
    async with httpx.AsyncClient(timeout=60) as http:
        page = await http.get(url)
        assert page.status_code == 200, page.text
        action, form = form_of(page, **choice)
        answer = await http.post(action, data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


@asynccontextmanager
async def opened_town(
    service: Harness, look_alike: LookAlike, citizens: FakeProvider, plus: FakeProvider, agents: FakeProvider
) -> AsyncIterator[Town]:
    providers = tuple(map(ProviderSettings.model_validate, look_alike.settings()))
    settings = service.runtime.settings.model_copy(update={"providers": providers})
    opened = replace(service.runtime, settings=settings)
    parts = assemble(opened)
    runtime = replace(opened, tokens=parts.verifier())
    app = public_app(runtime, parts)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(internal_app(runtime, parts)), base_url=ISSUER
    ) as internal:
        town = Town(service, app, internal, parts, citizens, plus, agents, demo_seed())
        await town.seed_again()
        yield town
        await parts.aclose()
        for http in town.browsers:
            await http.aclose()


@pytest.fixture
async def real_town(
    service: Harness, look_alike: LookAlike, citizens: FakeProvider, plus: FakeProvider, agents: FakeProvider
) -> AsyncIterator[Town]:
    async with opened_town(service, look_alike, citizens, plus, agents) as town:
        yield town
    await service.clean("signing_key", "rsa_signing_key")


async def away(browser: Browser, attempt: Attempt, provider: str) -> str:
    """The address of the provider that the browser is sent to."""
    login = await browser.follow(await browser.authorize(attempt))
    link = re.search(rf'href="(/login/{provider}/start[^"]+)"', login.text)
    assert link, login.text
    return str((await browser.get(unescape(link[1]))).headers["location"])


async def test_a_citizen_by_franceconnect(real_town: Town) -> None:
    browser, attempt = real_town.browser(), Attempt()
    back = await pick(await away(browser, attempt, "franceconnect"), person="farid")
    page = await browser.follow(await browser.get(back))
    assert "Farid BENSAÏD" in page.text
    code = answered(await browser.submit(page, decision="allow"))["code"]
    body = (await real_town.exchange(attempt, code)).json()
    me = (await real_town.get("/v1/me", body["access_token"])).json()
    assert me["birth"] == {"date": "1962-08", "precision": "month", "place": None, "country": "99352"}
    other = real_town.browser()
    again = await pick(await away(other, attempt, "franceconnect"), person="farid")
    assert "Farid BENSAÏD" in (await other.follow(await other.get(again))).text
    assert len(await real_town.rows("SELECT 1 FROM person")) == 1


async def test_signing_out_goes_through_franceconnect_and_back(real_town: Town, look_alike: LookAlike) -> None:
    browser, attempt = real_town.browser(), Attempt()
    back = await pick(await away(browser, attempt, "franceconnect"), person="amelie")
    page = await browser.follow(await browser.get(back))
    code = answered(await browser.submit(page, decision="allow"))["code"]
    body = (await real_town.exchange(attempt, code)).json()
    after = f"{ISSUER}/developers"
    leave = await browser.get(f"/logout?id_token_hint={body['id_token']}&post_logout_redirect_uri={after}&state=bye")
    assert location(leave) == f"{look_alike.address('franceconnect')}/session/end"
    async with httpx.AsyncClient(timeout=60) as http:
        returned = await http.get(leave.headers["location"])
    assert location(returned) == f"{ISSUER}/logout/callback"
    assert (await browser.get(returned.headers["location"])).headers["location"] == f"{after}?state=bye"


async def test_who_cancels_at_franceconnect_is_back_at_the_sign_in_page(real_town: Town) -> None:
    browser = real_town.browser()
    back = await pick(await away(browser, Attempt(), "franceconnect"), cancel="1")
    assert query_of(back)["error"] == ["access_denied"]
    page = await browser.follow(await browser.get(back))
    assert "Vous avez interrompu la connexion" in page.text


async def test_an_agent_by_proconnect(real_town: Town) -> None:
    browser, attempt = real_town.browser(), Attempt(client_id="demo-backoffice")
    back = await pick(await away(browser, attempt, "proconnect"), person="sophie")
    answer = await browser.follow(await browser.get(back))
    body = (await real_town.exchange(attempt, answered(answer)["code"])).json()
    keys = await real_town.parts.ring.published()
    claims = jwt.decode(body["access_token"], keys, algorithms=["ES256"]).claims
    assert (claims["kind"], claims["teams"]) == ("agent", ["accueil"])
    assert claims["roles"] == ["agent", "supervisor", "administrator"]


async def test_an_agent_is_vouched_for_anew_and_signs_out_through_proconnect(
    real_town: Town, look_alike: LookAlike
) -> None:
    browser, attempt = real_town.browser(), Attempt(client_id="demo-backoffice")
    back = await pick(await away(browser, attempt, "proconnect"), person="sophie")
    body = (await real_town.exchange(attempt, answered(await browser.follow(await browser.get(back)))["code"])).json()
    for _ in range(2):
        before = await real_town.rows("SELECT refresh_token FROM session")
        await real_town.rows("UPDATE session SET provider_asked_at = now() - interval '1 hour'")
        renewed = await real_town.refresh(body["refresh_token"], "demo-backoffice")
        assert renewed.status_code == 200, renewed.text
        assert await real_town.rows("SELECT refresh_token FROM session") != before, "the look-alike's works once"
        body |= renewed.json()
    after = f"{ISSUER}/developers"
    leave = await browser.get(f"/logout?id_token_hint={body['id_token']}&post_logout_redirect_uri={after}&state=bye")
    assert location(leave) == f"{look_alike.address('proconnect')}/session/end"
    async with httpx.AsyncClient(timeout=60) as http:
        returned = await http.get(leave.headers["location"])
    assert location(returned) == f"{ISSUER}/logout/callback"
    assert (await browser.get(returned.headers["location"])).headers["location"] == f"{after}?state=bye"


@pytest.mark.parametrize("person", ["victor", "lucie"])
async def test_an_agent_of_elsewhere_is_shown_out(real_town: Town, person: str) -> None:
    browser, attempt = real_town.browser(), Attempt(client_id="demo-backoffice")
    back = await pick(await away(browser, attempt, "proconnect"), person=person)
    answer = await browser.follow(await browser.get(back))
    assert answer.status_code == 403
    assert "Cet organisme n’est pas celui attendu" in answer.text


async def test_whoever_came_before_the_provider_moved_is_the_same_person_after(
    service: Harness, tmp_path: Path, citizens: FakeProvider, plus: FakeProvider, agents: FakeProvider
) -> None:
    name = "http://localhost:8080/simulators"
    for _ in range(2):
        with running_look_alike(ISSUER, tmp_path, known_as=name) as moved:
            async with opened_town(service, moved, citizens, plus, agents) as town:
                browser = town.browser()
                back = await pick(await away(browser, Attempt(), "franceconnect"), person="bruno")
                assert query_of(back)["iss"] == [f"{name}/franceconnect/api/v2"]
                assert "Bruno PETIT" in (await browser.follow(await browser.get(back))).text
                page = await browser.get("/account/identities")
                origin = "{0.scheme}://{0.netloc}".format(urlsplit(moved.base))
                assert page.headers["content-security-policy"].endswith(f"form-action 'self' https: {origin}")
                attempt = Attempt(client_id="demo-backoffice")
                desk = town.browser()
                back = await pick(await away(desk, attempt, "proconnect"), person="camille")
                assert "code" in answered(await desk.follow(await desk.get(back)))
    assert len(await town.rows("SELECT 1 FROM person")) == 2, "a citizen and an agent"
    await service.clean("signing_key", "rsa_signing_key")
