# SPDX-License-Identifier: EUPL-1.2
"""People ask to be in the register, and read, correct and leave their own entry; nothing tells who else is in it."""

import asyncio
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from notifications_town import HALL, STATION
from own_register import (
    CORRECTED,
    ENTRIES,
    MINE,
    ODETTE,
    REQUESTS,
    accept,
    acts,
    asked,
    by_an_agent,
    entered,
    mine,
    person,
    say,
    settle,
)


async def test_who_asks_is_entered_by_an_agent_and_agreed_when_they_asked(alerts: Alerts) -> None:
    odette, pool = person(alerts), alerts.town.post.pool
    assert (await mine(alerts, odette)).status_code == 404
    said = await say(alerts, odette)
    assert (said.status_code, said.json()["state"], said.headers["cache-control"]) == (200, "asked", "no-store")
    await alerts.issue()
    await alerts.town.send()
    assert alerts.town.told() == [], "nobody entered them yet"
    (request,) = await asked(alerts)
    assert (request["person"], request["words"], request["position"]) == (
        odette.subject,
        ODETTE["words"],
        ODETTE["position"],
    )
    answer = await accept(alerts, request)
    assert (answer.status_code, answer.json()["person"]) == (201, odette.subject)
    own = (await mine(alerts, odette)).json()
    assert (own["state"], own["content"]["email"], own["reason"]) == ("entered", "odette@example.org", None)
    assert await asked(alerts) == []
    consent = await pool.fetchrow("SELECT * FROM consent")
    assert (consent["words"], consent["way"]) == (ODETTE["words"], "account")
    assert consent["created_at"].isoformat().replace("+00:00", "Z") == request["asked_at"]
    await alerts.issue()
    await alerts.town.send()
    assert alerts.town.told() == ["odette@example.org"]
    assert sorted(await acts(alerts)) == ["accept", "enter", "own-ask", "requests", "requests"]


async def test_what_stands_there_is_corrected_at_once_and_what_stood_there_is_kept(alerts: Alerts) -> None:
    odette = person(alerts)
    entry = await entered(alerts, odette)
    moved = await alerts.town.client.put(MINE, json=CORRECTED | {"address": "Ailleurs"}, headers=odette.headers)
    assert (moved.status_code, moved.json()["errors"][0]["pointer"]) == (422, "/position")
    body = CORRECTED | {"email": "neuf@example.org", "needs": "Fauteuil"}
    answer = await alerts.town.client.put(MINE, json=body, headers=odette.headers)
    assert (answer.status_code, answer.json()["state"], answer.json()["content"]["needs"]) == (
        200,
        "entered",
        "Fauteuil",
    )
    (change,) = (await alerts.read(f"{ENTRIES}/{entry}/changes"))["items"]
    assert (change["own"], change["agent"], change["before"]["email"]) == (True, odette.subject, "odette@example.org")
    await alerts.issue()
    await alerts.town.send()
    assert alerts.town.told() == ["neuf@example.org"]
    assert "own-change" in await acts(alerts)


