# SPDX-License-Identifier: EUPL-1.2
"""What the service really emits fits the published schemas, and it takes in what it says it does."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import assembly_town
import conversation_town
import guest_town
import meeting_town
import yaml
from accountability_town import report
from amendment_town import amend
from budget_town import BudgetTown
from comment_town import Thread
from jsonschema import Draft202012Validator
from moderation_town import REMOVE, ModerationTown
from notice_town import give
from participation_town import Town
from petition_town import TEXT, admitted, shown, sign, submit, threshold
from petition_town import act as act_on_petition
from petition_town import withdraw as take_petition_back
from poll_town import PollTown
from process_town import follow, join, published, tell
from proposal_town import propose, verified, withdraw
from survey_town import keep_time, open_survey
from vote_change_town import changed, close_of, extend

from parvis_kit.crypto.keys import MasterKey
from parvis_participation.consumers import people
from parvis_participation.service.decide_petition import keep_petitions
from parvis_participation.service.follow_assembly import keep_assemblies
from parvis_participation.service.follow_process import keep_processes
from parvis_participation.service.keep_meetings import keep_meetings
from parvis_participation.service.remind_of_ends import remind_of_ends
from parvis_participation.service.report_outcome import tell_milestones
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_words import SurveyWords
from parvis_participation.service.tell_discussions import tell_discussions
from parvis_participation.service.tell_people import tell_people
from parvis_participation.service.tell_times import tell_times

EVENTS = Path(__file__).parents[4] / "contracts" / "events"


async def vote_changes_told(budgeting: BudgetTown) -> None:
    budget = await budgeting.published()
    await changed(budgeting, budget, close_of(budget) + timedelta(minutes=30))
    await changed(budgeting, budget)


async def test_each_emitted_event_fits_its_schema(
    town: Town, polling: PollTown, budgeting: BudgetTown, moderating: ModerationTown
) -> None:
    consultation = await town.opened()
    await town.answer(town.service.citizen(), consultation)
    ada, thread = town.service.citizen(), Thread(town.service, "consultation", consultation)
    comment = (await thread.write(ada)).json()
    case = await moderating.opened(comment)
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    assert (await thread.withdraw(ada, (await thread.write(ada)).json())).status_code == 204
    proposal = (await propose(town, ada)).json()
    assert (await report(town, proposal, "accepted")).status_code == 201
    await tell_milestones(town.service.runtime.database, datetime.now(UTC))
    assert (await give(town, proposal)).status_code == 201
    assert (await Thread(town.service, "proposal", proposal).write(town.service.citizen())).status_code == 201
    wait, rest = timedelta(minutes=10), timedelta(hours=6)
    assert await tell_discussions(town.service.runtime.database, wait, rest, datetime.now(UTC) + 1.1 * wait) == 2
    assert (await amend(town, town.service.citizen(), proposal)).status_code == 201
    assert (await withdraw(town, ada, proposal)).status_code == 204
    poll = await polling.open()
    await poll_changes_told(polling, poll)
    polling.when("after")
    await polling.count(poll)
    await budgeting.counted(await budgeting.to_vote(("30000", None)))
    await vote_changes_told(budgeting)
    assert (await extend(town, consultation, datetime.now(UTC) + timedelta(hours=1, minutes=5))).status_code == 201
    await petition_events_told(town)
    process = await published(town)
    await follow(town, ada, process)
    assert (await tell(town, process)).status_code == 201
    await keep_processes(town.service.runtime.database, datetime.now(UTC))
    assert (await join(town, process, "consultation", consultation)).status_code == 201
    await remind_of_ends(town.service.runtime.database, 72, datetime.now(UTC) + timedelta(minutes=50))
    await assembly_events_told(town)
    await meeting_events_told(town)
    await conversation_town.opened(town)
    await conversation_town.work(town, timedelta(days=2))
    await open_survey(town)
    for _ in range(2):
        await keep_time(town, timedelta(days=2))
    database = town.service.runtime.database
    await tell_times(database, datetime.now(UTC) + timedelta(days=2))
    rows = await database.pool.fetch("SELECT type, data FROM outbox")
    emitted = {row["type"]: json.loads(row["data"]) for row in rows}
    assert set(emitted) == {f"{p.parent.name}.v1" for p in EVENTS.glob("fr.parvis.participation.*/v1.json")}
    for type_, data in emitted.items():
        schema = json.loads((EVENTS / type_.removesuffix(".v1") / "v1.json").read_text())
        assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == [], type_
        assert set(data) == set(schema["properties"]), "nothing undeclared is emitted"


async def poll_changes_told(polling: PollTown, poll: dict[str, Any]) -> None:
    later = {
        "kind": "extend",
        "closes_at": (datetime.fromisoformat(poll["closes_at"]) + timedelta(minutes=1)).isoformat(),
    }
    gone = await polling.open()
    for of, change in ((poll, later), (gone, {"kind": "cancel"})):
        for agent in (polling.service.agent(), polling.service.agent()):
            path, body = f"/v1/polls/{of['id']}/changes", change | {"reason": TEXT}
            made = await polling.client.post(path, json=body, headers=polling.headers(agent))
            assert made.status_code == 201, made.text


async def meeting_events_told(town: Town) -> None:
    meeting = await meeting_town.announced(town)
    await meeting.mine(town.service.citizen())
    assert (await guest_town.ask(meeting)).status_code == 202
    assert await guest_town.release(town) == 1
    assert (await meeting.act("cancel")).status_code == 201
    await keep_meetings(town.service.runtime.database, town.service.runtime.persons, 60, datetime.now(UTC))


async def assembly_events_told(town: Town) -> None:
    assembly, ada = await assembly_town.published(town), town.service.citizen()
    await assembly.member(ada)
    await assembly.mine(ada, "followers")
    assert (await assembly.act(await assembly.session(), "convene")).status_code == 201
    for days in (0, 60):
        await keep_assemblies(town.service.runtime.database, datetime.now(UTC) + timedelta(days=days))


async def petition_events_told(town: Town) -> None:
    ada = town.service.citizen()
    gone = (await submit(town, ada)).json()
    assert (await take_petition_back(town, ada, gone)).status_code == 204
    open_ = await admitted(town, ada)
    await sign(town, verified(town), open_, told=True)
    assert (await take_petition_back(town, ada, open_)).status_code == 204
    await tell_people(town.service.runtime.database, datetime.now(UTC))
    petition = await admitted(town, ada, thresholds=[threshold(1, 5)])
    await sign(town, verified(town), petition, told=True)
    now, database = datetime.now(UTC), town.service.runtime.database
    await keep_petitions(database, now)
    current = await shown(town, petition)
    assert (await act_on_petition(town, town.service.agent(), current, "answers", {"text": TEXT})).status_code == 201
    await keep_petitions(database, now + timedelta(days=31))


async def test_the_consumer_takes_in_what_the_contract_says(town: Town) -> None:
    document: dict[str, Any] = yaml.safe_load((EVENTS.parent / "asyncapi/participation.v1.yaml").read_text("utf-8"))
    heard = [
        (document["channels"]["person"]["address"], [message["$ref"] for message in operation["messages"]])
        for operation in document["operations"].values()
        if operation.get("bindings", {}).get("kafka", {}).get("groupId", {}).get("const") == "participation-people"
    ]
    told = ["accountMerged", "personErased"]
    assert heard == [(people.TOPICS[0], [f"#/channels/person/messages/{each}" for each in told])]
    names = {document["components"]["messages"][each]["name"] for each in told}
    key = MasterKey(b64encode(bytes(32)).decode())
    persons = town.service.runtime.persons
    assert set(people.handlers(Seals(key), SurveyWords(key, persons))) == names
