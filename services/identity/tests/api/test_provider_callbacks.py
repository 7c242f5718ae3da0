# SPDX-License-Identifier: EUPL-1.2
"""The way back from a provider: once, in the browser that left, and from the provider that it left for."""

import asyncio

import pytest
from fake_provider import citizen
from identity_refusals import callback_of
from identity_town import Attempt, Town


@pytest.mark.parametrize("iss", ["https://evil.example/api/v2", "", None])
async def test_an_answer_of_another_provider_is_a_mix_up(town: Town, iss: str | None) -> None:
    def change(answer: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in {**answer, "iss": iss}.items() if value is not None}

    town.citizens.person = citizen()
    town.citizens.callback = change
    answer = await town.browser().to_consent(Attempt())
    assert answer.status_code == 502
    assert town.citizens.sent == [], "the code is not sent to anybody"
    assert await town.rows("SELECT 1 FROM session") == []


async def test_a_callback_works_once_also_when_it_comes_twenty_times(town: Town) -> None:
    browser = town.browser()
    url = await callback_of(town, browser)
    answers = await asyncio.gather(*(browser.get(url) for _ in range(20)))
    assert sorted(a.status_code for a in answers) == [303] + [400] * 19
    assert len(await town.rows("SELECT 1 FROM session")) == 1


async def test_a_callback_belongs_to_the_browser_that_left(town: Town) -> None:
    url = await callback_of(town, town.browser())
    answer = await town.browser().get(url)
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers
    assert await town.rows("SELECT 1 FROM session") == []


async def test_a_callback_belongs_to_its_provider(town: Town) -> None:
    browser = town.browser()
    url = (await callback_of(town, browser)).replace("/franceconnect/", "/proconnect/")
    assert (await browser.get(url)).status_code == 400


@pytest.mark.parametrize("url", ["", "?state=x&code=y", "?code=y", "?state=%00", "?state=" + "x" * 5_000])
async def test_a_callback_out_of_nowhere_is_a_page(town: Town, url: str) -> None:
    answer = await town.browser().get(f"/login/franceconnect/callback{url}")
    assert answer.status_code == 400
    assert "Cette page n’est plus valable" in answer.text


async def test_a_late_callback_is_a_page(town: Town) -> None:
    browser = town.browser()
    url = await callback_of(town, browser)
    await town.rows("UPDATE sign_in SET expires_at = now() - interval '1 second'")
    assert (await browser.get(url)).status_code == 400


async def test_who_cancels_may_start_again_or_go_back(town: Town) -> None:
    town.citizens.callback = lambda answer: {
        "error": "access_denied", "error_description": "User auth aborted", "state": answer["state"],
        "iss": answer["iss"],
    }  # fmt: skip
    browser = town.browser()
    page = await browser.to_consent(Attempt())
    assert page.status_code == 200
    assert "Vous avez interrompu la connexion" in page.text
    assert "Revenir à «\u00a0Portail de démonstration\u00a0»" in page.text
    assert "http://localhost:8080/developers/callback?error=access_denied&amp;state=state-of-the-client" in page.text


async def test_a_person_of_two_browsers_at_once_gets_one_account(town: Town) -> None:
    browsers = [town.browser() for _ in range(8)]
    urls = [await callback_of(town, browser) for browser in browsers]
    answers = await asyncio.gather(*(b.get(u) for b, u in zip(browsers, urls, strict=True)))
    assert [a.status_code for a in answers] == [303] * 8
    assert len(await town.rows("SELECT 1 FROM person")) == 1
    assert len(await town.rows("SELECT 1 FROM session")) == 8
    assert len(await town.rows("SELECT 1 FROM outbox")) == 1
