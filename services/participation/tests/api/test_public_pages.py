# SPDX-License-Identifier: EUPL-1.2
"""What mails of participation lead to, as pages: nothing but what everybody reads, in the reader's language."""

from typing import Any
from uuid import uuid4

import assembly_town
import httpx
import meeting_town
import petition_town
import process_town
import pytest
from amendment_town import amend, take_back
from participation_town import Town
from proposal_town import propose, withdraw

from parvis_participation.api.page_words import CODES
from parvis_participation.domain.accountability import ProposalOutcome
from parvis_participation.domain.amendment import AmendmentState
from parvis_participation.domain.meeting import MeetingState
from parvis_participation.domain.petition import PUBLIC
from parvis_participation.domain.proposal import ProposalState


async def page(town: Town, kind: str, subject: Any, language: str = "fr") -> httpx.Response:
    path = f"/v1/collectivities/paris/pages/{kind}/{subject}"
    return await town.service.client.get(path, headers={"Accept-Language": language})


def pair(name: str, value: str) -> str:
    return f"<dt>{name}</dt><dd>{value}</dd>"


async def test_a_petition_says_where_it_stands_and_nothing_before_it_is_admitted(town: Town) -> None:
    submitted = (await petition_town.submit(town, town.service.citizen())).json()
    unseen = await page(town, "petitions", submitted["id"])
    assert (unseen.status_code, submitted["title"] in unseen.text) == (404, False)
    petition = await petition_town.admitted(town, closes_at="2036-12-10T17:30:00Z")
    shown = await page(town, "petitions", petition["id"])
    assert (shown.status_code, shown.headers["content-language"]) == (200, "fr")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert f"<h1>{petition['title']}</h1>" in shown.text
    assert "<p>Devant l&#x27;école.</p>" in shown.text
    assert pair("État", "on peut la signer") in shown.text
    assert pair("Signatures", "0") in shown.text
    assert (
        pair("Signatures jusqu’au", "mercredi 10 décembre 2036, 18\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30")
        in shown.text
    )
    english = (await page(town, "petitions", petition["id"], "en")).text
    assert pair("Signatures until", "Wednesday 10 December 2036, 18:30") in english
    assert '<html lang="en">' in english


async def test_a_proposal_loses_its_words_once_it_is_withdrawn(town: Town) -> None:
    ada = town.service.citizen()
    proposal = (await propose(town, ada, title="Des <bancs>")).json()
    shown = (await page(town, "proposals", proposal["id"])).text
    assert "<h1>Des &lt;bancs&gt;</h1>" in shown
    assert f'href="/v1/collectivities/paris/threads/proposal/{proposal["id"]}/page"' in shown
    assert ada.subject not in shown
    await withdraw(town, ada, proposal)
    gone = (await page(town, "proposals", proposal["id"])).text
    assert "bancs" not in gone
    assert "Ses mots ne sont plus publics." in gone


async def test_an_amendment_leads_to_its_proposal_and_loses_its_words_once_it_is_taken_back(town: Town) -> None:
    proposal, bob = (await propose(town, town.service.citizen())).json(), town.service.citizen()
    amendment = (await amend(town, bob, proposal)).json()
    shown = (await page(town, "amendments", amendment["id"])).text
    assert "<h2>Motifs</h2><p>On y attend.</p>" in shown
    assert pair("État", "en attente de réponse") in shown
    assert f'href="/v1/collectivities/paris/pages/proposals/{proposal["id"]}"' in shown
    await take_back(town, bob, amendment)
    gone = await page(town, "amendments", amendment["id"])
    assert (gone.status_code, "On y attend." in gone.text) == (200, False)


async def test_a_process_has_its_phases_contacts_and_news_where_everybody_sees_it(town: Town) -> None:
    office = {"name": process_town.TEXT, "email": "o'neil+m@paris.example", "phone": "+33140000000"}
    office |= {"address": "4 rue de Lobau\n75004 <Paris>", "hours": {"fr": "L'après-midi", "en": "Afternoons"}}
    process = await process_town.published(town, contacts=[office, {"name": {"fr": "Accueil", "en": "Desk"}}])
    await process_town.tell(town, process)
    shown = (await page(town, "processes", process["id"], "en")).text
    assert '<h2>Read more</h2><ul><li><a href="https://paris.example/plan.pdf">Text</a></li></ul>' in shown
    mail = '<a href="mailto:o%27neil%2Bm@paris.example">o&#x27;neil+m@paris.example</a>'
    reached = f'{mail}<br><a href="tel:+33140000000">+33140000000</a>'
    where = "4 rue de Lobau<br>75004 &lt;Paris&gt;<br>Afternoons"
    assert f"<h2>Whom to ask</h2><h3>Text</h3><p>{reached}<br>{where}</p><h3>Desk</h3>" in shown
    assert "<h1>Text</h1>" in shown
    assert "<h2>Phases</h2><dl><dt>Text</dt><dd>" in shown
    assert "<h2>News</h2><h3>Text</h3>" in shown
    hidden = await process_town.published(town, visible_to="accounts")
    assert (await page(town, "processes", hidden["id"])).status_code == 404


async def test_an_assembly_and_a_meeting_have_their_pages(town: Town) -> None:
    assembly = await assembly_town.published(town)
    assert "<h1>Texte</h1>" in (await page(town, "assemblies", assembly.id)).text
    meeting = await meeting_town.announced(town, begins_at="2036-12-10T17:30:00Z", ends_at="2036-12-10T19:30:00Z")
    shown = (await page(town, "meetings", meeting.id)).text
    assert pair("Début", "mercredi 10 décembre 2036, 18\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30") in shown
    assert pair("Places libres", "2") in shown
    assert f'href="{meeting.public}/files/' in shown
    await meeting.act("cancel")
    assert pair("State", "cancelled") in (await page(town, "meetings", meeting.id, "en")).text


@pytest.mark.parametrize("kind", ["petitions", "proposals", "amendments", "processes", "assemblies", "meetings"])
async def test_of_what_is_not_public_a_page_says_where_to_go(town: Town, kind: str) -> None:
    answer = await page(town, kind, uuid4())
    assert (answer.status_code, "connectez-vous" in answer.text) == (404, True)


async def test_a_page_is_its_towns_alone(town: Town) -> None:
    proposal = (await propose(town, town.service.citizen(collectivity="lutece"))).json()
    assert (await page(town, "proposals", proposal["id"])).status_code == 404


def test_no_code_is_shown_as_it_is() -> None:
    shown = {*PUBLIC, *ProposalState, *AmendmentState, *MeetingState, *ProposalOutcome} - {ProposalState.DRAFT}
    assert shown - CODES.keys() == set()
