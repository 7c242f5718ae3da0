# SPDX-License-Identifier: EUPL-1.2
"""A town overseas has the days of its own clocks, and not those of Paris."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from assembly_town import published
from guest_town import ask, contact, mails
from identity_rolls import Identity
from meeting_town import announced
from overseas import on_another_day
from participation_town import Town
from petition_town import admitted, shown, sign, threshold
from poll_town import PollTown, approve
from proposal_town import verified

from parvis_participation.api.spoken_times import spoken_period
from parvis_participation.domain.town_day import begin_of, day_of
from parvis_participation.service.attest_residence import KEPT, forget_residences
from parvis_participation.service.decide_petition import keep_petitions
from parvis_participation.service.follow_assembly import forget_members, keep_assemblies

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def clock() -> Iterator[ZoneInfo]:
    with on_another_day() as found:
        yield found


async def test_a_voter_has_the_age_on_the_day_that_it_is_there(
    clock: ZoneInfo, polling: PollTown, identity: Identity
) -> None:
    poll = await polling.open(eligibility={"minimum_age": 16})
    voter = polling.voter()
    identity.born = {voter.subject: "1962-08-24"}
    assert (await polling.cast(voter, poll, approve("park"))).status_code == 200
    born_by = day_of(datetime.fromisoformat(poll["opens_at"]), clock)
    assert [question["born_by"] for question in identity.asked] == [born_by.replace(year=born_by.year - 16).isoformat()]


async def test_an_attestation_holds_to_the_end_of_its_day_there(clock: ZoneInfo, polling: PollTown) -> None:
    poll, voter = await polling.open(eligibility={"residence": True}), polling.voter()
    today = day_of(polling.now, clock)
    cast = []
    for until in (today - DAY, today):
        body = {"person": voter.subject, "evidence": "proof-of-address", "expires_on": until.isoformat()}
        headers = polling.headers(polling.service.agent())
        assert (await polling.client.post("/v1/residences", json=body, headers=headers)).status_code == 201
        cast.append((await polling.cast(voter, poll, approve("park"))).status_code)
    assert cast == [403, 200]
    ends = begin_of(today + KEPT + DAY, clock)
    kept = []
    for at in (ends - INSTANT, ends):
        await forget_residences(polling.service.runtime.database, at)
        kept.append(await polling.rows("residence"))
    assert kept == [1, 0]


async def test_a_mandate_begins_and_is_forgotten_by_the_days_there(clock: ZoneInfo, town: Town) -> None:
    assembly, database = await published(town), town.service.runtime.database
    first = day_of(datetime.now(UTC), clock) + 3 * DAY
    await assembly.member(town.service.citizen(), begins_on=first.isoformat(), ends_on=first.isoformat())
    told = []
    for at in (begin_of(first, clock) - INSTANT, begin_of(first, clock), begin_of(first + DAY, clock)):
        await keep_assemblies(database, at)
        told.append(await database.pool.fetchval("SELECT count(*) FROM outbox WHERE type LIKE '%assembly-mandate%'"))
    assert told == [0, 1, 2]
    named = "SELECT count(*) FROM assembly_member WHERE name IS NOT NULL"
    over = begin_of(first + 30 * DAY, clock)
    kept = []
    for at in (over - INSTANT, over):
        await forget_members(database, 29, at)
        kept.append(await database.pool.fetchval(named))
    assert kept == [1, 0]


async def test_an_answer_is_due_and_open_data_are_dated_by_the_days_there(clock: ZoneInfo, town: Town) -> None:
    petition = await admitted(town, town.service.citizen(), thresholds=[threshold(1, 10)])
    before = datetime.now(UTC)
    await sign(town, verified(town), petition)
    await keep_petitions(town.service.runtime.database, datetime.now(UTC))
    days = {day_of(at, clock) for at in (before, datetime.now(UTC))}
    due = date.fromisoformat((await shown(town, petition))["answer_due_on"])
    assert due in {day + 10 * DAY for day in days}
    table = (await town.client.get("/v1/collectivities/paris/open-data/petitions.csv")).text
    (line,) = csv.DictReader(io.StringIO(table))
    assert date.fromisoformat(line["admitted_on"]) in days | {day_of(before - timedelta(minutes=1), clock)}


async def test_a_page_tells_a_meeting_by_the_clocks_there(clock: ZoneInfo, town: Town) -> None:
    meeting = await announced(town)
    await ask(meeting)
    (mail,) = await mails(town)
    token = (await contact(town, mail["registrant"])).json()["link"].split("token=")[1]
    page = await town.client.get(f"/meeting-registration?token={token}", headers={"Accept-Language": "en"})
    read = await meeting.read()
    begins, ends = (datetime.fromisoformat(read[name]) for name in ("begins_at", "ends_at"))
    assert spoken_period(begins, ends, "en", clock) in page.text
