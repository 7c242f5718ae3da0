# SPDX-License-Identifier: EUPL-1.2
"""What the services in which agents work together learn of their names on the internal port."""

from uuid import UUID

import httpx
import pytest
from identity_town import Town
from joserfc import jwt
from machines import bearer, machine

from parvis_identity.db.agents import Agents
from parvis_identity.domain.agent import Profile
from parvis_identity.service import read_colleagues


async def signed_in(town: Town) -> UUID:
    body = await town.agent_tokens()
    return UUID(jwt.decode(body["access_token"], await town.parts.ring.published(), algorithms=["ES256"]).claims["sub"])


async def colleagues(town: Town, collectivity: str = "paris", **query: str) -> httpx.Response:
    asked = {"collectivity": collectivity, "scope": "requests.requests.read"} | query
    headers = bearer(await machine(town, "requests"))
    return await town.internal.get("/internal/v1/colleagues", params=asked, headers=headers)


async def described(town: Town, **profile: str | None) -> None:
    """The directory says so of the one agent who has signed in."""
    async with town.runtime.database.unit_of_work() as uow:
        agents = Agents(uow.session, town.runtime.persons, "paris")
        (agent,) = await agents.signed_in(None, 2)
        object.__setattr__(agent, "profile", Profile(email="a@paris.example", **profile))
        await agents.put(agent)
        await uow.commit()


async def test_an_agent_is_called_as_the_directory_says_or_else_as_their_account(town: Town) -> None:
    person = await signed_in(town)
    (found,) = (await colleagues(town)).json()["items"]
    assert found == {"person": str(person), "name": found["name"], "suspended": False, "entitled": True}
    assert found["name"], "the account has one, though nobody described the agent"
    await described(town, given_name="Sami", family_name="BEN")
    assert [each["name"] for each in (await colleagues(town)).json()["items"]] == ["Sami BEN"]
    await described(town, given_name="Sami", family_name="BEN", display_name="Sami (voirie)")
    assert [each["name"] for each in (await colleagues(town)).json()["items"]] == ["Sami (voirie)"]
    (other,) = (await colleagues(town, scope="identity.operations.write")).json()["items"]
    assert not other["entitled"]


async def test_who_is_suspended_is_marked_and_who_is_gone_is_not_told(town: Town) -> None:
    await signed_in(town)
    await town.rows("UPDATE membership SET suspended_at = now() WHERE person IS NOT NULL")
    assert [each["suspended"] for each in (await colleagues(town)).json()["items"]] == [True]
    await town.rows("UPDATE membership SET ended_at = now() WHERE person IS NOT NULL")
    assert (await colleagues(town)).json() == {"items": [], "more": False}


async def test_many_are_told_by_pages(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await signed_in(town)
    await town.rows(
        "INSERT INTO membership (id, collectivity, person, teams, roles)"
        " SELECT gen_random_uuid(), 'lutece', $1, '{}', '{agent}'",
        person,
    )
    monkeypatch.setattr(read_colleagues, "MAX_COLLEAGUES", 0)
    assert (await colleagues(town)).json() == {"items": [], "more": True}
    monkeypatch.setattr(read_colleagues, "MAX_COLLEAGUES", 1)
    assert (await colleagues(town)).json()["more"] is False, "those of another town are not counted"
    assert (await colleagues(town, after=str(person))).json() == {"items": [], "more": False}


async def test_they_are_told_to_that_service_alone_and_of_towns_that_exist(town: Town) -> None:
    assert (await colleagues(town, "nowhere")).status_code == 404
    path = "/internal/v1/colleagues?collectivity=paris&scope=x"
    other = bearer(await machine(town))
    assert (await town.internal.get(path, headers=other)).status_code == 403
    agent = bearer((await town.agent_tokens())["access_token"])
    assert (await town.internal.get(path, headers=agent)).status_code == 403
