# SPDX-License-Identifier: EUPL-1.2
"""Associations and companies: declared by a citizen, verified by an agent, each number once, closed for good."""

from typing import Any

import pytest
from behalf import BRUNO
from counter import Caller, at_the_desk, by_franceconnect
from identity_town import Town
from organisations import CAMILLE, CANAL, COMPANY, DESK, ORGANISING, declared, invited, verified
from profile_people import trail

FIRST = {"if-match": '"1"'}


@pytest.fixture
async def angela(town: Town) -> Caller:
    return await by_franceconnect(town, ORGANISING)


@pytest.fixture
async def bruno(town: Town) -> Caller:
    return await by_franceconnect(town, ORGANISING, **BRUNO)


async def test_a_citizen_declares_and_an_agent_who_saw_a_document_verifies(town: Town, angela: Caller) -> None:
    made = await declared(angela)
    organisation, desk = made["organisation"], await at_the_desk(town, CAMILLE, scope=DESK)
    assert (organisation["status"], organisation["rna"], made["role"]) == ("declared", "W751234567", "representative")
    (waiting,) = (await desk.get("/v1/organisations?status=declared")).json()["items"]
    path = f"/v1/organisations/{waiting['id']}"
    assert (await angela.post(f"{path}/verifications", {"evidence": "statutes"}, **FIRST)).status_code == 403
    answer = await desk.post(f"{path}/verifications", {"evidence": "rna-receipt"}, **FIRST)
    assert (answer.status_code, answer.headers["etag"], answer.json()["evidence"]) == (200, '"2"', "rna-receipt")
    assert (await desk.post(f"{path}/verifications", {"evidence": "statutes"}, **FIRST)).status_code == 412
    assert (
        await desk.post(f"{path}/verifications", {"evidence": "statutes"}, **{"if-match": '"2"'})
    ).status_code == 409
    (mine,) = (await angela.get("/v1/me/organisations")).json()["items"]
    assert mine["organisation"] == answer.json() == (await angela.get(path)).json()
    trail = await town.rows("SELECT action, details FROM audit_entry WHERE action LIKE 'organisation-%' ORDER BY id")
    assert [row["action"] for row in trail] == ["organisation-declared", "organisation-verified"]
    assert "canal" not in str(trail).lower()


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"rna": "WABCDEFGHI"}, "/rna"),
        ({"rna": None}, "/siret"),
        ({"siret": "73282932000075"}, "/siret"),
        ({"legal_form": "5710"}, "/legal_form"),
        ({"kind": "company", "siret": "73282932000074"}, "/rna"),
    ],
)
async def test_a_wrong_number_is_named(angela: Caller, changed: dict[str, Any], pointer: str) -> None:
    answer = await angela.post("/v1/me/organisations", CANAL | changed)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong-organisation-number")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_number_is_one_organisation_s_until_it_is_closed(town: Town, angela: Caller, bruno: Caller) -> None:
    id_ = (await declared(angela, COMPANY))["organisation"]["id"]
    again = await bruno.post("/v1/me/organisations", COMPANY | {"name": "Squat"})
    assert (again.status_code, again.json()["code"]) == (409, "known-organisation")
    desk = await at_the_desk(town, CAMILLE, scope=DESK)
    assert (await bruno.post(f"/v1/organisations/{id_}/refusals", None, **FIRST)).status_code == 403
    refused = await desk.post(f"/v1/organisations/{id_}/refusals", None, **FIRST)
    assert (refused.status_code, refused.json()["status"]) == (200, "closed")
    assert [action for action, _ in await trail(town, "organisation-closed")] == ["organisation-closed"]
    assert (await desk.post(f"/v1/organisations/{id_}/refusals", None, **{"if-match": '"2"'})).status_code == 409
    assert (await declared(bruno, COMPANY))["organisation"]["id"] != id_


async def test_only_a_representative_closes_it_and_a_closed_one_invites_nobody(
    town: Town, angela: Caller, bruno: Caller
) -> None:
    id_ = await verified(angela)
    path, second = f"/v1/organisations/{id_}", {"if-match": '"2"'}
    code = await invited(angela, id_)
    assert (await bruno.post(f"{path}/closures", None, **second)).status_code == 404
    assert (await angela.post(f"{path}/closures", None, **FIRST)).status_code == 412
    assert (await angela.post(f"{path}/closures", None, **second)).json()["status"] == "closed"
    assert (await bruno.post("/v1/me/organisation-acceptances", {"code": code})).status_code == 404
    again = await angela.post(f"{path}/invitations", {"email": "x@example.fr", "role": "member"})
    assert again.status_code == 409
    assert [action for action, _ in await trail(town, "organisation-closed")] == ["organisation-closed"]


async def test_who_is_not_of_it_sees_nothing_of_it(town: Town, angela: Caller, bruno: Caller) -> None:
    id_ = await verified(angela)
    neighbour = await at_the_desk(town, "lucie.gaulois@lutece.example", "lutece-backoffice", scope=DESK)
    for stranger in (bruno, neighbour):
        for path in ("", "/members"):
            assert (await stranger.get(f"/v1/organisations/{id_}{path}")).status_code == 404
    assert (await neighbour.get("/v1/organisations?rna=W751234567")).json()["items"] == []
    assert (await bruno.get("/v1/organisations")).status_code == 403
    assert (await bruno.get("/v1/me/organisations")).json()["items"] == []
    taken = await neighbour.post(f"/v1/organisations/{id_}/refusals", None, **{"if-match": '"2"'})
    assert taken.status_code == 404
