# SPDX-License-Identifier: EUPL-1.2
"""What agents let the public see; every public door shows that and nothing else."""

import io
from typing import Any

import httpx
import pytest
from open311_client import REPORT, client_of
from PIL import Image
from public_doors import DOORS, PUBLIC, decide, file_publicly
from requests_town import TOWN_HALL, Town, photo

from parvis_testing import Caller

FILED = "Des cartons chez Monsieur Dupont-Zyzomys"
EDITED = "Des cartons devant le numéro 4"


async def publication(town: Town, caller: Caller, request: dict[str, Any]) -> httpx.Response:
    return await town.get(caller, f"/v1/requests/{request['id']}/publication")


@pytest.mark.parametrize("door", DOORS)
async def test_no_door_shows_words_before_an_agent_has_looked_at_them(town: Town, door: str) -> None:
    request = await file_publicly(town, description=FILED)
    told = await DOORS[door](town, request)
    assert request["reference"] in told
    assert "Zyzomys" not in told
    assert (await decide(town, request, '"0"', text=EDITED)).status_code == 200
    told = await DOORS[door](town, request)
    assert EDITED in told
    assert "Zyzomys" not in told


@pytest.mark.parametrize("door", DOORS)
async def test_no_door_tells_of_what_is_hidden_nor_of_its_place(town: Town, door: str) -> None:
    request = await file_publicly(town, description=FILED)
    await decide(town, request, '"0"', text=EDITED)
    assert (await decide(town, request, '"1"', hidden=True, reason="Nomme un voisin.")).status_code == 200
    told = await DOORS[door](town, request)
    assert request["reference"] not in told
    assert EDITED not in told
    assert (await decide(town, request, '"2"', text=EDITED)).status_code == 200
    assert EDITED in await DOORS[door](town, request)


@pytest.mark.parametrize("door", DOORS)
async def test_a_type_says_whether_words_are_shown_at_once_or_never(town: Town, door: str) -> None:
    rules: dict[str, Any] = {"public": True, "audience": {"anonymous": True}}
    await town.publish("shown-at-once", **rules, publication={"content": "at-once"})
    await town.publish("shown-never", **rules, publication={"content": "never"})
    once = await file_publicly(town, request_type="shown-at-once", answers={}, description="Publié aussitôt")
    never = await file_publicly(town, request_type="shown-never", answers={}, description="Jamais montré")
    assert "Publié aussitôt" in await DOORS[door](town, once)
    told = await DOORS[door](town, never)
    assert never["reference"] in told
    assert "Jamais" not in told
    refused = await decide(town, never, '"0"', text="Quand même")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-to-publish")
    assert (await decide(town, never, '"0"', hidden=True, reason="Pas ici.")).status_code == 200
    assert (await decide(town, once, '"0"')).status_code == 200
    assert "Publié aussitôt" not in await DOORS[door](town, once)


@pytest.mark.parametrize("door", DOORS)
async def test_what_was_filed_as_private_stays_so_and_what_becomes_private_is_gone(town: Town, door: str) -> None:
    rules: dict[str, Any] = {"audience": {"anonymous": True}, "publication": {"content": "at-once"}}
    await town.publish("turning", **rules, public=False)
    private = await file_publicly(town, request_type="turning", answers={})
    await town.publish("turning", **rules, public=True)
    public = await file_publicly(town, request_type="turning", answers={})
    assert private["reference"] not in await DOORS[door](town, private)
    assert public["reference"] in await DOORS[door](town, public)
    assert (await publication(town, town.service.agent(), private)).status_code == 404
    await town.publish("turning", **rules, public=False)
    assert public["reference"] not in await DOORS[door](town, public)


