# SPDX-License-Identifier: EUPL-1.2
"""Who may vote in a poll: by level, age, residence and list; whoever may not is told what to do."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
import pytest
from identity_rolls import Identity
from participation_town import in_days
from poll_town import PollTown, approve, civil_status

from parvis_kit.clocks import PARIS
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.attest_residence import forget_residences
from parvis_participation.service.follow_merge import follow_merge
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_words import SurveyWords
from parvis_testing import Caller


async def refusal(polling: PollTown, voter: Caller, poll: dict[str, Any]) -> tuple[int, str]:
    answer = await polling.cast(voter, poll, approve("park"))
    return answer.status_code, answer.json()["code"]


async def attest(polling: PollTown, person: Caller, days: int = 30, **changes: Any) -> httpx.Response:
    until = day_of(polling.now, PARIS) + timedelta(days=days)
    body = {"person": person.subject, "evidence": "proof-of-address", "expires_on": until.isoformat(), **changes}
    agent = polling.headers(polling.service.agent(changes.pop("town", "paris")))
    return await polling.client.post("/v1/residences", json=body, headers=agent)


async def test_a_poll_that_asks_for_a_stronger_sign_in_says_so(polling: PollTown) -> None:
    poll = await polling.open(eligibility={"level": "eidas2"})
    voter = polling.voter()
    assert await refusal(polling, voter, poll) == (403, "level-too-low")
    again = polling.voter(sub=voter.subject, acr="eidas2")
    assert (await polling.cast(again, poll, approve("park"))).status_code == 200


async def test_a_voter_has_the_age_on_the_day_the_poll_opens(polling: PollTown, identity: Identity) -> None:
    poll = await polling.open(eligibility={"minimum_age": 16})
    old, young, unknown = (polling.voter() for _ in range(3))
    identity.born = {old.subject: "1962-08-24", young.subject: "2020-01-01"}
    assert (await polling.cast(old, poll, approve("park"))).status_code == 200
    assert await refusal(polling, young, poll) == (403, "too-young")
    assert await refusal(polling, unknown, poll) == (403, "age-unknown")
    opens = day_of(datetime.fromisoformat(poll["opens_at"]), PARIS)
    assert {question["born_by"] for question in identity.asked} == {opens.replace(year=opens.year - 16).isoformat()}
    assert await polling.rows("poll_roll") == 1


async def test_a_poll_of_residents_takes_whom_an_agent_attested_as_long_as_that_holds(polling: PollTown) -> None:
    poll = await polling.open(eligibility={"residence": True, "areas": ["north"]})
    voter = polling.voter()
    assert await refusal(polling, voter, poll) == (403, "residence-not-attested")
    for days, area in ((30, "south"), (30, None), (-1, "north")):
        assert (await attest(polling, voter, days, area=area)).status_code == 201
        assert await refusal(polling, voter, poll) == (403, "residence-not-attested")
    # What another town attests is no word of this one.
    assert (await attest(polling, voter, area="north", town="lutece")).status_code == 422
    shown = await attest(polling, voter, 0, area="north")
    assert (shown.status_code, shown.json()["area"]) == (201, "north")
    assert (await polling.cast(voter, poll, approve("park"))).status_code == 200
    assert (await attest(polling, voter, 365 * 4)).json()["errors"][0]["pointer"] == "/expires_on"
    assert (await attest(polling, voter, expires_on=0)).json()["errors"][0]["pointer"] == "/expires_on"
    assert await polling.rows("residence") == 1


async def test_an_attestation_goes_with_a_merged_account_and_the_later_one_stands(polling: PollTown) -> None:
    service = polling.service
    gone, kept, alone = polling.voter(), polling.voter(), polling.voter()
    await attest(polling, kept, area="south")
    polling.when("open")
    await attest(polling, gone, area="north")
    seals, words = Seals(service.runtime.master), SurveyWords(service.runtime.master, service.runtime.persons)
    async with service.runtime.database.unit_of_work() as uow:
        await follow_merge(uow.session, seals, words, gone.person, kept.person, "paris")
        await follow_merge(uow.session, seals, words, kept.person, alone.person, "paris")
        await uow.commit()
    rows = await service.runtime.database.pool.fetch("SELECT person, area FROM residence")
    assert [tuple(row) for row in rows] == [(alone.person, "north")]
    # The agent's screen, or the person's card, may still have the account that is no more.
    assert (await attest(polling, gone, area="east")).status_code == 201
    rows = await service.runtime.database.pool.fetch("SELECT person, area FROM residence")
    assert [tuple(row) for row in rows] == [(alone.person, "east")]
    for days, left in ((60, 1), (61, 0)):
        await forget_residences(service.runtime.database, in_days(days, polling.now))
        assert await polling.rows("residence") == left


async def test_a_poll_with_a_list_takes_the_people_of_the_list_alone(polling: PollTown, identity: Identity) -> None:
    poll = await polling.open("DUBOIS", "DURAND", eligibility={"listed": True})
    entitled, stranger = polling.voter(), polling.voter()
    identity.people[entitled.subject] = "DUBOIS"
    assert await refusal(polling, stranger, poll) == (403, "not-on-the-list")
    assert (await polling.cast(entitled, poll, approve("park"))).status_code == 200
    pool = polling.service.runtime.database.pool
    salt = await pool.fetchval("SELECT entitled_salt FROM poll")
    keys = sorted(row[0] for row in await pool.fetch("SELECT person_key FROM poll_entitled"))
    assert poll["entitled"] == {"count": 2, "digest": sha256(salt + b"".join(keys)).hexdigest()}
    polling.when("after")
    assert (await polling.count(poll)).status_code == 201
    record = (await polling.file(poll, "record.json")).json()
    assert record["definition"]["entitled"] == poll["entitled"]
    assert await polling.rows("poll_entitled") == 0


async def test_a_list_is_brought_in_parts_and_frozen_as_the_poll_is_published(polling: PollTown) -> None:
    agent = polling.service.agent()
    poll = (await polling.create(agent, eligibility={"listed": True})).json()
    empty = await polling.publish(agent, poll)
    assert empty.status_code == 409
    month = civil_status("UNKNOWN", birth_date="1962-08")
    first = await polling.list_people(poll, civil_status("DUBOIS"), month, civil_status("DURAND"))
    assert first.json() == {"added": 2, "total": 2, "incomplete": [1]}
    again = await polling.list_people(poll, civil_status("DURAND"), civil_status("MARTIN"))
    assert again.json() == {"added": 1, "total": 3, "incomplete": []}
    assert (
        await polling.list_people(poll, civil_status("X"), agent=polling.service.agent("lutece"))
    ).status_code == 404
    bad = await polling.list_people(poll, civil_status("DUBOIS", birth_date="1962-13-01"))
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/people/0/birth_date")
    assert "DUBOIS" not in bad.text
    assert (await polling.publish(agent, poll)).json()["entitled"]["count"] == 3
    assert (await polling.list_people(poll, civil_status("LATE"))).status_code == 409
    unlisted = (await polling.create(agent)).json()
    assert (await polling.list_people(unlisted, civil_status("DUBOIS"))).status_code == 409
    # Nothing is kept of the register but keys.
    texts = await polling.service.runtime.database.pool.fetch("SELECT t::text FROM poll_entitled t")
    assert not any("DUBOIS" in row[0] for row in texts)


@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM poll_entitled WHERE ctid = (SELECT ctid FROM poll_entitled LIMIT 1)",
        "INSERT INTO poll_entitled SELECT poll_id, '\\x00', collectivity FROM poll_entitled LIMIT 1",
        "INSERT INTO poll_roll (poll_id, person_key, collectivity) SELECT id, '\\x01', collectivity FROM poll",
        """UPDATE poll SET eligibility = eligibility || '{"level": "eidas3"}'""",
    ],
    ids=["removed", "added", "a-stranger-voted", "conditions"],
)
async def test_a_list_that_was_changed_is_not_counted(polling: PollTown, identity: Identity, act: str) -> None:
    poll = await polling.open("DUBOIS", "DURAND", eligibility={"listed": True})
    voter = polling.voter()
    identity.people[voter.subject] = "DUBOIS"
    await polling.cast(voter, poll, approve("park"))
    await polling.service.runtime.database.pool.execute(act)
    polling.when("after")
    refused = await polling.count(poll)
    assert (refused.status_code, refused.json()["code"]) == (409, "poll-altered")


async def test_areas_without_residence_are_pointed_at(polling: PollTown) -> None:
    refused = await polling.create(polling.service.agent(), eligibility={"areas": ["north"]})
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/eligibility/areas"]


async def test_a_poll_of_before_there_were_conditions_is_counted_as_it_was_frozen(polling: PollTown) -> None:
    pool = polling.service.runtime.database.pool
    agent = polling.service.agent()
    polling.when("before")
    made = (await polling.create(agent)).json()
    await pool.execute("UPDATE poll SET eligibility = NULL WHERE id = $1", UUID(made["id"]))
    poll = (await polling.publish(agent, made)).json()
    polling.when("open")
    assert (await polling.cast(polling.voter(), poll, approve("park"))).status_code == 200
    polling.when("after")
    assert (await polling.count(poll)).status_code == 201
    assert "eligibility" not in (await polling.file(poll, "record.json")).json()["definition"]
