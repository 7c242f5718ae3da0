# SPDX-License-Identifier: EUPL-1.2
"""Several people write one proposal: who was invited accepts or declines, changes it, and leaves."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from accountability_town import report, told
from co_author_town import answer, invite, joined
from merged_accounts import hear, merged
from participation_town import Town
from proposal_town import LIST, edit, propose, withdraw

from parvis_participation.api import co_authors
from parvis_testing import Caller


async def leave(town: Town, who: Caller, proposal: dict[str, Any]) -> httpx.Response:
    return await town.client.delete(f"/v1/proposals/{proposal['id']}/co-authors/mine", headers=who.headers)


def code(refused: httpx.Response) -> tuple[int, str]:
    return refused.status_code, refused.json()["code"]


async def read(town: Town, proposal: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await town.client.get(f"{LIST}/{proposal['id']}")).json()
    return found


async def test_who_was_invited_writes_with_the_author_until_they_leave(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    assert code(await edit(town, bob, proposal)) == (403, "forbidden")
    invitation = (await invite(town, ada, proposal)).json()
    for _ in range(2):
        assert (await answer(town, bob, proposal, invitation["token"])).status_code == 200, "and again: nothing changes"
    (name,) = (await read(town, proposal))["co_authors"]
    assert name != proposal["author"]
    assert (await town.client.get(LIST)).json()["items"][0]["co_authors"] == [name]
    assert bob.subject not in json.dumps(await read(town, proposal))
    changed = await edit(town, bob, proposal, title="Des bancs et des arbres")
    assert (changed.status_code, changed.json()["author"]) == (200, proposal["author"])
    assert (await withdraw(town, bob, changed.json())).status_code == 403, "its author alone takes it back"
    assert (await invite(town, bob, proposal)).status_code == 403
    await report(town, proposal, "accepted")
    assert await told(town) == sorted([ada.subject, bob.subject])
    for _ in range(2):
        assert (await leave(town, bob, proposal)).status_code == 204
    assert (await edit(town, bob, changed.json())).status_code == 403
    assert (await read(town, proposal))["co_authors"] == []


async def test_an_invitation_is_answered_once_by_one_other_person_in_time(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, people = town.service.citizen(), [town.service.citizen() for _ in range(4)]
    proposal, other = [(await propose(town, ada)).json() for _ in range(2)]
    token = (await invite(town, ada, proposal)).json()["token"]
    for who, of in ((ada, proposal), (people[0], other)):
        assert code(await answer(town, who, of, token)) == (403, "invitation-not-valid")
    answers = await asyncio.gather(*(answer(town, who, proposal, token) for who in people))
    assert sorted(each.status_code for each in answers) == [200, 403, 403, 403]
    declined = (await invite(town, ada, other)).json()["token"]
    assert (await answer(town, people[0], other, declined, accepting=False)).json()["writing"] is False
    assert code(await answer(town, people[0], other, declined)) == (403, "invitation-not-valid")
    late = (await invite(town, ada, other)).json()["token"]
    monkeypatch.setattr(co_authors, "now", lambda: datetime.now(UTC) + timedelta(days=14, seconds=1))
    assert code(await answer(town, people[0], other, late)) == (403, "invitation-not-valid")
    assert await town.count("proposal_co_author") == 1
    stored = await town.service.runtime.database.pool.fetch("SELECT * FROM proposal_invitation")
    assert not any(secret in str(dict(row)) for row in stored for secret in (token, declined, late))


async def test_a_proposal_has_ten_co_authors_at_most(town: Town) -> None:
    ada = town.service.citizen()
    proposal = (await propose(town, ada)).json()
    await joined(town, ada, proposal, *(town.service.citizen() for _ in range(2)))
    asked = await asyncio.gather(*(invite(town, ada, proposal) for _ in range(10)))
    assert sorted(each.status_code for each in asked) == [201] * 8 + [409] * 2
    assert code(await invite(town, ada, proposal)) == (409, "too-many-co-authors")


async def test_merged_accounts_write_once_and_a_withdrawn_proposal_forgets_its_co_authors(town: Town) -> None:
    ada, bob, absorbed, kept = (town.service.citizen() for _ in range(4))
    proposal = (await propose(town, ada)).json()
    await joined(town, ada, proposal, bob, absorbed, kept)
    await hear(town.service, merged(absorbed, kept), merged(ada, bob))
    assert len((await read(town, proposal))["co_authors"]) == 1, "nobody is their own co-author"
    assert (await edit(town, kept, proposal)).status_code == 200
    waiting = (await invite(town, bob, proposal)).json()["token"]
    assert (await withdraw(town, bob, await read(town, proposal))).status_code == 204
    assert await town.count("proposal_co_author") == await town.count("proposal_invitation") == 0
    gone = await answer(town, town.service.citizen(), proposal, waiting)
    assert code(gone) == (409, "proposal-gone")
    assert (await invite(town, town.service.citizen("lutece"), proposal)).status_code == 404