async def test_a_position_is_told_as_precisely_as_the_type_lets_it(town: Town) -> None:
    rules: dict[str, Any] = {"public": True, "audience": {"anonymous": True}}
    await town.publish("coarse", **rules, publication={"content": "never", "decimals": 3})
    place = {"type": "Point", "coordinates": [2.352249, 48.856613]}
    request = await file_publicly(town, request_type="coarse", answers={}, position=place)
    path = f"/open311/v2/requests/{request['reference']}.json?jurisdiction_id=paris"
    shown = (await town.client.get(path)).json()[0]
    assert (shown["long"], shown["lat"]) == (2.352, 48.857)
    (feature,) = (await town.client.get(f"{PUBLIC}?bbox=2.3,48.8,2.4,48.9")).json()["features"]
    assert feature["geometry"]["coordinates"] == [2.352, 48.857]
    # The box goes by the place as it is told: it does not find out where it really is.
    for box, seen in (("2.35224,48.8566,2.3523,48.85662", 0), ("2.35199,48.8569,2.35201,48.8571", 1)):
        found = (await town.client.get(f"{PUBLIC}?bbox={box}")).json()["features"]
        assert len(found) == seen, box
    citizen = town.service.citizen()
    found = (await town.get(citizen, "/v1/nearby-requests?longitude=2.352249&latitude=48.856613")).json()["items"]
    assert found[0]["position"]["coordinates"] == [2.352, 48.857]
    assert found[0]["distance"] == 47
    await town.follow(citizen, request)
    followed = (await town.get(citizen, "/v1/followed-requests")).json()["items"]
    assert followed[0]["position"]["coordinates"] == [2.352, 48.857]


async def test_a_photo_is_public_once_it_was_chosen_and_tells_nothing_of_its_camera(town: Town) -> None:
    citizen = town.service.citizen()
    sent = [(await town.upload(citizen, photo((600, 400), gps=True))).json()["id"] for _ in range(2)]
    request = await file_publicly(town, citizen, attachments=sent)
    path = "/v1/collectivities/{}/public-photos/{}"
    assert (await town.client.get(path.format("paris", sent[0]))).status_code == 404
    assert (await decide(town, request, '"0"', photos=[sent[0]])).json()["photos"] == [sent[0]]
    shown = await town.client.get(path.format("paris", sent[0]))
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.headers["cache-control"] == "public, max-age=300"
    opened = Image.open(io.BytesIO(shown.content))
    assert (opened.size, dict(opened.getexif())) == ((600, 400), {})
    assert b"Camera of somebody" not in shown.content
    small = await town.client.get(path.format("paris", sent[0]) + "?size=small")
    assert Image.open(io.BytesIO(small.content)).size == (320, 213)
    assert (await town.client.get(path.format("paris", sent[1]))).status_code == 404
    assert (await town.client.get(path.format("lutece", sent[0]))).status_code == 404
    told = await town.client.get(f"/open311/v2/requests/{request['reference']}.json?jurisdiction_id=paris")
    assert told.json()[0]["media_url"].endswith(path.format("paris", sent[0]))
    await decide(town, request, '"1"', photos=[sent[0]], hidden=True, reason="Une plaque se lit.")
    assert (await town.client.get(path.format("paris", sent[0]))).status_code == 404


