# SPDX-License-Identifier: EUPL-1.2
"""A discussion as a page: what was said and not taken back, in the reader's language, without script."""

from html import escape
from uuid import uuid4

import httpx
import pytest
from budget_town import BudgetTown
from comment_town import Thread
from participation_town import Town
from proposal_town import propose, withdraw

from parvis_participation.api import discussion_page


async def page(town: Town, proposal: str, language: str = "fr", query: str = "") -> httpx.Response:
    path = f"/v1/collectivities/paris/threads/proposal/{proposal}/page{query}"
    return await town.service.client.get(path, headers={"Accept-Language": language})


async def test_everybody_reads_what_was_said_and_nothing_of_what_was_taken_back(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    assert "Personne n’a encore écrit." in (await page(town, proposal["id"])).text
    thread = Thread(town.service, "proposal", proposal)
    first = (await thread.write(bob, text="<b>Des arbres</b>\nd'abord")).json()
    gone = (await thread.write(ada, parent=first, text="Zut alors")).json()
    assert (await thread.withdraw(ada, gone)).status_code == 204
    shown = await page(town, proposal["id"])
    assert (shown.status_code, shown.headers["content-language"]) == (200, "fr")
    assert "&lt;b&gt;Des arbres&lt;/b&gt;<br>d&#x27;abord" in shown.text
    assert first["author"] in shown.text
    assert "Zut alors" not in shown.text
    assert "Ces mots ont été retirés." in shown.text
    assert "script-src" not in shown.headers["content-security-policy"]
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    english = await page(town, proposal["id"], "en")
    assert f"<h1>{proposal['title']}</h1>" in english.text
    assert "Discussion of a proposal" in english.text
    assert f'<a href="/v1/collectivities/paris/pages/proposals/{proposal["id"]}">See the proposal</a>' in english.text
    assert f"<h2>{first['author']}</h2>" in english.text
    assert "(answer)</h3>" in english.text
    assert bob.subject not in shown.text


async def test_a_page_is_called_what_is_discussed(budgeting: BudgetTown, town: Town) -> None:
    budget = await budgeting.published()
    budgeting.when("deposit")
    project = (await budgeting.deposit(budgeting.service.citizen(), budget)).json()
    consultation = await town.opened()
    for kind, subject, title in (
        ("project", project, project["title"]),
        ("consultation", consultation, consultation["title"]),
    ):
        path = f"/v1/collectivities/paris/threads/{kind}/{subject['id']}/page"
        shown = await town.service.client.get(path, headers={"Accept-Language": "fr"})
        assert f"<h1>{escape(title)}</h1>" in shown.text
        assert f"<title>{escape(title)}</title>" in shown.text
        assert "/pages/" not in shown.text


async def test_what_is_withdrawn_is_called_by_what_it_was_alone(town: Town) -> None:
    ada = town.service.citizen()
    proposal = (await propose(town, ada)).json()
    assert (await withdraw(town, ada, proposal)).status_code == 204
    shown = await page(town, proposal["id"])
    assert "<h1>Discussion d’une proposition</h1>" in shown.text
    assert proposal["title"] not in shown.text


async def test_a_long_discussion_goes_on_at_the_next_page(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discussion_page, "_A_PAGE", 1)
    ada = town.service.citizen()
    proposal = (await propose(town, ada)).json()
    thread = Thread(town.service, "proposal", proposal)
    for text in ("Un", "Deux"):
        await thread.write(ada, text=text)
    first = (await page(town, proposal["id"])).text
    link = first.split('href="?')[1].split('"')[0]
    second = (await page(town, proposal["id"], query=f"?{link}")).text
    assert ("<p>Un</p>" in first, "<p>Deux</p>" in first) == (True, False)
    assert ("<p>Un</p>" in second, "<p>Deux</p>" in second) == (False, True)
    assert 'rel="next"' not in second


async def test_of_what_is_not_public_a_page_says_where_to_go(town: Town) -> None:
    neighbour = (await propose(town, town.service.citizen(collectivity="lutece"))).json()
    for unseen in (str(uuid4()), neighbour["id"]):
        answer = await page(town, unseen)
        assert (answer.status_code, "connectez-vous" in answer.text) == (404, True)
