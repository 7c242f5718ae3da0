# SPDX-License-Identifier: EUPL-1.2
import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

from assembly_town import Assembly, assembly_body, day, post, published
from icalendar import Calendar
from merged_accounts import hear, merged
from participation_town import Town

from parvis_participation.service.calendar_file import Gathering, calendar_file
from parvis_participation.service.follow_assembly import forget_members
from parvis_testing import Caller


async def told(town: Town) -> list[tuple[str, str]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type LIKE '%.assembly-session-told.%' ORDER BY id"
    )
    return [(data["member"], data["state"]) for data in (json.loads(row["data"]) for row in rows)]


async def test_who_becomes_a_member_after_the_convocation_is_convened_too_and_once(town: Town) -> None:
    assembly = await published(town)
    ada, eve, mid = (town.service.citizen() for _ in range(3))
    await assembly.member(ada, ends_on=day(0))
    convened = (await assembly.act(await assembly.session(hours=48), "convene")).json()
    past = (await assembly.act(await assembly.session(hours=24 * 90), "convene")).json()
    assert await told(town) == []
    await assembly.member(eve)
    await assembly.member(mid, begins_on=day(30), ends_on=day(60))
    await assembly.member(name="Sans Compte")
    assert await told(town) == [(eve.subject, "convened")]
    await assembly.member(ada, begins_on=day(1), ends_on=day(40))
    assert await told(town) == [(eve.subject, "convened"), (ada.subject, "convened")]
    assert (await assembly.act(convened, "cancel")).status_code == 201
    assert (await assembly.act(past, "cancel")).status_code == 201
    assert sorted((await told(town))[2:]) == sorted([(eve.subject, "cancelled"), (ada.subject, "cancelled")])


async def test_who_left_meanwhile_is_told_that_the_session_does_not_take_place(town: Town) -> None:
    assembly, ada = await published(town), town.service.citizen()
    member = await assembly.member(ada)
    convened = (await assembly.act(await assembly.session(hours=48), "convene")).json()
    path = f"/v1/assemblies/{assembly.id}/members/{member['id']}/endings"
    assert (await assembly.post(path, {"ends_on": day(0), "reason": "moved"})).status_code == 201
    await assembly.act(convened, "cancel")
    assert await told(town) == [(ada.subject, "convened"), (ada.subject, "cancelled")]


async def test_nobody_slips_between_a_convocation_and_an_appointment(town: Town) -> None:
    assembly = await published(town)
    people = [town.service.citizen() for _ in range(4)]
    session = await assembly.session(hours=48)
    await asyncio.gather(assembly.act(session, "convene"), *(assembly.member(who) for who in people))
    assert sorted(await told(town)) == sorted((who.subject, "convened") for who in people)


async def test_convocations_go_with_the_account_and_are_forgotten(town: Town) -> None:
    assembly, old, new = await published(town), town.service.citizen(), town.service.citizen()
    await assembly.member(old)
    convened = (await assembly.act(await assembly.session(hours=48), "convene")).json()
    await hear(town.service, merged(old, new))
    await assembly.act(convened, "cancel")
    assert await told(town) == [(old.subject, "convened"), (new.subject, "cancelled")]
    database, now = town.service.runtime.database, datetime.now(UTC)
    await forget_members(database, 30, now + timedelta(days=31))
    assert await town.count("assembly_convocation") == 1
    await forget_members(database, 30, now + timedelta(days=33))
    assert await town.count("assembly_convocation") == 0


async def test_an_act_on_a_session_holds_it_after_its_assembly_as_who_adds_members_does(town: Town) -> None:
    assembly = await published(town)
    convened = (await assembly.act(await assembly.session(hours=48), "convene")).json()
    pool = town.service.runtime.database.pool
    async with pool.acquire() as adding:
        async with adding.transaction():
            await adding.execute("SELECT FROM assembly WHERE id = $1 FOR UPDATE", UUID(assembly.id))
            cancelling = asyncio.create_task(assembly.act(convened, "cancel"))
            while not await pool.fetchval(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            ):
                assert not cancelling.done()
            await adding.execute(
                "SELECT FROM assembly_session WHERE id = $1 FOR KEY SHARE NOWAIT", UUID(convened["id"])
            )
        assert (await cancelling).status_code == 201


async def test_agents_list_assemblies_that_are_not_published_yet(town: Town) -> None:
    agent: Caller = town.service.agent()
    draft = (await post(town, agent, "/v1/assemblies", assembly_body())).json()
    shown: Assembly = await published(town)
    listed = (await town.client.get("/v1/assemblies", headers=agent.headers)).json()["items"]
    assert [each["id"] for each in listed] == [shown.id, draft["id"]]
    public = (await town.client.get(shown.public.rsplit("/", 1)[0])).json()["items"]
    assert [each["id"] for each in public] == [shown.id]


def test_no_text_writes_a_line_of_its_own_into_a_calendar() -> None:
    now = datetime.now(UTC)
    text = "t\rX-EVIL:1\r\nrest\x0b\x00"
    made = calendar_file(text, [Gathering(UUID(int=1), text, text, text, now, now, False, 1, now)])  # noqa: FBT003
    assert not any(line.startswith(b"X-EVIL") for line in made.splitlines())
    assert rb"NAME:t\nX-EVIL:1\nrest" in made.splitlines()
    (event,) = Calendar.from_ical(made).events
    assert event["SUMMARY"] == "t\nX-EVIL:1\nrest"