async def test_documents_notes_files_and_what_waits_for_the_antivirus_cannot_be_shown(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    waits, other = [(await town.upload(citizen, photo())).json()["id"] for _ in range(2)]
    request = await file_publicly(town, citizen, attachments=[waits])
    elsewhere = await file_publicly(town, citizen, attachments=[other])
    pool = town.service.runtime.database.pool
    await pool.execute("UPDATE attachment SET scan = 'waiting' WHERE id = $1", waits)
    refused = await decide(town, request, '"0"', photos=[waits])
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown-attachment")
    await pool.execute("UPDATE attachment SET scan = 'clean', visibility = 'internal' WHERE id = $1", waits)
    assert (await decide(town, request, '"0"', photos=[waits])).status_code == 422
    await pool.execute("UPDATE attachment SET visibility = 'public', document = 'identity' WHERE id = $1", waits)
    assert (await decide(town, request, '"0"', photos=[waits])).status_code == 422
    assert (await decide(town, request, '"0"', photos=[other])).status_code == 422
    assert (await publication(town, agent, elsewhere)).json()["filed_photos"][0]["id"] == other


async def test_each_decision_is_kept_with_its_agent_and_what_was_filed_stays(town: Town) -> None:
    agent, author = town.service.agent(), town.service.citizen()
    request = await file_publicly(town, author, description=FILED)
    await decide(town, request, '"0"', agent, text=EDITED)
    await decide(town, request, '"1"', agent, text="Mieux dit")
    answer = await decide(town, request, '"2"', agent, hidden=True, reason="Réglé entre voisins.")
    assert answer.headers["etag"] == '"3"'
    body = answer.json()
    assert (body["filed_text"], body["text"], body["hidden"]) == (FILED, None, True)
    kept = [(each["number"], each["text"], each["reason"], each["agent"]) for each in body["decisions"]]
    reason = "Réglé entre voisins."
    assert kept == [
        (1, EDITED, None, agent.subject),
        (2, "Mieux dit", None, agent.subject),
        (3, None, reason, agent.subject),
    ]
    history = (await town.get(agent, f"/v1/requests/{request['id']}/history")).json()["items"]
    acts = [(each["action"]["code"], each["agent"]) for each in history]
    assert acts[1:4] == [("publish", agent.subject), ("publish", agent.subject), ("hide", agent.subject)]
    told = (await town.get(author, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert [each["action"]["code"] for each in told] == ["submit", "reply"]
    messages = (await town.get(author, f"/v1/requests/{request['id']}/messages")).json()["items"]
    assert messages[0]["text"] == f"Votre demande n'est plus montrée au public : {reason}"
    stored = await town.service.runtime.database.pool.fetchval("SELECT reason FROM publication WHERE number = 3")
    assert b"voisins" not in stored


async def test_of_two_agents_who_decide_at_once_the_second_reads_again(town: Town) -> None:
    request = await file_publicly(town)
    agent = town.service.agent()
    assert (await publication(town, agent, request)).headers["etag"] == '"0"'
    assert (await decide(town, request, '"0"', agent, text=EDITED)).status_code == 200
    assert (await decide(town, request, '"0"', agent, text="Autre")).status_code == 412
    headers = agent.headers
    path = f"/v1/requests/{request['id']}/publication"
    assert (await town.client.put(path, json={"text": "x"}, headers=headers)).status_code == 428
    without = await decide(town, request, '"1"', agent, hidden=True)
    assert (without.status_code, await town.count("publication")) == (422, 1)


async def test_moderation_is_for_the_agents_of_the_town(town: Town) -> None:
    author = town.service.citizen()
    request = await file_publicly(town, author)
    assert (await publication(town, author, request)).status_code == 403
    assert (await decide(town, request, '"0"', author, text="Moi")).status_code == 403
    neighbour = town.service.agent("lutece")
    assert (await publication(town, neighbour, request)).status_code == 404
    assert (await decide(town, request, '"0"', neighbour, text="Moi")).status_code == 404
    assert (await town.get(author, "/v1/waiting-publications")).status_code == 403
    assert (await town.get(neighbour, "/v1/waiting-publications")).json()["items"] == []


async def test_agents_see_what_waits_for_a_review_the_oldest_first(town: Town) -> None:
    agent = town.service.agent()
    waiting = [await file_publicly(town) for _ in range(3)]
    await decide(town, waiting[1], '"0"', agent, text=EDITED)
    first = await town.get(agent, "/v1/waiting-publications?limit=1")
    assert [item["id"] for item in first.json()["items"]] == [waiting[0]["id"]]
    second = await town.get(agent, f"/v1/waiting-publications?limit=1&cursor={first.json()['next_cursor']}")
    assert [item["id"] for item in second.json()["items"]] == [waiting[2]["id"]]
    assert second.json()["next_cursor"] is None


async def test_who_filed_by_open311_reads_what_they_filed_and_how_it_goes_even_hidden(town: Town) -> None:
    client, agent = await client_of(town), town.service.agent()
    reference = await client.filed()
    (item,) = (await town.get(agent, "/v1/work-queue")).json()["items"]
    await decide(town, item, '"0"', agent, hidden=True, reason="Doublon.")
    path = f"requests/{reference}.json"
    assert (await client.get(path)).status_code == 404
    (own,) = (await client.get(path, api_key=client.key)).json()
    assert own["description"] == REPORT["description"]
    assert (await town.follow(town.service.citizen(), item)).status_code == 404


async def test_what_was_followed_before_it_was_hidden_is_told_no_longer(town: Town) -> None:
    citizen, request = town.service.citizen(), await file_publicly(town)
    await town.follow(citizen, request)
    await decide(town, request, '"0"', hidden=True, reason="Doublon.")
    assert (await town.get(citizen, "/v1/followed-requests")).json()["items"] == []
    place = {"longitude": str(TOWN_HALL[0]), "latitude": str(TOWN_HALL[1])}
    near = await town.client.get("/v1/nearby-requests", params=place, headers=citizen.headers)
    assert near.json()["items"] == []
    left = await town.follow(citizen, request, following=False)
    assert left.json() == {"following": False, "followers": 0}
