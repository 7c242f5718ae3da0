# SPDX-License-Identifier: EUPL-1.2
"""A petition that people signed whom nobody verified comes to no process in which people are told apart."""

import asyncio
from typing import Any

import httpx
import pytest
from identity_rolls import Identity
from participation_town import Town
from petition_town import admitted, sign, take_back
from process_town import join, post, process_body, published

from parvis_participation.db import petitions
from parvis_participation.service import check_audience, sign_petition
from parvis_testing import Caller

TOLD_APART = {"level": "eidas1", "minimum_age": 16}


def unknown(town: Town, identity: Identity) -> Caller:
    """Somebody whom nobody verified."""
    citizen = town.service.citizen()
    identity.people[citizen.subject] = None
    return citizen


async def signed(town: Town, identity: Identity) -> dict[str, Any]:
    petition = await admitted(town, verified=False)
    assert (await sign(town, unknown(town, identity), petition)).status_code == 200
    return petition


def refused(answer: httpx.Response) -> bool:
    assert "verified" in answer.text or "vérifié" in answer.text
    return (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_it_joins_where_accounts_count_or_once_the_signature_is_taken_back(
    town: Town, identity: Identity
) -> None:
    petition, signer = await admitted(town, verified=False), unknown(town, identity)
    assert (await sign(town, signer, petition)).status_code == 200
    apart = await published(town, audience=TOLD_APART)
    assert refused(await join(town, apart, "petition", petition))
    assert await town.count("process_part") == 0, "nothing of it is left"
    assert (await take_back(town, signer, petition)).status_code == 204
    assert (await join(town, apart, "petition", petition)).status_code == 201
    assert (await sign(town, signer, petition)).status_code == 403
    other = await signed(town, identity)
    assert (await join(town, await published(town), "petition", other)).status_code == 201


async def test_a_process_with_such_a_petition_is_not_narrowed_to_verified_people(
    town: Town, identity: Identity
) -> None:
    agent, process = town.service.agent(), await published(town)
    assert (await join(town, process, "petition", await signed(town, identity))).status_code == 201
    current = await town.client.get(f"/v1/processes/{process['id']}", headers=agent.headers)
    version = current.json()["version"]
    headers = agent.headers | {"If-Match": f'"{version}"'}
    path = f"/v1/processes/{process['id']}"
    assert refused(await town.client.put(path, json=process_body(audience=TOLD_APART), headers=headers))
    assert (await town.client.put(path, json=process_body(), headers=headers)).status_code == 200


async def test_a_draft_with_such_a_petition_is_not_published_for_verified_people(
    town: Town, identity: Identity
) -> None:
    made = (await post(town, town.service.agent(), "", process_body(audience=TOLD_APART))).json()
    assert (await join(town, made, "petition", await signed(town, identity))).status_code == 201, "nobody reads a draft"
    path, matching = f"/{made['id']}/transitions", {"If-Match": '"1"'}
    assert refused(await post(town, town.service.agent(), path, {"action": "publish"}, **matching))


async def test_who_signs_as_it_joins_is_refused(
    town: Town, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition, process = await admitted(town, verified=False), await published(town, audience=TOLD_APART)
    check = check_audience.check_within

    async def joining(*given: Any, **more: Any) -> None:
        await check(*given, **more)
        assert (await join(town, process, "petition", petition)).status_code == 201

    monkeypatch.setattr(sign_petition, "check_within", joining)
    assert (await sign(town, unknown(town, identity), petition)).status_code == 403
    assert await town.count("petition_signature") == 0


async def test_it_waits_to_join_for_whoever_is_signing(
    town: Town, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition, process = await admitted(town, verified=False), await published(town, audience=TOLD_APART)
    number, joins = petitions.number, list[asyncio.Task[httpx.Response]]()

    async def waited_for(*given: Any) -> int:
        if not joins:
            joins.append(asyncio.create_task(join(town, process, "petition", petition)))
            done, _ = await asyncio.wait(joins, timeout=0.5)
            assert not done
        return await number(*given)

    monkeypatch.setattr(petitions, "number", waited_for)
    assert (await sign(town, unknown(town, identity), petition)).status_code == 200
    assert refused(await joins[0])
