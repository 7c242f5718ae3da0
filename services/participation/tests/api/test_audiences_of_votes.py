# SPDX-License-Identifier: EUPL-1.2
"""The audience of a process holds for secret votes, signatures and meetings within it, too."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from guest_town import ask
from identity_rolls import Identity
from meeting_town import announced
from participation_town import Town
from petition_town import admitted, shown, sign, take_back
from poll_town import PollTown, approve, civil_status
from process_town import join, phase, post, process_body, published

from parvis_kit.clocks import PARIS
from parvis_participation.api import open_ballots
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.process_roll import forget_rolls
from parvis_testing import Caller

GROWN_UP: dict[str, Any] = {"minimum_age": 18}
NORTH: dict[str, Any] = {"residence": True, "areas": ["north"]}
ALL = {"channels": ["online", "server", "desk", "paper"]}


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def attest(town: Town, who: Caller, area: str) -> None:
    until = day_of(datetime.now(UTC), PARIS) + timedelta(days=30)
    body = {"person": who.subject, "evidence": "tax-notice", "expires_on": until.isoformat(), "area": area}
    headers = town.service.agent().headers | {"Idempotency-Key": f"attest-{who.subject}"}
    made = await town.client.post("/v1/residences", json=body, headers=headers)
    assert made.status_code == 201, made.text


async def listed(town: Town, *names: str) -> dict[str, Any]:
    """A process for the people of a roll."""
    made = (
        await post(town, town.service.agent(), "", process_body(phase("now", -1), audience={"listed": True}))
    ).json()
    people = [civil_status(name) for name in names]
    await post(town, town.service.agent(), f"/{made['id']}/entitled-people", {"people": people})
    action, held = {"action": "publish"}, {"If-Match": '"1"'}
    answer = await post(town, town.service.agent(), f"/{made['id']}/transitions", action, **held)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def same_hour(polling: PollTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_ballots, "now", lambda: polling.now)


class Votes:
    """The ways to vote in one poll of a process."""

    def __init__(self, polling: PollTown, poll: dict[str, Any]) -> None:
        self.polling, self.poll = polling, poll

    async def sealed(self, who: Caller) -> httpx.Response:
        return await self.polling.cast(who, self.poll, approve("park"))

    async def open(self, who: Caller) -> httpx.Response:
        path, body = f"/v1/polls/{self.poll['id']}/open-ballots", {"choice": [{"code": "park"}]}
        return await self.polling.client.post(path, json=body, headers=who.headers)

    async def visit(self, name: str, kind: str, **changes: Any) -> httpx.Response:
        body = {"document": "passport", "document_number": name, "civil_status": civil_status(name)} | changes
        headers = self.polling.headers(self.polling.service.agent())
        return await self.polling.client.post(f"/v1/polls/{self.poll['id']}/{kind}-voters", json=body, headers=headers)

    async def count(self) -> tuple[int, int]:
        return await self.polling.rows("poll_roll"), await self.polling.rows("poll_urn")


async def voting(town: Town, polling: PollTown, process: dict[str, Any]) -> Votes:
    agent = polling.service.agent()
    polling.when("before")
    made = (await polling.create(agent, eligibility=ALL)).json()
    assert (await join(town, process, "poll", made)).status_code == 201
    poll = (await polling.publish(agent, made)).json()
    polling.when("open")
    return Votes(polling, poll)


@pytest.mark.usefixtures("same_hour")
async def test_who_is_too_young_for_a_process_votes_in_no_secret_poll_of_it(
    polling: PollTown, town: Town, identity: Identity
) -> None:
    votes = await voting(town, polling, await published(town, audience=GROWN_UP))
    old, other, young = polling.voter(), polling.voter(), polling.voter()
    identity.born = {old.subject: "1962-08-24", other.subject: "1962-08-24", young.subject: "2020-01-01"}
    child = civil_status("PETIT", birth_date="2020-01-01")
    for refused in (
        await votes.sealed(young),
        await votes.open(young),
        await votes.visit("PETIT", "desk", civil_status=child),
        await votes.visit("PETIT", "paper", civil_status=child),
    ):
        assert code(refused) == (403, "too-young")
    assert await votes.count() == (0, 0), "nothing is stored of who may not vote"
    assert [(await votes.sealed(old)).status_code, (await votes.open(other)).status_code] == [200, 200]
    assert (await votes.visit("GRAND", "desk")).status_code == 200
    assert await votes.count() == (2, 2)


@pytest.mark.usefixtures("same_hour")
async def test_who_is_not_on_the_roll_of_a_process_votes_in_no_secret_poll_of_it(
    polling: PollTown, town: Town, identity: Identity
) -> None:
    votes = await voting(town, polling, await listed(town, "DUBOIS", "DURAND"))
    on_it, late = polling.voter(), polling.voter()
    identity.people |= {on_it.subject: "DUBOIS", late.subject: "MARTIN"}
    for refused in (
        await votes.sealed(late),
        await votes.open(late),
        await votes.visit("MARTIN", "desk"),
        await votes.visit("MARTIN", "paper"),
    ):
        assert code(refused) == (403, "not-on-the-list")
    assert (await votes.sealed(on_it)).status_code == 200
    assert (await votes.visit("DURAND", "paper")).status_code == 201


async def test_a_roll_is_kept_as_long_as_a_secret_poll_of_its_process_is_not_counted(
    polling: PollTown, town: Town, identity: Identity
) -> None:
    votes = await voting(town, polling, await listed(town, "DUBOIS"))
    database, long_after = town.service.runtime.database, datetime.now(UTC) + timedelta(days=91)
    assert await forget_rolls(database, 60, long_after) == 0
    voter = polling.voter()
    identity.people[voter.subject] = "DUBOIS"
    assert (await votes.sealed(voter)).status_code == 200
    polling.when("after")
    assert (await polling.count(votes.poll)).status_code == 201
    assert await forget_rolls(database, 60, long_after) == 1


@pytest.mark.usefixtures("same_hour")
async def test_who_lives_elsewhere_than_a_process_is_for_votes_in_no_secret_poll_of_it(
    polling: PollTown, town: Town, identity: Identity
) -> None:
    del identity
    votes = await voting(town, polling, await published(town, audience=NORTH))
    near, far = polling.voter(), polling.voter()
    await attest(town, near, "north")
    await attest(town, far, "south")
    residence = {"evidence": "tax-notice", "area": "south"}
    for refused in (
        await votes.sealed(far),
        await votes.open(far),
        await votes.visit("LOIN", "desk", residence=residence),
        await votes.visit("LOIN", "paper"),
    ):
        assert code(refused) == (403, "residence-not-attested")
    assert (await votes.sealed(near)).status_code == 200
    assert (await votes.visit("PRES", "desk", residence=residence | {"area": "north"})).status_code == 200


async def test_who_may_vote_does_not_change_between_the_publication_of_a_secret_poll_and_its_count(
    polling: PollTown, town: Town
) -> None:
    process = await published(town, audience=GROWN_UP)
    poll = (await voting(town, polling, process)).poll
    agent = town.service.agent()
    path = f"/v1/processes/{process['id']}"

    async def change(**changes: Any) -> httpx.Response:
        version = (await town.client.get(path, headers=agent.headers)).headers["etag"]
        body = process_body(*process["phases"], **changes)
        return await town.client.put(path, json=body, headers=agent.headers | {"If-Match": version})

    assert code(await change(audience=NORTH)) == (409, "conflict")
    assert code(await change()) == (409, "conflict")
    assert (await change(audience=GROWN_UP, area="north")).status_code == 200, "all else does"
    leave = await town.client.post(f"{path}/parts/{poll['id']}/removals", headers=agent.headers)
    assert code(leave) == (409, "conflict")
    other = await polling.open()
    assert code(await join(town, process, "poll", other)) == (409, "conflict")
    draft = (await post(town, agent, "", process_body(audience=GROWN_UP))).json()
    assert (await join(town, draft, "poll", other)).status_code == 201
    publish = await post(town, agent, f"/{draft['id']}/transitions", {"action": "publish"}, **{"If-Match": '"1"'})
    assert code(publish) == (409, "conflict")
    polling.when("after")
    assert (await polling.count(poll)).status_code == 201
    assert (await change(audience=NORTH)).status_code == 200


async def test_who_may_vote_in_a_secret_poll_that_is_being_published_does_not_change(
    polling: PollTown, town: Town
) -> None:
    poll, agent = (await polling.create(polling.service.agent())).json(), town.service.agent()
    around, everybodys = await published(town, audience=GROWN_UP), await published(town)
    pool = town.service.runtime.database.pool

    async def as_it_is_published(act: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("UPDATE poll SET published_at = now() WHERE id = $1", UUID(poll["id"]))
            acting = asyncio.create_task(act)
            waits = """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE NOT granted AND datname = current_database()"""
            async with asyncio.timeout(30):
                while not (acting.done() or await pool.fetchval(waits)):  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.02)
        answer = await acting
        await pool.execute("UPDATE poll SET published_at = NULL WHERE id = $1", UUID(poll["id"]))
        return answer

    assert code(await as_it_is_published(join(town, around, "poll", poll))) == (409, "conflict")
    assert (await join(town, everybodys, "poll", poll)).status_code == 201
    path, body = f"/v1/processes/{everybodys['id']}", process_body(*everybodys["phases"], audience=GROWN_UP)
    version = (await town.client.get(path, headers=agent.headers)).headers["etag"]
    change = town.client.put(path, json=body, headers=agent.headers | {"If-Match": version})
    assert code(await as_it_is_published(change)) == (409, "conflict")


async def test_petitions_are_signed_by_those_for_whom_their_process_is(town: Town, identity: Identity) -> None:
    petition = await admitted(town, verified=False)
    before, old, young = (town.service.citizen(acr="eidas1") for _ in range(3))
    identity.born = {old.subject: "1962-08-24", before.subject: "2020-01-01", young.subject: "2020-01-01"}
    assert (await sign(town, before, petition)).status_code == 200
    assert (await join(town, await published(town, audience=GROWN_UP), "petition", petition)).status_code == 201
    assert code(await sign(town, young, petition)) == (403, "too-young")
    assert (await sign(town, old, petition)).json()["signatures"] == 2
    wish = await sign(town, before, petition, shown=True)
    assert (wish.status_code, wish.json()["shown"]) == (200, True), "who has signed has signed"
    assert (await take_back(town, before, petition)).status_code == 204
    assert (await shown(town, petition))["signatures"] == 1


async def test_two_accounts_of_somebody_sign_once_where_the_process_tells_people_apart(
    town: Town, identity: Identity
) -> None:
    petition = await admitted(town, verified=False)
    assert (await join(town, await published(town, audience=GROWN_UP), "petition", petition)).status_code == 201
    one, other, nobody = (town.service.citizen() for _ in range(3))
    identity.one_person(one.subject, other.subject)
    identity.people[nobody.subject] = None
    identity.born = dict.fromkeys([one.subject, other.subject, nobody.subject], "1962-08-24")
    assert (await sign(town, one, petition)).json()["signatures"] == 1
    assert (await sign(town, other, petition)).json()["code"] == "already-signed"
    assert code(await sign(town, nobody, petition)) == (403, "identity-not-verified")


async def test_people_register_for_meetings_of_a_process_that_is_for_them(town: Town, identity: Identity) -> None:
    process = await published(town, audience=GROWN_UP)
    meeting = await announced(town, process_id=process["id"], places=10)
    old, young = town.service.citizen(), town.service.citizen()
    identity.born = {old.subject: "1962-08-24", young.subject: "2020-01-01"}
    assert code(await meeting.mine(young)) == (403, "too-young")
    assert (await meeting.mine(old)).status_code == 200
    identity.born[old.subject] = "2020-01-01"
    assert (await meeting.mine(old, name="Ada L.")).status_code == 200, "who is registered is, by whatever name"
    assert (await meeting.mine(old, "DELETE")).status_code == 204
    alone = await ask(meeting)
    assert code(alone) == (403, "account-needed"), "nobody knows who they are"
    everybodys = await announced(town, process_id=(await published(town))["id"])
    assert (await ask(everybodys)).status_code == 202
