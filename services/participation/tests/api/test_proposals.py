# SPDX-License-Identifier: EUPL-1.2
import asyncio
import time
from typing import Any

import pytest
from comment_town import Thread
from merged_accounts import hear, merged
from participation_town import Town
from proposal_town import LIST, POSITION, edit, propose, support, verified, withdraw


async def shown(town: Town, proposal: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await town.client.get(f"{LIST}/{proposal['id']}")).json()
    return found


async def test_a_proposal_is_public_at_once_and_what_it_said_before_stays_so(town: Town) -> None:
    ada = town.service.citizen()
    made = await propose(town, ada)
    assert (made.status_code, made.json()["position"], made.json()["estimate"]) == (201, POSITION, "800")
    read = await town.client.get(made.headers["location"])
    assert (read.json(), read.headers["etag"]) == (made.json(), '"1"')
    assert ada.subject not in read.text
    changed = await edit(town, ada, made.json(), title="Des bancs et des arbres")
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert (await edit(town, ada, made.json())).status_code == 412
    former = (await town.client.get(f"{LIST}/{made.json()['id']}/versions")).json()["items"]
    assert [(v["version"], v["title"], v["position"]) for v in former] == [(1, "Des bancs", POSITION)]
    listed = (await town.client.get(f"{LIST}?q=ARBRES")).json()["items"]
    assert listed == [changed.json()]
    assert (await town.client.get(f"{LIST}?q=fontaine")).json()["items"] == []


async def test_a_proposal_is_its_authors_and_its_towns(town: Town) -> None:
    ada, agent = town.service.citizen(), town.service.agent()
    proposal = (await propose(town, ada)).json()
    assert (await propose(town, agent)).status_code == 403
    for other, status in ((town.service.citizen(), 403), (agent, 403), (town.service.citizen("lutece"), 404)):
        assert (await edit(town, other, proposal)).status_code == status
        assert (await withdraw(town, other, proposal)).status_code == status
    stranger = verified(town, collectivity="lutece")
    assert (await support(town, stranger, proposal)).status_code == 404
    elsewhere = f"{LIST.replace('paris', 'lutece')}"
    assert (await town.client.get(elsewhere)).json()["items"] == []
    assert (await town.client.get(f"{elsewhere}/{proposal['id']}")).status_code == 404