async def test_who_says_the_same_changes_nothing_and_there_is_an_end_to_changes_of_a_day_but_not_to_leaving(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parvis_notifications.service.own_register_entry._MOST_A_DAY", 3)
    odette, other = person(alerts), person(alerts)
    asked_at = [(await say(alerts, odette)).json()["since_at"] for _ in range(2)]
    assert asked_at[0] == asked_at[1]
    await accept(alerts, (await asked(alerts))[0])
    said = [(await say(alerts, odette, needs=needs)) for needs in (None, "Fauteuil", "Fauteuil", "Oxygène")]
    assert [each.status_code for each in said] == [200] * 4
    own = [act for act in await acts(alerts) if act.startswith("own-")]
    assert own == ["own-change", "own-change", "own-ask"]
    refused = await say(alerts, odette, needs="Lit")
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-own-changes")
    assert (await mine(alerts, odette)).json()["content"]["needs"] == "Oxygène"
    assert (await say(alerts, other)).status_code == 200
    assert (await mine(alerts, odette, "DELETE")).status_code == 204


async def test_who_leaves_is_alerted_no_more_and_nothing_of_them_can_be_read(alerts: Alerts) -> None:
    odette, pool = person(alerts), alerts.town.post.pool
    entry = await entered(alerts, odette)
    assert (await mine(alerts, odette, "DELETE")).status_code == 204
    assert [(await mine(alerts, odette, how)).status_code for how in ("GET", "DELETE")] == [404, 404]
    assert await pool.fetch("SELECT 1 FROM register_entry UNION ALL SELECT 1 FROM subscriber") == []
    assert await alerts.town.post.service.runtime.persons.of_many({UUID(entry)}) == {}
    assert (await say(alerts, odette)).json()["state"] == "asked", "who changes their mind asks anew"
    assert (await mine(alerts, odette, "DELETE")).status_code == 204
    assert await pool.fetch("SELECT 1 FROM register_request") == []


async def test_an_agent_links_the_account_to_the_entry_that_is_theirs_and_to_no_second(alerts: Alerts) -> None:
    entry, odette, other = await by_an_agent(alerts), person(alerts), person(alerts)
    assert (await mine(alerts, odette)).status_code == 404, "the same name opens nothing"
    assert (await say(alerts, odette)).json()["state"] == "asked"
    (request,) = await asked(alerts)
    assert (await accept(alerts, request, entry)).json()["id"] == entry
    assert (await mine(alerts, odette)).json()["content"]["address"] == "1 rue de Rivoli"
    assert [each["before"]["address"] for each in (await alerts.read(f"{ENTRIES}/{entry}/changes"))["items"]] == [
        "9 quai de la Rapée"
    ]
    assert (await say(alerts, other)).status_code == 200
    (request,) = await asked(alerts)
    refused = await accept(alerts, request, entry)
    assert (refused.status_code, refused.json()["code"]) == (409, "entry-linked")
    headers = alerts.second.headers | {"If-Match": '"1"'}
    path = f"{ENTRIES}/{entry}/unlinkings"
    assert (await alerts.town.client.post(path, headers=headers)).status_code == 412
    headers |= {"If-Match": '"2"'}
    assert (await alerts.town.client.post(path, headers=headers)).status_code == 204
    assert (await mine(alerts, odette)).status_code == 404
    assert (await accept(alerts, request, entry)).status_code == 201
    assert (await mine(alerts, other)).status_code == 200


@pytest.mark.parametrize("corrected", [False, True])
async def test_what_the_wrong_account_said_is_undone_unless_an_agent_has_corrected_it(
    alerts: Alerts, *, corrected: bool
) -> None:
    entry, wrong, client = await by_an_agent(alerts), person(alerts), alerts.town.client
    await say(alerts, wrong, language="en")
    (request,) = await asked(alerts)
    assert (await accept(alerts, request, entry)).status_code == 201
    assert (await client.put(MINE, json=CORRECTED | {"needs": "Fauteuil"}, headers=wrong.headers)).status_code == 200
    version, headers = 3, alerts.second.headers
    if corrected:
        body = CORRECTED | {"address": "Chez sa fille", "position": ODETTE["position"], "reason": "Elle a téléphoné."}
        answer = await client.put(f"{ENTRIES}/{entry}", json=body, headers=headers | {"If-Match": '"3"'})
        assert answer.status_code == 200
        version = 4
    path = f"{ENTRIES}/{entry}/unlinkings"
    for _ in range(2):
        assert (await client.post(path, headers=headers | {"If-Match": f'"{version}"'})).status_code == 204
        version += 1
    kept = await alerts.read(f"{ENTRIES}/{entry}")
    assert (kept["person"], kept["content"]["needs"]) == (None, None)
    reached = await alerts.town.post.pool.fetchrow(
        "SELECT s.email IS NOT NULL AS mail, s.language, p.position <-> $1::point AS off FROM subscriber s"
        " JOIN place p ON p.subscriber_id = s.id",
        tuple(HALL if corrected else STATION),
    )
    address = "Chez sa fille" if corrected else "9 quai de la Rapée"
    assert (kept["content"]["address"], *reached) == (address, corrected, "en" if corrected else "fr", 0)
    changes = (await alerts.read(f"{ENTRIES}/{entry}/changes"))["items"]
    assert len(changes) == 3, "each with what stood there before"
    assert (kept["checked_at"] == kept["entered_at"]) is not corrected, "of what stands there again nobody made sure"


async def test_who_says_the_same_again_has_made_sure_of_it(alerts: Alerts) -> None:
    odette = person(alerts)
    entry = await entered(alerts, odette)
    await alerts.town.post.pool.execute("UPDATE register_entry SET checked_at = '2020-01-01T00:00Z'")
    assert (await say(alerts, odette)).status_code == 200
    kept = await alerts.read(f"{ENTRIES}/{entry}")
    assert kept["checked_at"] > kept["entered_at"]
    assert (await alerts.read(f"{ENTRIES}/{entry}/changes"))["items"] == []


async def test_who_is_refused_reads_why_and_asks_again(alerts: Alerts) -> None:
    odette, pool = person(alerts), alerts.town.post.pool
    await say(alerts, odette)
    (request,) = await asked(alerts)
    refusal = {"reason": "Le registre est ouvert à partir de 65 ans."}
    assert (await settle(alerts, request, "refusals", refusal)).status_code == 204
    own = (await mine(alerts, odette)).json()
    assert (own["state"], own["reason"]) == ("refused", refusal["reason"])
    stored = str([dict(row) for row in await pool.fetch("SELECT * FROM register_request")])
    for said in ("Odette", "ROUX", "65 ans"):
        assert said not in stored
    assert (await settle(alerts, request, "refusals", refusal)).status_code == 404, "it was settled"
    assert (await say(alerts, odette, ground="disability")).json() | {"since_at": ""} == {
        "state": "asked",
        "content": own["content"] | {"ground": "disability"},
        "since_at": "",
        "reason": None,
        "visits": [],
    }
    (again,) = await asked(alerts)
    assert (await settle(alerts, request, "refusals", refusal)).status_code == 412, "they changed it meanwhile"
    assert (await accept(alerts, again)).status_code == 201


async def test_only_who_was_verified_asks_and_only_the_town_s_agents_settle(alerts: Alerts) -> None:
    client, agents = alerts.town.client, alerts.town.post.service.agent
    for weak in (person(alerts, acr="mfa"), person(alerts, acr=None)):
        for answer in (await say(alerts, weak), await mine(alerts, weak), await mine(alerts, weak, "DELETE")):
            assert (answer.status_code, answer.json()["code"]) == (403, "identity-level-too-low")
    assert (await mine(alerts, alerts.author)).status_code == 403
    assert (await mine(alerts, person(alerts, scope="notifications.register.read"))).status_code == 403
    for wrong, pointer in (
        ({"requested_by": "third-party"}, "/requested_by"),
        ({"words": None}, "/words"),
        ({"position": None}, "/position"),
        ({"phone": "+33000000000"}, "/phone"),
    ):
        answer = await say(alerts, person(alerts), **wrong)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    odette = person(alerts)
    await say(alerts, odette)
    (request,) = await asked(alerts)
    assert await asked(alerts, agents("lutece")) == []
    assert (await settle(alerts, request, "acceptances", {}, agents("lutece"))).status_code == 404
    assert (await settle(alerts, request, "refusals", {"reason": "Non"}, agents("lutece"))).status_code == 404
    reading = agents(scope="notifications.register.read")
    assert (await settle(alerts, request, "acceptances", {}, reading)).status_code == 403
    assert (await client.get(REQUESTS, headers=odette.headers)).status_code == 403
    assert (await settle(alerts, request, "acceptances", {"entry_id": odette.subject})).status_code == 404
    elsewhere = person(alerts, "lutece", sub=odette.subject)
    assert (await mine(alerts, elsewhere)).status_code == 404, "what one has in a town is that town's"


async def test_who_asks_twice_at_once_asks_once(alerts: Alerts) -> None:
    odette = person(alerts)
    answers = await asyncio.gather(*(say(alerts, odette) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    (request,) = await asked(alerts)
    both = await asyncio.gather(accept(alerts, request), accept(alerts, request))
    assert sorted(answer.status_code for answer in both) == [201, 404]
    assert len((await alerts.read(ENTRIES))["items"]) == 1


async def test_who_is_entered_reads_what_was_written_of_who_called_on_them(alerts: Alerts) -> None:
    odette = person(alerts)
    await entered(alerts, odette)
    alert = await alerts.issue()
    await alerts.town.send()
    (one,) = (await alerts.read(f"/v1/alerts/{alert}/register-entries"))["items"]
    headers = alerts.author.headers | {"Idempotency-Key": alerts.town.post.key()}
    path = f"/v1/alerts/{alert}/register-entries/{one['recipient']}/visits"
    body = {"outcome": "nobody", "note": "Volets fermés"}
    assert (await alerts.town.client.post(path, json=body, headers=headers)).status_code == 201
    (told,) = (await mine(alerts, odette)).json()["visits"]
    assert (told["outcome"], told["note"]) == ("nobody", "Volets fermés")
