# SPDX-License-Identifier: EUPL-1.2
"""Who may come in as an agent: SIRET, membership, and nothing that an e-mail address alone gives."""

import pytest
from fake_provider import agent
from identity_town import Attempt, Town
from joserfc import jwt

OFFICE = Attempt(client_id="demo-backoffice")


async def test_an_invited_agent_enters_with_teams_and_roles(town: Town) -> None:
    body = await town.agent_tokens()
    claims = jwt.decode(body["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims
    assert claims["kind"] == "agent"
    assert claims["collectivity"] == "paris"
    assert claims["teams"] == ["proprete-rive-droite", "voirie-rive-droite"]
    assert claims["roles"] == ["agent"]
    me = (await town.get("/v1/me", body["access_token"])).json()
    assert me["membership"] == {
        "collectivity": "paris",
        "teams": ["proprete-rive-droite", "voirie-rive-droite"],
        "roles": ["agent"],
    }
    asked = town.agents.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost:8080/login/proconnect/callback"
    assert "code_verifier" in town.agents.sent[0]


async def test_staff_are_not_asked_for_consent(town: Town) -> None:
    town.agents.person = agent()
    answer = await town.browser().to_consent(OFFICE, "ProConnect")
    assert answer.status_code == 303
    assert "code=" in answer.headers["location"]


@pytest.mark.parametrize("siret", ["99990000000017", "21750001600018", "", None, 21750001600019, ["21750001600019"]])
async def test_an_agent_of_another_organisation_is_shown_out(town: Town, siret: object) -> None:
    town.agents.person = agent(siret=siret)
    page = await town.browser().to_consent(OFFICE, "ProConnect")
    assert page.status_code == 403
    assert "Cet organisme n’est pas celui attendu" in page.text
    assert await town.rows("SELECT 1 FROM person") == []


@pytest.mark.parametrize("email", ["stranger@paris.example", "", None])
async def test_an_agent_without_membership_is_told_whom_to_ask(town: Town, email: str | None) -> None:
    town.agents.person = agent(email=email)
    page = await town.browser().to_consent(OFFICE, "ProConnect")
    assert page.status_code == 403
    assert "Vous n’avez pas encore accès" in page.text
    assert "administrateur" in page.text
    for table in ("person", "session", "outbox"):
        assert await town.rows(f"SELECT 1 FROM {table}") == []
    keys = await town.service.runtime.persons._pool.fetchval("SELECT count(*) FROM person_key")  # noqa: SLF001
    before = keys
    await town.browser().to_consent(OFFICE, "ProConnect")
    after = await town.service.runtime.persons._pool.fetchval("SELECT count(*) FROM person_key")  # noqa: SLF001
    assert before == after, "whoever is refused leaves nothing behind"


async def test_an_address_is_found_whatever_its_case(town: Town) -> None:
    body = await town.agent_tokens(email=" Camille.MOREAU@paris.example")
    assert body["access_token"]


async def test_an_invitation_is_taken_once(town: Town) -> None:
    await town.agent_tokens()
    town.agents.person = agent(sub="somebody-else-with-that-address")
    page = await town.browser().to_consent(OFFICE, "ProConnect")
    assert page.status_code == 403
    assert "Vous n’avez pas encore accès" in page.text


async def test_a_bound_agent_may_change_address(town: Town) -> None:
    await town.agent_tokens()
    assert (await town.agent_tokens(email="camille.durand@paris.example"))["access_token"]


async def test_an_ended_membership_lets_nobody_in(town: Town) -> None:
    await town.agent_tokens()
    await town.rows("UPDATE membership SET ended_at = now()")
    page = await town.browser().to_consent(OFFICE, "ProConnect")
    assert page.status_code == 403


async def test_an_invitation_of_one_collectivity_is_none_of_another(town: Town) -> None:
    town.agents.person = agent(siret="99990000000017")
    page = await town.browser().to_consent(Attempt(client_id="lutece-backoffice"), "ProConnect")
    assert page.status_code == 403
    assert "Vous n’avez pas encore accès" in page.text


async def test_a_second_seed_changes_teams_and_forgets_nobody(town: Town) -> None:
    await town.agent_tokens()
    bound = await town.rows("SELECT id, person FROM membership WHERE person IS NOT NULL")
    await town.seed_again()
    assert await town.rows("SELECT id, person FROM membership WHERE person IS NOT NULL") == bound
    assert len(await town.rows("SELECT 1 FROM membership")) == 4