async def test_withdrawn_words_are_gone_and_what_was_said_of_them_stays(town: Town) -> None:
    ada, proposal = town.service.citizen(), (await propose(town, town.service.citizen())).json()
    author = town.service.citizen()
    proposal = (await propose(town, author, title="Mot secret")).json()
    changed = (await edit(town, author, proposal, title="Mot caché")).json()
    thread = Thread(town.service, "proposal", proposal)
    assert (await thread.write(ada, "Bonne idée.")).status_code == 201
    assert (await withdraw(town, author, changed)).status_code == 204
    gone = await shown(town, proposal)
    assert (gone["state"], gone["title"], gone["description"], gone["position"]) == ("withdrawn", None, None, None)
    assert gone["supports"] is None
    assert (await town.client.get(f"{LIST}/{proposal['id']}/versions")).json()["items"] == []
    assert [item["title"] for item in (await town.client.get(LIST)).json()["items"]] == ["Des bancs"]
    assert [comment["text"] for comment in await thread.read()] == ["Bonne idée."]
    for refused in (
        await thread.write(ada),
        await support(town, verified(town), proposal),
        await edit(town, author, changed | {"version": 3}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "proposal-gone")
    kept = await town.service.runtime.database.pool.fetchval(
        "SELECT string_agg(p::text, ' ') || coalesce((SELECT string_agg(v::text, ' ') FROM proposal_version v), '')"
        " FROM proposal p"
    )
    assert "Mot" not in kept


async def test_a_verified_person_supports_once_however_often_they_ask(town: Town) -> None:
    proposal, ada, bob = (await propose(town, town.service.citizen())).json(), verified(town), verified(town)
    asked = await asyncio.gather(*(support(town, ada, proposal) for _ in range(8)), support(town, bob, proposal))
    assert {answer.status_code for answer in asked} == {200}
    assert (await shown(town, proposal))["supports"] == await town.count("proposal_support") == 2
    refused = await support(town, town.service.citizen(acr="low"), proposal)
    assert (refused.status_code, refused.json()["code"]) == (403, "identity-not-verified")
    for _ in range(2):
        left = (await support(town, bob, proposal, supporting=False)).json()
        assert left == {"supporting": False, "supports": 1, "retention_ends_at": None}
    mine = f"/v1/proposals/{proposal['id']}/supports/mine"
    for who, supporting in ((ada, True), (bob, False)):
        own = (await town.client.get(mine, headers=who.headers)).json()
        assert own == {"supporting": supporting, "supports": 1, "retention_ends_at": None}


async def test_who_turns_out_to_have_two_accounts_supports_once(town: Town) -> None:
    author, kept_author = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, author)).json()
    absorbed, kept = verified(town), verified(town)
    for account in (absorbed, kept):
        await support(town, account, proposal)
    await hear(town.service, merged(absorbed, kept), merged(author, kept_author))
    assert (await shown(town, proposal))["supports"] == 1
    assert (await support(town, absorbed, proposal)).json()["supports"] == 1, "its token may live a moment longer"
    assert (await support(town, kept, proposal, supporting=False)).json()["supports"] == 0
    assert (await edit(town, kept_author, proposal)).status_code == 200


async def test_a_merge_in_the_same_instant_lets_nobody_support_twice(town: Town) -> None:
    proposal = (await propose(town, town.service.citizen())).json()
    pairs = [(verified(town), verified(town)) for _ in range(5)]
    for absorbed, kept in pairs:
        await asyncio.gather(support(town, absorbed, proposal), hear(town.service, merged(absorbed, kept)))
        await support(town, kept, proposal)
    assert (await shown(town, proposal))["supports"] == len(pairs)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"estimate": "-1"},
        {"position": {"type": "Point"}},
        {"position": {"type": "Point", "coordinates": ["2", 48]}},
        {"more": 1},
    ],
)
async def test_what_cannot_be_a_proposal_is_refused(town: Town, changes: dict[str, Any]) -> None:
    assert (await propose(town, town.service.citizen(), **changes)).status_code == 422


async def test_nobody_proposes_without_end(town: Town) -> None:
    ada = town.service.citizen()
    answers = [await propose(town, ada) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [429]
    assert answers[-1].headers["retry-after"]


async def test_a_page_of_600_proposals_with_their_supports_is_one_query(town: Town) -> None:
    pool = town.service.runtime.database.pool
    await pool.execute(
        "WITH made AS (INSERT INTO proposal (id, collectivity, person, title, description, state, version, created_at,"
        " changed_at) SELECT gen_random_uuid(), 'paris', gen_random_uuid(), 'Banc ' || n, '', 'published', 1,"
        " now() + n * interval '1 second', now() FROM generate_series(1, 600) n RETURNING id)"
        " INSERT INTO proposal_support (proposal_id, person, collectivity, created_at)"
        " SELECT id, gen_random_uuid(), 'paris', now() FROM made, generate_series(1, 20)"
    )
    took, seen, url = [], 0, f"{LIST}?limit=100"
    while url:
        began = time.perf_counter()
        page = (await town.client.get(url)).json()
        took.append(time.perf_counter() - began)
        seen += sum(item["supports"] == 20 for item in page["items"])
        url = page["next_cursor"] and f"{LIST}?limit=100&cursor={page['next_cursor']}"
    assert seen == 600
    # What one machine promises is measured by the benchmark; this finds a page that counts each by itself.
    assert min(took[len(took) // 2 :]) < 0.5
