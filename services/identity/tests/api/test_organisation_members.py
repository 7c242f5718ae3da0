# SPDX-License-Identifier: EUPL-1.2
"""Members of an organisation: invited by letter, accepted once, gone, and somebody always speaks for it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from behalf import BRUNO
from counter import DESK_SCOPES, Caller, at_the_desk, by_franceconnect, merged
from fake_provider import citizen
from identity_town import Attempt, Town
from organisations import CANAL, ORGANISING, declared, invited, joined, verified


@pytest.fixture
async def angela(town: Town) -> Caller:
    return await by_franceconnect(town, ORGANISING)


@pytest.fixture
async def bruno(town: Town) -> Caller:
    return await by_franceconnect(town, ORGANISING, **BRUNO)


async def test_a_letter_makes_a_member_once(town: Town, angela: Caller, bruno: Caller) -> None:
    id_ = await verified(angela)
    code = {"code": await invited(angela, id_)}
    accepted = await bruno.post("/v1/me/organisation-acceptances", code)
    assert (accepted.status_code, accepted.json()["organisation"]["name"]) == (200, "Les Amis du canal")
    third = await by_franceconnect(town, ORGANISING, sub="c" * 64 + "v1")
    assert (await third.post("/v1/me/organisation-acceptances", code)).status_code == 404
    members = (await bruno.get(f"/v1/organisations/{id_}/members")).json()["items"]
    assert [(m["person"], m["role"]) for m in members] == [
        (await angela.id(), "representative"),
        (await bruno.id(), "member"),
    ]
    rows = await town.rows("SELECT * FROM organisation_member")
    assert not [row for row in rows if row["invited_email_index"] or row["code_hash"]]


async def test_a_declared_organisation_sends_no_letters_and_a_member_invites_nobody(
    town: Town, angela: Caller, bruno: Caller
) -> None:
    unverified = (await declared(bruno, CANAL | {"rna": "W759999999"}))["organisation"]["id"]
    body = {"email": "x@example.fr", "role": "representative"}
    assert (await bruno.post(f"/v1/organisations/{unverified}/invitations", body)).status_code == 409
    id_ = await verified(angela)
    await joined(angela, bruno, id_)
    assert (await bruno.post(f"/v1/organisations/{id_}/invitations", body)).status_code == 404
    assert await town.rows("SELECT 1 FROM letter") == []


async def test_an_invitation_runs_out_is_replaced_and_withdrawn(angela: Caller, bruno: Caller) -> None:
    id_ = await verified(angela)
    first = {"code": await invited(angela, id_)}
    second = {"code": await invited(angela, id_)}
    assert (await bruno.post("/v1/me/organisation-acceptances", first)).status_code == 404, "replaced"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=15), tick=False):
        late = await by_franceconnect(angela.town, ORGANISING, **BRUNO)
        assert (await late.post("/v1/me/organisation-acceptances", second)).status_code == 404
    (waiting,) = [
        m for m in (await angela.get(f"/v1/organisations/{id_}/members")).json()["items"] if m["person"] is None
    ]
    path = f"/v1/organisations/{id_}/members/{waiting['id']}/endings"
    assert (await bruno.post(path, None)).status_code == 404
    assert (await angela.post(path, None)).status_code == 204
    assert (await bruno.post("/v1/me/organisation-acceptances", second)).status_code == 404, "withdrawn"


async def test_nobody_is_written_to_without_end(angela: Caller) -> None:
    id_ = await verified(angela)
    body = {"email": "bruno@example.fr", "role": "member"}
    path = f"/v1/organisations/{id_}/invitations"
    with time_machine.travel(datetime.now(UTC), tick=False):  # the first wait is a second long
        answers = [(await angela.post(path, body)).status_code for _ in range(5)]
    assert answers[:3] == [201, 201, 201]
    assert answers[-1] == 409


@pytest.mark.parametrize("email", ["no address", "a@b@c", "a@example.fr\nbcc: b@example.fr", "a@localhost"])
async def test_a_letter_goes_to_one_address(angela: Caller, email: str) -> None:
    id_ = await verified(angela)
    body = {"email": email, "role": "member"}
    assert (await angela.post(f"/v1/organisations/{id_}/invitations", body)).status_code == 422


async def test_the_last_representative_stays_until_another_has_come(angela: Caller, bruno: Caller) -> None:
    made = await verified(angela)
    own = (await angela.get("/v1/me/organisations")).json()["items"][0]["member_id"]
    leaving = f"/v1/organisations/{made}/members/{own}/endings"
    await joined(angela, bruno, made)
    alone = await angela.post(leaving, None)
    assert (alone.status_code, alone.json()["code"]) == (409, "last-representative")
    assert (await bruno.post(leaving, None)).status_code == 404, "a member removes nobody"
    raised = await joined(angela, bruno, made, "representative")
    assert (await angela.post(leaving, None)).status_code == 204
    assert (await angela.get(f"/v1/organisations/{made}")).status_code == 404
    assert (await bruno.post(f"/v1/organisations/{made}/members/{raised}/endings", None)).status_code == 409


async def test_a_member_leaves_and_who_is_one_already_is_none_twice(town: Town, angela: Caller, bruno: Caller) -> None:
    id_ = await verified(angela)
    member = await joined(angela, bruno, id_)
    again = {"code": await invited(angela, id_)}
    assert (await bruno.post("/v1/me/organisation-acceptances", again)).status_code == 409
    assert (await bruno.post(f"/v1/organisations/{id_}/members/{member}/endings", None)).status_code == 204
    assert (await bruno.get("/v1/me/organisations")).json()["items"] == []
    trail = await town.rows("SELECT action FROM audit_entry WHERE action LIKE 'member-%' ORDER BY id")
    assert [row["action"] for row in trail] == ["member-invited", "member-joined", "member-invited", "member-ended"]


async def test_a_merged_account_takes_its_organisations_along(town: Town, angela: Caller, bruno: Caller) -> None:
    shared, alone = await verified(angela), await verified(angela, CANAL | {"rna": "W759999999"})
    await joined(angela, bruno, shared)
    desk = await at_the_desk(town, scope=DESK_SCOPES)
    kept, absorbed = await bruno.id(), await angela.id()
    answer = await merged(town, desk, kept, absorbed)
    assert answer.status_code == 200, answer.text
    mine = (await bruno.get("/v1/me/organisations")).json()["items"]
    assert {(m["organisation"]["id"], m["role"]) for m in mine} == {
        (shared, "representative"),
        (alone, "representative"),
    }


async def test_the_link_of_the_letter_is_accepted_in_a_browser_once_and_by_nobody_who_is_not_signed_in(
    town: Town, angela: Caller
) -> None:
    id_ = await verified(angela)
    code = await invited(angela, id_, "representative")
    path = f"/account/organisation-invitation?token={code}"
    stranger = town.browser()
    assert (await stranger.get(path)).status_code == 401
    browser = town.browser()
    town.citizens.person = citizen(**BRUNO)
    await browser.code(Attempt(scope=ORGANISING))
    page = await browser.get(path)
    assert "Les Amis du canal" in page.text
    assert "représenter" in page.text
    assert (await town.rows("SELECT count(*) FROM organisation_member WHERE accepted_at IS NOT NULL"))[0][0] == 1
    forged = await browser.http.post("/account/organisation-invitation", data={"csrf": "0" * 64, "token": code})
    assert forged.status_code in {400, 403}
    assert "Vous faites maintenant partie" in (await browser.submit(page)).text
    assert (await browser.submit(page)).status_code == 400, "used"
    second = await browser.get(f"/account/organisation-invitation?token={await invited(angela, id_)}")
    assert "rien n’a changé" in (await browser.submit(second)).text
    assert (await browser.get("/account/organisation-invitation?token=made-up")).status_code == 400
