# SPDX-License-Identifier: EUPL-1.2
"""Who looks at an appeal, and who is alerted to it; and how somebody without an account contests."""

from datetime import datetime, timedelta
from uuid import uuid4

from contesting import WHY, contesting
from requests_town import Town
from team_calls import alerts, team_of


async def test_another_agent_looks_at_an_appeal_to_the_superior(town: Town) -> None:
    citizen, decider, superior = town.service.citizen(), town.service.agent(), town.service.agent()
    team = await team_of(town, decider, superior)
    desk = await contesting(town, routing=[{"team": team}])
    request = await desk.refused(citizen, decider)
    appeal = await desk.lodged(citizen, request, "hierarchical")
    for act, body in (
        ("outcome", {"outcome": "upheld", "reasons": "Non."}),
        ("assignment", {"team": team, "assignee": decider.subject}),
    ):
        answer = await desk.do(decider, request, appeal, act, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "another-agent-needed")
    stranger = {"team": team, "assignee": town.service.agent().subject}
    answer = await desk.do(superior, request, appeal, "assignment", **stranger)
    assert (answer.status_code, answer.json()["code"]) == (422, "not-a-member")
    given = await desk.do(decider, request, appeal, "assignment", team=team, assignee=superior.subject)
    assert given.status_code == 201, given.text
    assert (given.json()["team"]["code"], given.json()["assignee"]) == (team, superior.subject)
    assert (await desk.do(citizen, request, given.json(), "assignment", team=team, assignee=None)).status_code == 403
    (seen,) = await desk.listed(citizen, request)
    assert (seen["team"], seen["assignee"]) == (None, None)
    decided = await desk.do(superior, request, given.json(), "outcome", outcome="rejected", reasons="Elle était prise.")
    assert decided.status_code == 201
    acts = (await town.get(citizen, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert "appeal-assigned" not in [act["action"]["code"] for act in acts]
    # Who decided the refusal may look again at what they were asked to think again.
    again = await desk.lodged(citizen, request)
    assert (await desk.do(decider, request, again, "outcome", outcome="rejected", reasons="Non.")).status_code == 201


async def test_those_who_look_at_it_and_whoever_decided_are_alerted(town: Town) -> None:
    citizen, decider, other, third = town.service.citizen(), *(town.service.agent() for _ in range(3))
    team = await team_of(town, other, third)
    desk = await contesting(town, routing=[{"team": team}])
    request = await desk.refused(citizen, decider)
    appeal = await desk.lodged(citizen, request, "hierarchical")
    came = {("appealed", each.subject) for each in (decider, other, third)}
    assert set(await alerts(town, request)) == came
    given = (await desk.do(third, request, appeal, "assignment", team=team, assignee=other.subject)).json()
    due = datetime.fromisoformat(appeal["answer_due_at"])
    assert await desk.ring(due - timedelta(days=16)) == 0
    assert await desk.ring(due - timedelta(days=14)) == 1
    assert (await alerts(town, request))[-1] == ("appeal-due-soon", other.subject)
    assert ("appeal-due-soon", decider.subject) not in await alerts(town, request)
    await desk.do(other, request, given, "outcome", outcome="upheld", reasons="Vous aviez raison.")
    told = await alerts(town, request)
    assert [each for each in told if each[0] == "appeal-decided"] == [("appeal-decided", decider.subject)]


async def test_the_queue_shows_what_is_contested(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    request, other = await desk.refused(citizen, agent), await desk.refused(citizen, agent)
    appeal = await desk.lodged(citizen, request)
    queue = f"/v1/work-queue?appealed=true&request_type={desk.code}&count=exact"
    found = (await town.get(agent, queue)).json()
    assert ([item["id"] for item in found["items"]], found["counts"]["total"]) == ([request["id"]], 1)
    await desk.do(agent, request, appeal, "outcome", outcome="rejected", reasons="Non.")
    assert (await town.get(agent, queue)).json()["items"] == []
    assert (await desk.read(agent, other))["appeals"] == []
    assert (await town.get(agent, "/v1/work-queue?appealed=maybe")).status_code == 422


async def test_who_has_no_account_contests_by_their_token(town: Town) -> None:
    agent, desk = town.service.agent(), await contesting(town, audience={"anonymous": True})
    key = {"Idempotency-Key": str(uuid4())}
    body = {"request_type": desk.code, "description": "La salle des fêtes", "answers": {}}
    filed = (await town.client.post("/v1/collectivities/paris/requests", json=body, headers=key)).json()
    refused = await town.act(agent, filed, "refuse", '"1"', reason="La salle est prise.")
    assert refused.status_code == 201, refused.text
    path, token = "/v1/tracked-request/appeals", {"Tracking-Token": filed["tracking_token"]}

    async def send(where: str, said: dict[str, str] | None, **headers: str) -> tuple[int, dict[str, object]]:
        every = token | {"Idempotency-Key": str(uuid4())} | headers
        answer = await town.client.post(where, json=said, headers=every)
        return answer.status_code, answer.json()

    status, appeal = await send(path, {"kind": "reconsideration", "text": WHY})
    # Nobody could be written to: no period runs.
    assert (status, appeal["due_on"], appeal["by"]) == (201, None, "author")
    assert (await send(path, {"kind": "court", "text": WHY}))[0] == 403
    listed = (await town.client.get(path, headers=token)).json()["items"]
    assert [each["id"] for each in listed] == [appeal["id"]]
    unknown = {"Tracking-Token": "none"}
    assert (await town.client.get(path, headers=unknown)).status_code == 404
    status, back = await send(f"{path}/{appeal['id']}/withdrawal", None, **{"If-Match": '"1"'})
    assert (status, back["version"]) == (201, 2)
